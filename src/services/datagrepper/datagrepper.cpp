#include "services/datagrepper/datagrepper.h"

#include "crypto/signed_message.h"
#include "encoding/document.h"
#include "util/error.h"
#include "util/percent.h"

#include <fmt/core.h>

namespace fedmsg::services {
namespace {

std::string_view without_slashes(std::string_view text) {
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
}

/// What is wrong with the answer; empty when it is the message.
std::string problem_of(const encoding::Value& answer, std::string_view msg_id) {
    const auto* id = answer.find("msg_id");
    const auto* topic = answer.find("topic");
    if (id == nullptr || id->string() == nullptr || topic == nullptr || topic->string() == nullptr ||
        answer.find("msg") == nullptr)
        return "which is no message: is it the address of a datagrepper?";
    if (*id->string() != msg_id) return "which is another message, " + *id->string();
    return {};
}

}  // namespace

std::string message_url(std::string_view datagrepper_url, std::string_view msg_id) {
    if (datagrepper_url.find_first_of("?#") != datagrepper_url.npos)
        throw UsageError("datagrepper_url is " + std::string{datagrepper_url} +
                         ": must be the address of the service, without a query");
    auto base = without_slashes(datagrepper_url);
    for (const std::string_view page : {"/raw", "/id"})
        if (base.ends_with(page)) {
            base.remove_suffix(page.size());
            break;
        }
    return std::string{without_slashes(base)} + "/id?id=" + percent_encoded(msg_id);
}

Result<encoding::Object, NotFetched> fetch_message(std::string_view datagrepper_url, std::string_view msg_id,
                                                   std::chrono::milliseconds timeout) {
    const http::Request request{.url = message_url(datagrepper_url, msg_id), .timeout = timeout};
    const auto response = http::get(request);
    if (!response) {
        const auto& error = response.error();
        const bool not_found = error.status == 404 || error.status == 410;
        return NotFetched{
            not_found, not_found ? fmt::format("{} is not at {}: the server answers with status {}", msg_id,
                                               request.url, error.status)
                                 : fmt::format("cannot fetch {}: {}: {}", msg_id, request.url, error.text)};
    }
    const auto refuse = [&](const std::string& why) {
        return NotFetched{false,
                          fmt::format("cannot fetch {}: {} has answered with {}", msg_id, request.url, why)};
    };
    const auto document = encoding::Document::parse(response->body);
    if (!document) return refuse(fmt::format("what is not JSON: {}", document.error().detail));
    auto answer = encoding::to_value(document->root());
    if (const auto problem = problem_of(answer, msg_id); !problem.empty()) return refuse("JSON " + problem);
    auto& message = *answer.object();
    crypto::fix_datagrepper_message(message);
    crypto::strip_credentials(message);
    return std::move(message);
}

}  // namespace fedmsg::services
