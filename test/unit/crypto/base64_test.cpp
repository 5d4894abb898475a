#include "crypto/base64.h"

#include "unit/message/python.h"

#include <gtest/gtest.h>

#include <random>

namespace fedmsg::crypto {
namespace {

using message::ask_python;
using message::hex;

TEST(Base64, EncodesTheExamplesOfItsRfc) {  // RFC 4648, 10
    EXPECT_EQ(encode_base64(""), "");
    EXPECT_EQ(encode_base64("f"), "Zg==\n");
    EXPECT_EQ(encode_base64("fo"), "Zm8=\n");
    EXPECT_EQ(encode_base64("foo"), "Zm9v\n");
    EXPECT_EQ(encode_base64("foob"), "Zm9vYg==\n");
    EXPECT_EQ(encode_base64("fooba"), "Zm9vYmE=\n");
    EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy\n");
}

TEST(Base64, IsOneLineForGpg) {
    EXPECT_EQ(encode_base64_line(""), "");
    EXPECT_EQ(encode_base64_line("fooba"), "Zm9vYmE=");
    const std::string bytes(300, 'x');
    EXPECT_EQ(encode_base64_line(bytes).size(), 400U);
    EXPECT_EQ(decode_base64(encode_base64_line(bytes)), bytes);
}

TEST(Base64, IsPythonsInBothDirections) {
    std::mt19937 random{1};
    const auto below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
    };
    constexpr std::string_view characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=====\r\n -_\t!\x7f";
    std::vector<std::string> lines;
    std::vector<std::string> expected;
    for (int i = 0; i < 3000; ++i) {
        std::string bytes(below(200), '\0'), text;
        for (auto& c : bytes) c = static_cast<char>(below(256));
        for (auto n = below(30); n > 0; --n) text += characters[below(characters.size())];
        const auto decoded = decode_base64(text);
        lines.push_back(hex(bytes) + "," + hex(text));
        expected.push_back(hex(encode_base64(bytes)) + "," + (decoded ? hex(*decoded) : "error"));
        EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    }
    EXPECT_EQ(ask_python(R"(
import base64, binascii, sys
for line in sys.stdin:
    data, text = (bytes.fromhex(x) for x in line.strip('\n').split(','))
    try:
        decoded = base64.b64decode(text).hex()
    except binascii.Error:
        decoded = 'error'
    print(base64.encodebytes(data).hex() + ',' + decoded)
)",
                         lines),
              expected);
}

TEST(Base64, RefusesWhatIsNotAscii) { EXPECT_EQ(decode_base64("Zm9v\u00e9"), std::nullopt); }

}  // namespace
}  // namespace fedmsg::crypto
