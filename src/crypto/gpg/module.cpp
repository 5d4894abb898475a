/// The door of the loadable module, and what is behind it: GPGME's objects as ours, its errors as texts.
#include "crypto/gpg/module.h"

#include "crypto/operation_pool.h"

#include <fmt/format.h>
#include <gpgme.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <limits>
#include <stdexcept>

namespace fedmsg::crypto::gpg {
namespace {

struct Release {
    void operator()(gpgme_ctx_t context) const { ::gpgme_release(context); }
    void operator()(gpgme_data_t data) const { ::gpgme_data_release(data); }
    void operator()(gpgme_key_t key) const { ::gpgme_key_unref(key); }
};
using Data = std::unique_ptr<gpgme_data, Release>;
using Key = std::unique_ptr<_gpgme_key, Release>;

/// Without the part of GnuPG it comes from. An int: a switch names a few of its hundreds of codes.
int code_of(gpgme_error_t error) { return ::gpgme_err_code(error); }

std::string text_of(gpgme_error_t error) {
    std::array<char, 200> buffer{};
    ::gpgme_strerror_r(error, buffer.data(), buffer.size());
    return buffer.data();
}

void check(gpgme_error_t error, std::string_view what) {
    if (error != 0) throw std::runtime_error{fmt::format("{}: {}", what, text_of(error))};
}

/// \param bytes  live longer
Data data_of(std::string_view bytes) {
    gpgme_data_t data = nullptr;
    check(::gpgme_data_new_from_mem(&data, bytes.data(), bytes.size(), 0), "no memory for gpg");
    return Data{data};
}

/// One thread's way to gpg. What gpg says beside its results is kept: gnupg's doc/DETAILS, "Format of the
/// --status-fd output".
class Context {
  public:
    explicit Context(const std::string& home) {
        gpgme_ctx_t context = nullptr;
        check(::gpgme_new(&context), "cannot use GPGME");
        context_.reset(context);
        check(::gpgme_ctx_set_engine_info(context, GPGME_PROTOCOL_OpenPGP, nullptr, home.c_str()),
              "cannot use gpg");
        // Nobody is there to be asked for a word, and no stranger's signature makes gpg look for keys
        // elsewhere.
        check(::gpgme_set_pinentry_mode(context, GPGME_PINENTRY_MODE_ERROR),
              "cannot use gpg without pinentry");
        ::gpgme_set_offline(context, 1);
        // What counts is that a key is in the keyring; the web of trust would cost time and locks.
        check(::gpgme_set_ctx_flag(context, "trust-model", "always"), "cannot set gpg's trust model");
        check(::gpgme_set_ctx_flag(context, "full-status", "1"), "cannot read gpg's status");
        ::gpgme_set_status_cb(context, &Context::hear, this);
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() = default;

    gpgme_ctx_t operator*() const { return context_.get(); }

    /// Forgets what was said before. For the beginning of each operation.
    void begin() {
        primary_key_.clear();
        keyring_error_ = 0;
    }
    /// Fingerprint of the key whose signature is good, even where it signs with a subkey.
    [[nodiscard]] const std::string& primary_key() const { return primary_key_; }
    /// Why the keyring cannot be read; 0: it can.
    [[nodiscard]] gpgme_error_t keyring_error() const { return keyring_error_; }

  private:
    static gpgme_error_t hear(void* context, const char* keyword, const char* arguments) {
        auto& self = *static_cast<Context*>(context);
        const std::string_view word{keyword}, rest{arguments};
        constexpr std::string_view keyring = "add_keyblock_resource ";
        if (word == "VALIDSIG") {
            self.primary_key_ = rest.substr(rest.rfind(' ') + 1);
        } else if (word == "ERROR" && rest.starts_with(keyring)) {
            const auto number = rest.substr(keyring.size());
            std::from_chars(number.data(), number.data() + number.size(), self.keyring_error_);
        }
        return 0;
    }

    std::unique_ptr<gpgme_context, Release> context_;
    std::string primary_key_;
    gpgme_error_t keyring_error_ = 0;
};

/// The contexts of one home folder, as many as threads use at once.
class Contexts {
  public:
    explicit Contexts(std::string home) : home_{std::move(home)} {}

    const std::string& home() const { return home_; }
    template <class Use>
    auto use(Use use) const {
        return pool_.use([this] { return std::make_unique<Context>(home_); },
                         [&](Context& context) {
                             context.begin();
                             return use(context);
                         });
    }
    std::string cannot_read(gpgme_error_t error) const {
        return fmt::format(
            "the keyring of gpg_home {} cannot be read: {}: create or repair it, or correct gpg_home", home_,
            text_of(error));
    }

