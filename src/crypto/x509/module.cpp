/// The door of the loadable module: exceptions of Botan end here.
#include "crypto/x509/module.h"

#include "crypto/x509/authority.h"
#include "crypto/x509/issuer.h"
#include "crypto/x509/signing_key.h"
#include "crypto/x509/trust_store.h"

#include <botan/secmem.h>

#include <cstdint>
#include <exception>

namespace fedmsg::crypto::x509 {
namespace {

class BotanModule : public Module {
  public:
    Result<std::unique_ptr<SigningKey>, std::string> load_key(const Text& key, const Text& certificate,
                                                              Digest digest) const override {
        return caught<std::unique_ptr<SigningKey>>(
            [&] { return make_signing_key(key, certificate, digest); });
    }

    std::unique_ptr<TrustStore> make_trust_store(Trust trust) const override {
        return make_botan_trust_store(std::move(trust));
    }

    Result<Issued, std::string> make_ca(const std::string& common_name, const Organization& organization,
                                        std::size_t bits, Period validity) const override {
        return caught<Issued>([&] { return make_self_signed(common_name, organization, bits, validity); });
    }

    Result<std::unique_ptr<Issuer>, std::string> load_issuer(const Text& key,
                                                             const Text& certificate) const override {
        return caught<std::unique_ptr<Issuer>>([&] { return make_issuer(key, certificate); });
    }

    Result<CertificateFacts, std::string> read_certificate(const Text& certificate) const override {
        return caught<CertificateFacts>([&] { return certificate_facts(certificate); });
    }

    Result<CrlFacts, std::string> read_crl(const Text& crl) const override {
        return caught<CrlFacts>([&] { return crl_facts(crl); });
    }

    std::optional<std::string> crl_trouble(const Text& crl, const Text& ca) const override {
        auto why = Authority{{.ca = ca, .crl = crl, .digests = {}}}.crl_error();
        return why.empty() ? std::nullopt : std::optional{std::move(why)};
    }

  private:
    template <class T, class Work>
    static Result<T, std::string> caught(Work work) {
        try {
            return work();
        } catch (const std::exception& e) {
            return {boost::system::in_place_error, e.what()};
        }
    }
};

}  // namespace
}  // namespace fedmsg::crypto::x509

extern "C" __attribute__((visibility("default"))) const fedmsg::crypto::x509::Module* fedmsg_x509_module(
    const char* version);

const fedmsg::crypto::x509::Module* fedmsg_x509_module(const char* version) {
    using namespace fedmsg::crypto::x509;
    // Botan's memory must be there before anything that is made here, so that it is gone after it: what is
    // static goes in the opposite order at the end of the process.
    static const Botan::secure_vector<std::uint8_t> first_of_all(1);
    static const BotanModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
