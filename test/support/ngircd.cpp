#include "support/ngircd.h"

#include <filesystem>
#include <stdexcept>

namespace fedmsg::test {

std::string make_certificate(const TemporaryFolder& folder, const std::string& name,
                             const std::string& host) {
    const auto path = (folder / name).string();
    const auto made =
        run({.command = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                         "-nodes", "-days", "2", "-subj", "/CN=" + host, "-addext",
                         "subjectAltName=DNS:" + host, "-keyout", path, "-out", path + ".crt"}});
    if (made.status != 0) throw std::runtime_error("no certificate: " + made.errors);
    return folder.write(name, read_file(path) + read_file(path + ".crt"));
}

Ngircd::Ngircd(std::string configuration, const std::string& certificate_for, const std::string& name) {
    // As root it becomes somebody else, who may not look into a folder of ours.
    std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
    const auto certificate = make_certificate(folder_, "server.pem", certificate_for);
    std::filesystem::permissions(certificate, std::filesystem::perms{0644});
    configuration_ = folder_.write(
        "ngircd.conf",
        "[Global]\nName = " + name +
            "\nInfo = test\nListen = 127.0.0.1\nAdminEMail = a@example.org\nMotdPhrase = hello\n"
            "ServerUID = nobody\nServerGID = nogroup\nPorts = " +
            std::to_string(port()) +
            "\n[Limits]\nMaxNickLength = 20\nMaxConnectionsIP = 0\nMaxJoins = 50\nMaxPenaltyTime = "
            "0\nConnectRetry = 1\n"
            "[Options]\nDNS = no\nIdent = no\nPAM = no\n[SSL]\nPorts = " +
            std::to_string(tls_port()) + "\nCertFile = " + certificate + "\nKeyFile = " + certificate + "\n" +
            configuration);
    start();
}

void Ngircd::start() {
    process_.emplace(Start{.command = {"/usr/sbin/ngircd", "-n", "-f", configuration_}});
    while (const auto line = process_->next_line())
        if (line->find(" ready.") != line->npos) return;
    throw std::runtime_error("ngircd does not start: " + process_->output() + process_->errors());
}

IrcUser::IrcUser(int port, std::string nickname) : connection_{port}, nickname_{std::move(nickname)} {
    say("NICK " + nickname_);
    say("USER " + nickname_ + " 0 * :user");
    // The end of the message of the day, or that there is none.
    for (std::string line; line.find(" 376 ") == line.npos && line.find(" 422 ") == line.npos;)
        line = next_line();
}

void IrcUser::join(const std::string& parameters) {
    say("JOIN " + parameters);
    line_with(" 366 ");
}

std::string IrcUser::next_line() {
    for (;;) {
        const auto end = text_.find("\r\n");
        if (end == text_.npos) {
            const auto more = connection_.read();
            if (more.empty()) throw std::runtime_error("the server has hung up on " + nickname_);
            text_ += more;
            continue;
        }
        auto line = text_.substr(0, end);
        text_.erase(0, end + 2);
        if (!line.starts_with("PING ")) return line;
        say("PONG " + line.substr(5));
    }
}

std::string IrcUser::line_with(std::string_view text) {
    for (;;) {
        auto line = next_line();
        if (line.find(text) != line.npos) return line;
    }
}

}  // namespace fedmsg::test
