/// fedmsg verify: tell which messages are signed by whom. Manual: man/fedmsg-verify.1
#include "cli/call.h"
#include "crypto/signed_message.h"
#include "crypto/validator.h"
#include "encoding/write.h"
#include "subcommands/message_lines.h"
#include "subcommands/signing.h"
#include "subcommands/table.h"

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    bool message = false, datagrepper = false;
    std::optional<std::string> signed_by;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.flag("message", a.message, "print each message itself, with `valid` added");
    options.flag("datagrepper", a.datagrepper, "undo first what datagrepper does to messages");
    options.value("signed-by", a.signed_by, "NAME", "valid is only what NAME has signed, whatever the topic");
    return options;
}

class Verifier {
  public:
    Verifier(const Config& config, const Arguments& a)
        : a_{a}, validator_{crypto::Validator::Settings::of(config)} {
        validator_.prepare();
    }

    LineResult operator()(const encoding::Node* message, std::string_view problem, std::string& out) const {
        if (message == nullptr) {
            const crypto::Verdict verdict{.reason = crypto::Reason::malformed,
                                          .detail = "not a message: " + std::string{problem}};
            return report({}, verdict, out);
        }
        if (!a_.datagrepper) return check(*message, out);
        auto value = encoding::to_value(*message);
        crypto::fix_datagrepper_message(*value.object());
        const auto fixed = encoding::Document::parse(encoding::dumps(value));
        return check(fixed->root(), out);
    }

    [[nodiscard]] std::vector<crypto::InUse> in_use() const { return validator_.in_use(); }

  private:
    LineResult check(encoding::Node message, std::string& out) const {
        return report(message,
                      a_.signed_by ? validator_.validate_signed_by(message, *a_.signed_by)
                                   : validator_.validate(message),
                      out);
    }

    LineResult report(encoding::Node message, const crypto::Verdict& verdict, std::string& out) const {
        if (a_.message && message.is_object()) {
            auto value = encoding::to_value(message);
            value["valid"] = verdict.valid();
            encoding::write(value, encoding::canonical, out);
        } else {
            write_record(message, verdict, out);
        }
        out += '\n';
        if (verdict.valid()) return {};
        return {false, fmt::format("{}: {}", code(verdict.reason), verdict.detail)};
    }

    static void write_record(encoding::Node message, const crypto::Verdict& verdict, std::string& out) {
        const auto member = [&](std::string_view key) {
            const auto* node = message.find(key);
            encoding::write(node == nullptr ? encoding::Node{} : *node, encoding::canonical, out);
        };
        out += R"({"msg_id":)";
        member("msg_id");
        out += R"(,"topic":)";
        member("topic");
        out += fmt::format(R"(,"valid":{},"reason":"{}","signer":)", verdict.valid(), code(verdict.reason));
        if (verdict.signer.empty())
            out += "null";
        else
            encoding::write_string(verdict.signer, out);
        out += '}';
    }

    const Arguments& a_;
    crypto::Validator validator_;
};

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    const Verifier verifier{config, a};  // before signals are waited for: it may have to download
    const auto not_valid = work_on_lines("verify", config.crypto_workers.value_or(0), std::cref(verifier));
    warn_of_expiry("verify", verifier.in_use());  // the files have been read by now
    if (not_valid > 0) throw cli::Exit{1};
}

}  // namespace

const cli::Subcommand verify{.name = "verify",
                             .summary = "tell which messages are signed, and by whom",
                             .group = cli::Group::inspect,
                             .run = run};

}  // namespace fedmsg::subcommands
