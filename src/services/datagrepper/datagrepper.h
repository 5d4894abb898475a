#pragma once
/// \file
/// Single messages out of the history of a bus, which a datagrepper keeps and hands out over HTTP.
/// Source: fedmsg 1.1.7, `fedmsg-dg-replay`; the HTTP interface of datagrepper, `/id`.

#include "encoding/value.h"
#include "http/client.h"
#include "util/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace fedmsg::services {

/// Where a message is: BASE/id?id=MSG_ID. \param datagrepper_url  the key: of the service itself, or of its
/// page `raw` or `id`, with or without a slash at the end \throws UsageError  when it has a query or a
/// fragment
[[nodiscard]] std::string message_url(std::string_view datagrepper_url, std::string_view msg_id);

/// Why there is no message, in a line that names it and the service.
struct NotFetched {
    bool not_found = false;  ///< the service works, and does not have it: HTTP status 404 or 410
    std::string text{};
};

/// The message as it was published, without its credentials and what datagrepper has added; it has a `topic`
/// and a `msg`. Waits: never on the event loop. \param timeout  of each of three tries \throws as
/// message_url() and http::get()
[[nodiscard]] Result<encoding::Object, NotFetched> fetch_message(std::string_view datagrepper_url,
                                                                 std::string_view msg_id,
                                                                 std::chrono::milliseconds timeout);

}  // namespace fedmsg::services
