/// What arrives as `certificate`: base64, PEM blocks in it, and X.509 in those.
#include "trust.h"

#include "crypto/signed_message.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace fedmsg;
using namespace fedmsg::crypto;

namespace {

/// A message that is valid, with other certificates.
class Signed {
  public:
    Signed()
        : document_{*encoding::Document::parse(encoding::dumps(fuzz::good_messages().front()))},
          bytes_{signed_bytes(document_.root())},
          signature_{*decode_base64(*document_.root().find_string("signature"))},
          certificate_{fuzz::blocks(*decode_base64(*document_.root().find_string("certificate"))).front()} {}

    void try_certificate(std::string_view field) const {
        const auto verdict = store_->verify(field, signature_, bytes_, fuzz::some_day);
        if (verdict.valid() != verdict.detail.empty()) std::abort();
        if (!verdict.valid()) return;
        const auto all = fuzz::blocks(*decode_base64(field));
        if (std::ranges::find(all, certificate_) == all.end()) std::abort();
    }

  private:
    std::unique_ptr<x509::TrustStore> store_ =
        x509_module().make_trust_store({.ca = {"ca", fuzz::read_file("keys/ca.crt")},
                                        .crl = x509::Text{"crl", fuzz::read_file("keys/crl.pem")},
                                        .digests = {Digest::sha1, Digest::sha256}});
    encoding::Document document_;
    std::string bytes_, signature_, certificate_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (decode_base64(encode_base64(text)) != text) std::abort();
    const auto decoded = decode_base64(text);
    for (const std::string_view pem : {text, decoded ? std::string_view{*decoded} : std::string_view{}}) {
        std::size_t offset = 0, before = 0;
        while (const auto block = next_pem_block(pem, offset)) {
            // Inside of the text, and each behind the one before.
            if (block->whole.data() < pem.data() + before || offset <= before || offset > pem.size())
                std::abort();
            if (block->whole.data() + block->whole.size() != pem.data() + offset) std::abort();
            if (block->whole.find(block->body) == block->whole.npos) std::abort();
            before = offset;
        }
        if (offset != pem.size()) std::abort();
    }
    static const Signed message;
    message.try_certificate(text);
    message.try_certificate(encode_base64(text));
    return 0;
}
