#include "support/https_server.h"

#include <algorithm>
#include <stdexcept>

namespace fedmsg::test {

HttpsServer::HttpsServer(std::vector<std::string> options) : options_{std::move(options)} {
    std::filesystem::create_directory(folder_ / "files");
    start();
}

std::string HttpsServer::url(const std::string& path) const {
    const bool plain = std::ranges::find(options_, "--plain") != options_.end();
    return (plain ? "http://localhost:" : "https://localhost:") + std::to_string(port_.number()) + "/" + path;
}

void HttpsServer::put(const std::string& name, std::string_view text) const {
    // At once: a request may come at any time.
    std::filesystem::rename(folder_.write("new", text), folder_ / ("files/" + name));
}

void HttpsServer::remove(const std::string& name) const {
    std::filesystem::remove(folder_ / ("files/" + name));
}

std::string HttpsServer::next_request() {
    auto line = process_->next_line();
    if (!line) throw std::runtime_error("the server has ended: " + process_->errors());
    return *std::move(line);
}

void HttpsServer::stop() { process_.reset(); }

void HttpsServer::start() {
    std::vector<std::string> command{"python3", data_file("../support/https_server.py").string(),
                                     folder_.path().string(), std::to_string(port_.number())};
    command.insert(command.end(), options_.begin(), options_.end());
    process_.emplace(Start{.command = std::move(command)});
    if (next_request() != "ready") throw std::runtime_error("the server does not start");
}

}  // namespace fedmsg::test
