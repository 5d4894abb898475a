#include "crypto/signed_message.h"

#include "encoding/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace fedmsg::crypto {
namespace {

/// Python's int() of a real number: digits without a fraction, of any size. Unchanged when there is none.
encoding::Value cut(const encoding::Value& value) {
    const auto number = value.number();
    if (value.kind() != encoding::Kind::real || !std::isfinite(*number)) return value;
    // Exact: a double of this size is an integer.
    auto text = fmt::format("{:.0f}", std::trunc(*number));
    if (text == "-0") text = "0";
    std::int64_t small = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), small);
    if (error == std::errc{} && end == text.data() + text.size()) return small;
    return encoding::BigInteger{std::move(text)};
}

}  // namespace

std::string signed_bytes(encoding::Node message) {
    const auto members = message.members();
    std::vector<const encoding::Member*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members)
        if (member.key != "signature" && member.key != "certificate") sorted.push_back(&member);
    if (!message.is_sorted())
        std::ranges::sort(sorted, {}, [](const encoding::Member* member) { return member->key; });

    std::string bytes = "{";
    for (const auto* member : sorted) {
        if (bytes.size() > 1) bytes += ',';
        encoding::write_string(member->key, bytes);
        bytes += ':';
        encoding::write(member->value, encoding::canonical, bytes);
    }
    bytes += '}';
    return bytes;
}

std::optional<std::string> signed_msg(encoding::Node message) {
    const auto* msg = message.find("msg");
    if (msg == nullptr) return std::nullopt;
    return encoding::dumps(*msg);
}

bool is_signed(encoding::Node message) {
    if (!message.find_string("signature")) return false;
    if (message.find_string("certificate")) return true;
    // gpg has no certificate. fedmsg before 0.7.2 did not say `crypto`.
    const auto crypto = message.find_string("crypto");
    return crypto ? *crypto == "gpg" : message.find("certificate") == nullptr;
}

void strip_credentials(encoding::Object& message) {
    message.erase("signature");
    message.erase("certificate");
}

void fix_datagrepper_message(encoding::Object& message) {
    if (message.find("source_name") == nullptr || message.find("source_version") == nullptr) return;
    message.erase("source_name");
    message.erase("source_version");
    if (auto* timestamp = message.find("timestamp")) *timestamp = cut(*timestamp);
    if (const auto* headers = message.find("headers"); headers != nullptr && !headers->truthy())
        message.erase("headers");
}

}  // namespace fedmsg::crypto
