#include "crypto/gpg/signature_packet.h"

#include "crypto/base64.h"
#include "util/utf8.h"

namespace fedmsg::crypto::gpg {
namespace {

constexpr std::string_view armor_header = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view armor_tail = "-----END PGP SIGNATURE-----";
constexpr std::size_t signature_tag = 2;
constexpr std::size_t key_block = 38;  // a subpacket: GnuPG's --include-key-block

/// The next line of `text` without its end, which is taken off.
std::string_view take_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return rstrip(line);
}

/// Its checksum, which any stranger can compute, is not looked at, as RFC 9580, 6.1 has it.
std::optional<std::string> unarmored(std::string_view text) {
    if (take_line(text) != armor_header) return std::nullopt;
    while (!take_line(text).empty()) {
        // "Comment: …" and the like, up to an empty line.
    }
    std::string body;
    for (auto line = take_line(text); line != armor_tail; line = take_line(text)) {
        if (text.empty()) return std::nullopt;
        if (!line.starts_with('=')) body += line;
    }
    if (!rstrip(text).empty()) return std::nullopt;
    return decode_base64(body);
}

/// Takes numbers and parts off its bytes; is bad, and gives zeros, once they were too few.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_{bytes} {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    std::size_t number(std::size_t octets) {
        std::size_t result = 0;
        for (const char c : part(octets).rest_) result = result << 8 | static_cast<unsigned char>(c);
        return result;
    }
    Reader part(std::size_t octets) {
        good_ = good_ && octets <= rest_.size();
        const Reader result{good_ ? rest_.substr(0, octets) : std::string_view{}};
        rest_.remove_prefix(good_ ? octets : rest_.size());
        return result;
    }
    /// Of one, two or five octets. \param two  a first octet of 192 and more that is below it begins two
    std::size_t length(std::size_t two) {
        const auto first = number(1);
        if (first < 192) return first;
        if (first < two) return ((first - 192) << 8) + number(1) + 192;
        good_ = good_ && first == 255;  // else it comes in parts
        return number(4);
    }

  private:
    std::string_view rest_;
    bool good_ = true;
};

/// 5.2.3.1. \returns whether they can be read, and no key is among them
bool are_harmless(Reader subpackets) {
    while (!subpackets.at_end()) {
        auto subpacket = subpackets.part(subpackets.length(255));
        const auto type = subpacket.number(1) & 0x7fU;  // without the mark of critical ones
        if (!subpackets.good() || !subpacket.good() || type == key_block) return false;
    }
    return true;
}

/// 4.2. Whether `bytes` are a signature packet from beginning to end.
bool is_signature_packet(std::string_view bytes) {
    Reader reader{bytes};
    const auto first = reader.number(1);
    const bool old = (first & 0x40U) == 0;
    const auto tag = old ? first >> 2 & 0xfU : first & 0x3fU;
    if ((first & 0x80U) == 0 || tag != signature_tag) return false;
    if (old && (first & 3U) == 3) return false;  // up to the end of the file
    auto body = reader.part(old ? reader.number(std::size_t{1} << (first & 3U)) : reader.length(224));
    if (!reader.good() || !reader.at_end()) return false;

    const auto version = body.number(1);
    if (version == 3) return true;  // without subpackets
    if (version != 4 && version != 5) return false;
    body.number(3);  // type, key algorithm, digest
    const auto hashed = body.part(body.number(2));
    const auto unhashed = body.part(body.number(2));
    return body.good() && are_harmless(hashed) && are_harmless(unhashed);
}

}  // namespace

std::optional<std::string> signature_packet(std::string_view bytes) {
    auto packet = bytes.starts_with('-') ? unarmored(bytes) : std::optional{std::string{bytes}};
    if (packet && !is_signature_packet(*packet)) packet.reset();
    return packet;
}

}  // namespace fedmsg::crypto::gpg