  private:
    std::string home_;
    OperationPool<Context> pool_;
};

class GpgSigningKey : public SigningKey {
  public:
    GpgSigningKey(const std::string& home, const std::string& name) : contexts_{home}, name_{name} {
        contexts_.use([this](Context& context) {
            key_ = find(context);
            return 0;
        });
        name_ = key_->fpr;
        // gpg signs with the primary key or a subkey, whichever can; none outlives the primary key.
        Seconds last = 0;
        for (const auto* part = key_->subkeys; part != nullptr; part = part->next)
            if (part->can_sign != 0 && part->revoked == 0) last = std::max(last, end_of(*part));
        until_ = std::min(last, end_of(*key_->subkeys));
        if (key_->revoked != 0) throw std::runtime_error{called() + " is revoked: sign with another one"};
        if (last == 0 || key_->disabled != 0)
            throw std::runtime_error{called() +
                                     " cannot sign: take one that is made for signing, and not disabled"};
        if (const auto why =
                trouble(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())))
            throw std::runtime_error{*why};
        if (const auto trial = sign("{}"); !trial) throw std::runtime_error{trial.error()};
    }

    Result<Signature, std::string> sign(std::string_view bytes) const override {
        try {
            return contexts_.use([&](Context& context) { return sign(context, bytes); });
        } catch (const std::exception& e) {
            return {boost::system::in_place_error, e.what()};
        }
    }

    std::optional<std::string> trouble(std::chrono::sys_seconds now) const override {
        if (now.time_since_epoch().count() < until_) return std::nullopt;
        return called() +
               " has expired: give it more time with gpg --quick-set-expire, and bring its public key to "
               "those who validate";
    }

  private:
    using Seconds = std::int64_t;  // since 1970
    static constexpr Seconds never = std::numeric_limits<Seconds>::max();

    static Seconds end_of(const _gpgme_subkey& key) { return key.expires > 0 ? key.expires : never; }

    std::string called() const { return fmt::format("the key {} of gpg_home {}", name_, contexts_.home()); }

    Key find(Context& context) const {
        const auto fail = [&](gpgme_error_t error) {
            throw std::runtime_error{code_of(error) == GPG_ERR_KEYRING_OPEN
                                         ? contexts_.cannot_read(error)
                                         : fmt::format("cannot look for {}: {}", called(), text_of(error))};
        };
        if (const auto error = ::gpgme_op_keylist_start(*context, name_.c_str(), 1)) fail(error);
        std::vector<Key> found;
        for (;;) {
            gpgme_key_t key = nullptr;
            const auto error = ::gpgme_op_keylist_next(*context, &key);
            if (code_of(error) == GPG_ERR_EOF) break;
            if (error != 0) fail(error);
            found.emplace_back(key);
        }
        if (found.size() == 1) return std::move(found.front());
        if (context.keyring_error() != 0)
            throw std::runtime_error{contexts_.cannot_read(context.keyring_error())};
        throw std::runtime_error{
            fmt::format("gpg_home {} has {} that \"{}\" means: gpg --homedir {} --list-secret-keys shows the "
                        "fingerprints to choose "
                        "from",
                        contexts_.home(), found.empty() ? "no secret key" : "several secret keys", name_,
                        contexts_.home())};
    }

    Result<Signature, std::string> sign(Context& context, std::string_view bytes) const {
        ::gpgme_signers_clear(*context);
        check(::gpgme_signers_add(*context, key_.get()), "cannot sign");
        const auto in = data_of(bytes);
        gpgme_data_t written = nullptr;
        check(::gpgme_data_new(&written), "no memory for gpg");
        Data out{written};
        auto error = ::gpgme_op_sign(*context, in.get(), out.get(), GPGME_SIG_MODE_DETACH);
        // Of "unusable secret key" this is the reason.
        if (const auto* result = ::gpgme_op_sign_result(*context);
            error != 0 && result != nullptr && result->invalid_signers != nullptr &&
            code_of(result->invalid_signers->reason) != GPG_ERR_GENERAL)
            error = result->invalid_signers->reason;
        if (error != 0) return {boost::system::in_place_error, why_not(error)};
        std::size_t size = 0;
        char* memory = ::gpgme_data_release_and_get_mem(out.release(), &size);
        Signature signature{{memory, size}};
        ::gpgme_free(memory);
        return signature;
    }

    std::string why_not(gpgme_error_t error) const {
        switch (code_of(error)) {
            case GPG_ERR_NO_PIN_ENTRY:
            case GPG_ERR_NO_PASSPHRASE:
            case GPG_ERR_BAD_PASSPHRASE:
            case GPG_ERR_CANCELED:
                return called() +
                       " is locked by a passphrase, and nobody is there to be asked for it: take a key "
                       "without "
                       "one, and protect the folder by its mode";
            default:
                return fmt::format(
                    "gpg cannot sign with {}: {}; gpg --homedir {} --local-user {} --detach-sign FILE tells "
                    "more",
                    called(), text_of(error), contexts_.home(), name_);
        }
    }

    Contexts contexts_;
    std::string name_;
    Key key_;
    Seconds until_ = 0;
};

class GpgKeyring : public Keyring {
  public:
    explicit GpgKeyring(const std::string& home) : contexts_{home} {
        // One is needed anyway, and without gpg there is none.
        contexts_.use([](Context&) { return 0; });
    }

