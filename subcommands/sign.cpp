/// fedmsg sign: add a signature to messages. Manual: man/fedmsg-sign.1
#include "cli/call.h"
#include "encoding/write.h"
#include "subcommands/message_lines.h"
#include "subcommands/signing.h"
#include "subcommands/table.h"
#include "util/error.h"

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    std::optional<std::string> certname, cert_prefix;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.value("certname", a.certname, "NAME", "sign with the files NAME.key and NAME.crt of ssldir");
    options.value("cert-prefix", a.cert_prefix, "NAME",
                  "sign with the certificate that certnames has for NAME.HOST (shell)");
    return options;
}

void run(cli::Call& call) {
    Arguments a;
    Config config = call.parse(describe(a));
    if (a.certname && a.cert_prefix) throw UsageError("--certname and --cert-prefix exclude each other");
    if ((a.certname || a.cert_prefix) && config.crypto_backend != "x509")
        throw UsageError("--certname and --cert-prefix name a certificate, and crypto_backend is \"" +
                         config.crypto_backend + "\", which has none");
    if (a.certname || a.cert_prefix) {
        config.certname = a.certname;
        config.cert_prefix = a.cert_prefix;
    }
    const auto signer = load_signer(call, config, "sign");
    const auto left_out = work_on_lines(
        "sign", config.crypto_workers.value_or(0),
        [&signer](const encoding::Node* message, std::string_view problem, std::string& out) -> LineResult {
            if (message == nullptr) return {false, "not signed: " + std::string{problem}};
            auto value = encoding::to_value(*message);
            if (const auto why = signer.try_sign(*value.object())) return {false, "not signed: " + *why};
            encoding::write(value, encoding::canonical, out);
            out += '\n';
            return {};
        });
    if (left_out > 0)
        throw SetupError(fmt::format("{} of the lines {} not signed, and left out", left_out,
                                     left_out == 1 ? "was" : "were"));
}

}  // namespace

const cli::Subcommand sign{
    .name = "sign", .summary = "add a signature to messages", .group = cli::Group::inspect, .run = run};

}  // namespace fedmsg::subcommands
