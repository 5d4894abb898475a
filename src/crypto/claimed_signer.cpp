#include "crypto/claimed_signer.h"

#include "crypto/base64.h"
#include "crypto/module.h"
#include "crypto/signed_message.h"

namespace fedmsg::crypto {
namespace {

/// Of a bus that has a few hundred signers. When there are more, all are forgotten: a file with another
/// certificate in each line costs the time to read them, and no memory.
constexpr std::size_t most_known = 4096;

Result<std::string, Unnamed> read_name(std::string_view field) {
    auto pem = decode_base64(field);
    if (!pem) return Unnamed::malformed;
    auto facts = x509_module().read_certificate({.name = "certificate", .text = std::move(*pem)});
    if (!facts) return Unnamed::malformed;
    return std::move(facts->common_name);
}

}  // namespace

std::string_view code(Unnamed reason) {
    switch (reason) {
        case Unnamed::unsigned_: return "unsigned";
        case Unnamed::gpg: return "gpg";
        case Unnamed::malformed: return "malformed";
    }
    return "unknown";
}

Result<std::string, Unnamed> ClaimedSigners::of(encoding::Node message) {
    if (!is_signed(message)) return Unnamed::unsigned_;
    const auto certificate = message.find_string("certificate");
    if (!certificate || message.find_string("crypto") == "gpg") return Unnamed::gpg;
    std::string field{*certificate};
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = known_.find(field); found != known_.end()) return found->second;
    }
    auto name = read_name(field);
    const std::lock_guard lock{mutex_};
    if (known_.size() >= most_known) known_.clear();
    known_.emplace(std::move(field), name);
    return name;
}

}  // namespace fedmsg::crypto
