/// The door of the loadable module: exceptions of Botan end here.
#include "crypto/x509/module.h"

#include "crypto/x509/signing_key.h"
#include "crypto/x509/trust_store.h"

#include <exception>

namespace fedmsg::crypto::x509 {
namespace {

class BotanModule : public Module {
  public:
    Result<std::unique_ptr<SigningKey>, std::string> load_key(const Text& key, const Text& certificate,
                                                              Digest digest) const override {
        try {
            return make_signing_key(key, certificate, digest);
        } catch (const std::exception& e) {
            return std::string{e.what()};
        }
    }

    std::unique_ptr<TrustStore> make_trust_store(Trust trust) const override {
        return make_botan_trust_store(std::move(trust));
    }
};

}  // namespace
}  // namespace fedmsg::crypto::x509

extern "C" __attribute__((visibility("default"))) const fedmsg::crypto::x509::Module* fedmsg_x509_module(
    const char* version);

const fedmsg::crypto::x509::Module* fedmsg_x509_module(const char* version) {
    using namespace fedmsg::crypto::x509;
    static const BotanModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
