#include "message/template.h"

#include "message/column.h"
#include "util/error.h"
#include "util/utf8.h"

namespace fedmsg::message {

Template::Template(std::string_view text) {
    const auto fail = [&](std::size_t at, const char* what) {
        throw UsageError("format: column " + std::to_string(column(text, at)) + ": " + what);
    };
    if (!is_utf8(text)) throw UsageError("format: not UTF-8");
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (c == '\\') {
            if (next != 'n' && next != 't' && next != '\\') fail(i, R"(expected \n, \t or \\)");
            end_ += next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
            ++i;
        } else if ((c == '{' || c == '}') && next == c) {
            end_ += c;
            ++i;
        } else if (c == '}') {
            fail(i, "'}' closes nothing; as text it is '}}'");
        } else if (c == '{') {
            const auto close = text.find_first_of("{}", i + 1);
            if (close == std::string_view::npos || text[close] == '{')
                fail(i, "'{' is not closed; as text it is '{{'");
            const auto path = strip(text.substr(i + 1, close - i - 1));
            if (path.empty()) fail(i + 1, "expected a path such as msg.user");
            fields_.push_back({std::move(end_), Path{path}});
            end_.clear();
            i = close;
        } else {
            end_ += c;
        }
    }
}

void Template::write(encoding::Node envelope, Controls controls, std::string& out) const {
    for (const auto& field : fields_) {
        out.append(field.before);
        if (const auto* value = field.path.find(envelope)) write_bare(*value, controls, out);
    }
    out.append(end_);
}

}  // namespace fedmsg::message
