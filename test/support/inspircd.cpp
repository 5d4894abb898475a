#include "support/inspircd.h"

#include <stdexcept>

namespace fedmsg::test {
Inspircd::Inspircd(Services services) {
    const auto folder = folder_.path().string();
    const auto certificate = make_certificate(folder_, "server.pem", "localhost");
    const auto bind = [](const Port& port, const std::string& rest) {
        return "<bind address=\"127.0.0.1\" port=\"" + std::to_string(port.number()) + "\" " + rest + ">\n";
    };
    std::string text =
        "<server name=\"irc.test\" description=\"test\" network=\"test\" id=\"1AA\">\n"
        "<admin name=\"a\" nick=\"a\" email=\"a@example.org\">\n<power diepass=\"x\" restartpass=\"y\">\n" +
        bind(port_, "type=\"clients\"") + bind(tls_port_, "type=\"clients\" sslprofile=\"tls\"") +
        "<sslprofile name=\"tls\" provider=\"gnutls\" certfile=\"" + certificate + "\" keyfile=\"" +
        certificate +
        "\" hash=\"sha256\" requestclientcert=\"yes\">\n"
        "<connect allow=\"*\" timeout=\"60\" threshold=\"10\" commandrate=\"1000\" fakelag=\"no\" "
        "recvq=\"8K\" "
        "hardsendq=\"1M\" softsendq=\"8K\" localmax=\"20\" globalmax=\"20\" resolvehostnames=\"no\" "
        "useident=\"no\">\n";
    for (const auto* name : {"configdir", "datadir", "logdir", "runtimedir"})
        text += std::string{"<path "} + name + "=\"" + folder + "\">\n";
    for (const auto* module : {"blockcolor", "ssl_gnutls", "sslinfo", "cap"})
        text += std::string{"<module name=\""} + module + "\">\n";
    if (services == Services::atheme)
        text += bind(services_port_, "type=\"servers\"") +
                "<module name=\"services_account\">\n<module name=\"sasl\">\n<module name=\"spanningtree\">\n"
                "<sasl target=\"services.test\">\n<uline server=\"services.test\" silent=\"yes\">\n"
                "<link name=\"services.test\" ipaddr=\"127.0.0.1\" port=\"1\" allowmask=\"127.0.0.0/8\" "
                "sendpass=\"secret\" recvpass=\"secret\">\n";
    server_.emplace(Start{.command = {"/usr/sbin/inspircd", "--nofork", "--nopid", "--runasroot",
                                      "--config=" + folder_.write("inspircd.conf", text)}});
    for (std::optional<std::string> line = ""; line->find("is now running") == line->npos;)
        if (line = server_->next_line(); !line)
            throw std::runtime_error("inspircd does not start: " + server_->output() + server_->errors());
    if (services == Services::none) return;

    std::string configuration;
    for (const auto* module :
         {"protocol/inspircd", "backend/opensex", "nickserv/main", "nickserv/identify", "nickserv/register",
          "nickserv/cert", "saslserv/main", "saslserv/plain", "saslserv/external"})
        configuration += std::string{"loadmodule \"modules/"} + module + "\";\n";
    configuration +=
        "serverinfo { name = \"services.test\"; desc = \"services\"; numeric = \"00A\"; recontime = 1; "
        "netname = "
        "\"test\"; hidehostsuffix = \"users.test\"; adminname = \"a\"; adminemail = \"a@example.org\"; "
        "registeremail = \"a@example.org\"; auth = none; loglevel = { error; info; network; }; };\n"
        "uplink \"irc.test\" { host = \"127.0.0.1\"; send_password = \"secret\"; receive_password = "
        "\"secret\"; "
        "port = " +
        std::to_string(services_port_.number()) +
        "; };\nnickserv { nick = \"NickServ\"; user = \"NickServ\"; host = \"services.test\"; real = \"x\"; "
        "};\n"
        "saslserv { nick = \"SaslServ\"; user = \"SaslServ\"; host = \"services.test\"; real = \"x\"; };\n";
    services_.emplace(
        Start{.command = {"/usr/bin/atheme-services", "-n", "-c", folder_.write("atheme.conf", configuration),
                          "-l", folder + "/atheme.log", "-p", folder + "/atheme.pid", "-D", folder}});
    services_->error_line_with("finished synching");
}

}  // namespace fedmsg::test
