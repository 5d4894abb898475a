#include "message/query.h"

#include "util/utf8.h"

#include <algorithm>

namespace fedmsg::message {

Query::Query(std::string_view paths) {
    std::vector<std::string_view> seen;
    for (;;) {
        const auto comma = paths.find(',');
        const auto path = strip(paths.substr(0, comma));
        if (std::ranges::find(seen, path) == seen.end()) {
            seen.push_back(path);
            paths_.emplace_back(path);
        }
        if (comma == std::string_view::npos) return;
        paths.remove_prefix(comma + 1);
    }
}

void Query::write(encoding::Node envelope, Controls controls, std::string& out) const {
    std::string_view separator;
    for (const auto& path : paths_) {
        out.append(separator);
        if (const auto* value = path.find(envelope)) write_bare(*value, controls, out);
        separator = ", ";
    }
}

}  // namespace fedmsg::message