    Verdict verify(std::string_view signature, std::string_view bytes) const override {
        try {
            return contexts_.use([&](Context& context) { return verify(context, signature, bytes); });
        } catch (const std::exception& e) {
            return not_run(e.what());
        }
    }

  private:
    static Verdict not_run(std::string_view why) {
        return {.reason = Reason::untrusted,
                .detail = fmt::format(
                    "gpg cannot be run ({}): until it can, nothing that is signed by gpg validates", why)};
    }

    Verdict verify(Context& context, std::string_view signature, std::string_view bytes) const {
        const auto signature_data = data_of(signature), signed_data = data_of(bytes);
        const auto error = ::gpgme_op_verify(*context, signature_data.get(), signed_data.get(), nullptr);
        const auto* result = ::gpgme_op_verify_result(*context);
        const auto* found = result == nullptr ? nullptr : result->signatures;
        const auto code = code_of(error);
        if (code == GPG_ERR_NO_DATA || code == GPG_ERR_BAD_DATA)
            return {.reason = Reason::malformed,
                    .detail = "gpg cannot read its `signature`: whoever sends this has to mend it"};
        if (error != 0) return not_run(text_of(error));
        if (found == nullptr)
            return {.reason = Reason::untrusted,
                    .detail =
                        "gpg has ended without a verdict: its `signature` is of a kind that gpg does "
                        "not know, or gpg was stopped"};
        return judge(context, *found);
    }

    Verdict judge(const Context& context, const _gpgme_signature& found) const {
        const std::string key =
            context.primary_key().empty() ? (found.fpr == nullptr ? "" : found.fpr) : context.primary_key();
        const auto refuse = [&](Reason reason, std::string detail) {
            return Verdict{.reason = reason, .signer = context.primary_key(), .detail = std::move(detail)};
        };
        switch (code_of(found.status)) {
            case GPG_ERR_NO_ERROR:
                if (!context.primary_key().empty()) return {.signer = context.primary_key()};
                break;
            case GPG_ERR_NO_PUBKEY:
                if (context.keyring_error() != 0)
                    return refuse(Reason::untrusted, contexts_.cannot_read(context.keyring_error()));
                return refuse(
                    Reason::untrusted,
                    fmt::format(
                        "its key {} is not in the keyring of gpg_home {}: if it is one of yours, add it "
                        "with gpg --homedir {} --import",
                        key, contexts_.home(), contexts_.home()));
            case GPG_ERR_KEY_EXPIRED:
                return refuse(
                    Reason::expired,
                    fmt::format("its key {} has expired: if its owner has given it more time, import it into "
                                "gpg_home {} again",
                                key, contexts_.home()));
            case GPG_ERR_SIG_EXPIRED:
                return refuse(Reason::expired,
                              fmt::format("its signature by {} was made to end, and has expired", key));
            case GPG_ERR_CERT_REVOKED:
                return refuse(
                    Reason::revoked,
                    fmt::format("its key {} is revoked: its owner has to sign with another one", key));
            case GPG_ERR_BAD_SIGNATURE:
                return refuse(
                    Reason::bad_signature,
                    fmt::format("its `msg` is not what {} has signed: it was changed on its way", key));
            default: break;
        }
        return refuse(Reason::bad_signature,
                      fmt::format("gpg does not take the signature by {}: {}", key, text_of(found.status)));
    }

    Contexts contexts_;
};

class GpgModule : public Module {
  public:
    GpgModule() { ::gpgme_check_version(nullptr); }  // which also prepares it for threads

    Result<std::unique_ptr<SigningKey>, std::string> load_key(const std::string& home,
                                                              const std::string& name) const override {
        return with_gpg<SigningKey>([&] { return std::make_unique<GpgSigningKey>(home, name); });
    }

    Result<std::unique_ptr<Keyring>, std::string> open_keyring(const std::string& home) const override {
        return with_gpg<Keyring>([&] { return std::make_unique<GpgKeyring>(home); });
    }

  private:
    template <class T, class Work>
    static Result<std::unique_ptr<T>, std::string> with_gpg(Work work) {
        gpgme_engine_info_t engine = nullptr;
        if (::gpgme_get_engine_info(&engine) != 0) engine = nullptr;
        while (engine != nullptr && engine->protocol != GPGME_PROTOCOL_OpenPGP) engine = engine->next;
        if (engine == nullptr || engine->version == nullptr)
            return {boost::system::in_place_error,
                    "gpg is not there, or too old: install gnupg, or do without it (crypto_backend, "
                    "crypto_validate_backends)"};
        try {
            return std::unique_ptr<T>{work()};
        } catch (const std::exception& e) {
            return {boost::system::in_place_error, e.what()};
        }
    }
};

}  // namespace
}  // namespace fedmsg::crypto::gpg

extern "C" __attribute__((visibility("default"))) const fedmsg::crypto::gpg::Module* fedmsg_gpg_module(
    const char* version);

const fedmsg::crypto::gpg::Module* fedmsg_gpg_module(const char* version) {
    using namespace fedmsg::crypto::gpg;
    static const GpgModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
