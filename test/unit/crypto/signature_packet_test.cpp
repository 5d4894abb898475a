#include "crypto/gpg/signature_packet.h"

#include "crypto/base64.h"
#include "unit/crypto/trust.h"

#include <gtest/gtest.h>

namespace fedmsg::crypto::gpg {
namespace {

using fedmsg::test::data_file;
using fedmsg::test::parse_json;
using fedmsg::test::read_file;
using fedmsg::test::text_at;
using namespace std::string_literals;

/// The decoded `signature` of a reference case.
std::string signature_of(std::string_view name) {
    const auto data = parse_json(read_file(data_file("crypto/gpg.json")));
    for (const auto& c : fedmsg::test::at(data.root(), "cases").elements())
        if (text_at(c, "name") == name)
            return decode_base64(text_at(parse_json(text_at(c, "message")).root(), "signature")).value();
    throw std::runtime_error{"there is no such case"};
}

const std::string rsa = signature_of("wire: relay spelling");
const std::string ed25519 = signature_of("valid ed25519: plain");

/// A packet of version 4 with these hashed and unhashed subpackets, and 4 bytes of signature.
std::string with_subpackets(const std::string& hashed, const std::string& unhashed) {
    const auto area = [](const std::string& bytes) {
        return std::string{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size())} + bytes;
    };
    const auto body = "\x04\x00\x16\x08"s + area(hashed) + area(unhashed) + "sign";
    return "\x88"s + static_cast<char>(body.size()) + body;
}

TEST(SignaturePacket, IsTakenAsItIs) {
    EXPECT_EQ(signature_packet(rsa), rsa);
    EXPECT_EQ(signature_packet(ed25519), ed25519);
}

TEST(SignaturePacket, IsTakenOutOfItsArmor) {
    const auto armored = signature_of("armored detached signature");
    EXPECT_EQ(signature_packet(armored), rsa);
    std::string dos;
    for (const char c : armored) dos += c == '\n' ? "\r\n"s : std::string{c};
    EXPECT_EQ(signature_packet(dos), rsa);
    auto commented = armored;
    EXPECT_EQ(signature_packet(commented.insert(commented.find('\n'), "\nComment: by hand\nVersion: 1")),
              rsa);
    EXPECT_EQ(signature_packet(armored + "\n  \n"), rsa);
    EXPECT_EQ(signature_packet(armored + "x"), std::nullopt);
    EXPECT_EQ(signature_packet(armored + armored), std::nullopt);
    for (std::size_t size = 0; size + 2 < armored.size(); ++size)
        EXPECT_EQ(signature_packet(armored.substr(0, size)), std::nullopt) << size;
}

TEST(SignaturePacket, IsOneAndWhole) {
    EXPECT_EQ(signature_packet(""), std::nullopt);
    EXPECT_EQ(signature_packet(rsa + ed25519), std::nullopt);
    EXPECT_EQ(signature_packet(rsa + "\0"s), std::nullopt);
    for (std::size_t size = 0; size < rsa.size(); ++size)
        EXPECT_EQ(signature_packet(rsa.substr(0, size)), std::nullopt) << size;
    EXPECT_EQ(signature_packet(signature_of("clear-signed text as the signature")), std::nullopt);
}

TEST(SignaturePacket, HasAnyLengthThatIsNotInParts) {
    const auto body = ed25519.substr(2);
    ASSERT_LT(body.size(), 192U);
    const auto size = static_cast<char>(body.size());
    EXPECT_TRUE(signature_packet("\x88"s + size + body));
    EXPECT_TRUE(signature_packet("\x89\0"s + size + body));
    EXPECT_TRUE(signature_packet("\x8a\0\0\0"s + size + body));
    EXPECT_FALSE(signature_packet("\x8b" + body));
    EXPECT_TRUE(signature_packet("\xc2"s + size + body));
    EXPECT_TRUE(signature_packet("\xc2\xff\0\0\0"s + size + body));
    EXPECT_FALSE(signature_packet("\xc2\xe6"s + body.substr(0, 64) + static_cast<char>(body.size() - 64) +
                                  body.substr(64)));
    const auto rsa_body = rsa.substr(3);  // 307 octets
    EXPECT_TRUE(signature_packet("\xc2\xc0\x73"s + rsa_body));
}

TEST(SignaturePacket, IsNoPacketOfAnotherKind) {
    const auto body = ed25519.substr(2);
    for (unsigned tag = 0; tag < 64; ++tag) {
        const auto packet =
            std::string{static_cast<char>(0xc0U | tag), static_cast<char>(body.size())} + body;
        EXPECT_EQ(signature_packet(packet).has_value(), tag == 2) << tag;
    }
}

TEST(SignaturePacket, BringsNoKey) {
    const auto time = "\x05\x02\x5e\x0d\x32\x80"s, key = "\x04\x26\0xy"s, critical_key = "\x04\xa6\0xy"s;
    EXPECT_TRUE(signature_packet(with_subpackets(time, "")));
    EXPECT_TRUE(signature_packet(with_subpackets(time + time, time)));
    for (const auto& subpacket : {key, critical_key}) {
        EXPECT_FALSE(signature_packet(with_subpackets(time + subpacket, "")));
        EXPECT_FALSE(signature_packet(with_subpackets(time, subpacket)));
    }
    const auto long_key = "\xff\0\0\0\x04\x26\0xy"s;
    EXPECT_FALSE(signature_packet(with_subpackets(long_key, "")));
    EXPECT_FALSE(signature_packet(with_subpackets("\x00"s, "")));  // not even a type
    EXPECT_FALSE(signature_packet(with_subpackets("\x09\x02"s, "")));
    EXPECT_FALSE(signature_packet(with_subpackets("\xff"s, "")));
}

TEST(SignaturePacket, IsOfAVersionThatIsKnown) {
    for (unsigned version = 0; version < 256; ++version) {
        auto packet = ed25519;
        packet.at(2) = static_cast<char>(version);
        EXPECT_EQ(signature_packet(packet).has_value(), version >= 3 && version <= 5) << version;
    }
}

}  // namespace
}  // namespace fedmsg::crypto::gpg
