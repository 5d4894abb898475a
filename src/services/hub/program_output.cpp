#include "services/hub/program_output.h"

#include "encoding/write.h"

namespace fedmsg::services::hub {
namespace {

/// Null when the member is there and no string.
std::optional<std::optional<std::string>> optional_string(encoding::Node object, std::string_view key) {
    const auto* member = object.find(key);
    if (!member || member->kind() == encoding::Kind::null) return std::optional<std::string>{};
    if (!member->is_string()) return std::nullopt;
    return std::optional{std::string{member->text()}};
}

}  // namespace

std::variant<Answer, ToPublish, Meaningless> read_output_line(std::string_view line) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == line.npos || line[begin] != '{') return Meaningless{"it is no JSON object"};
    const auto document = encoding::Document::parse(line);
    if (!document) return Meaningless{"it is no JSON object"};
    const auto root = document->root();
    if (const auto* publish = root.find("publish")) {
        if (!publish->is_object()) return Meaningless{"`publish` is no object"};
        auto topic = optional_string(*publish, "topic"), modname = optional_string(*publish, "modname");
        if (!topic) return Meaningless{"`publish.topic` is no string"};
        if (!modname) return Meaningless{"`publish.modname` is no string"};
        const auto* msg = publish->find("msg");
        return ToPublish{std::move(*topic).value_or(""), std::move(*modname),
                         msg ? encoding::dumps(*msg) : "{}"};
    }
    const auto* ok = root.find("ok");
    if (!ok) return Meaningless{"it has neither `ok` nor `publish`"};
    if (ok->kind() != encoding::Kind::boolean) return Meaningless{"`ok` is neither true nor false"};
    auto msg_id = optional_string(root, "msg_id");
    if (!msg_id) return Meaningless{"`msg_id` is no string"};
    return Answer{std::move(*msg_id), ok->boolean()};
}

}  // namespace fedmsg::services::hub
