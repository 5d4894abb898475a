#include "message/envelope.h"

#include "encoding/write.h"
#include "util/error.h"
#include "util/utf8.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace fedmsg::message {
namespace {

template <class Integer>
void append_integer(Integer number, std::string& out) {
    std::array<char, 20> digits;  // of any 64-bit integer, with its sign
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

bool is_falsy(std::string_view json) {
    constexpr std::string_view falsy[] = {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}"};
    return json.size() <= 5 && std::ranges::find(falsy, json) != std::end(falsy);
}

/// Room for the longest entry of a password database that is in use anywhere; getpwuid_r says when it is not
/// enough.
constexpr std::size_t passwd_entry = 16384;

}  // namespace

EnvelopeWriter::EnvelopeWriter(std::string_view username) {
    std::string valid;
    append_as_utf8(username, valid);
    encoding::write_string(valid, username_);
}

void EnvelopeWriter::write(std::string_view topic, std::string_view body, std::int64_t timestamp,
                           std::string_view msg_id, std::uint64_t i, std::string& out) {
    if (topic != topic_ || end_.empty()) {
        topic_ = topic;
        end_ = R"(,"topic":)";
        encoding::write_string(topic, end_);
        end_.append(R"(,"username":)").append(username_).append(1, '}');
    }
    constexpr std::size_t keys_and_numbers = 100;
    const std::size_t needed = out.size() + body.size() + msg_id.size() + end_.size() + keys_and_numbers;
    if (out.capacity() < needed) out.reserve(std::max(needed, 2 * out.capacity()));
    out.append(R"({"i":)");
    append_integer(i, out);
    out.append(R"(,"msg":)").append(is_falsy(body) ? "{}" : body).append(R"(,"msg_id":)");
    encoding::write_string(msg_id, out);
    out.append(R"(,"timestamp":)");
    append_integer(timestamp, out);
    out.append(end_);
}

encoding::Object make_envelope(std::string_view topic, encoding::Value msg, std::int64_t timestamp,
                               std::string_view msg_id, std::uint64_t i, std::string_view username) {
    if (!msg.truthy()) msg = encoding::Object{};
    std::string valid;
    append_as_utf8(username, valid);
    encoding::Object envelope;
    envelope["topic"] = topic;
    envelope["msg"] = std::move(msg);
    envelope["timestamp"] = timestamp;
    envelope["msg_id"] = msg_id;
    envelope["i"] = static_cast<std::int64_t>(i);
    envelope["username"] = std::move(valid);
    return envelope;
}

void write_log_body(std::string_view line, std::string& out) {
    line = rstrip(line);
    out.append(R"({"log":)");
    if (is_utf8(line)) {
        encoding::write_string(line, out);
    } else {
        std::string valid;
        append_as_utf8(line, valid);
        encoding::write_string(valid, out);
    }
    out.append(1, '}');
}

std::string login_name() {
    for (const char* variable : {"LOGNAME", "USER", "LNAME", "USERNAME"}) {
        const char* name = std::getenv(variable);
        if (name != nullptr && *name != '\0') return name;
    }
    std::vector<char> memory(passwd_entry);
    passwd entry{};
    passwd* found = nullptr;
    const auto user = getuid();
    const int error = getpwuid_r(user, &entry, memory.data(), memory.size(), &found);
    if (found == nullptr) {
        throw SetupError("cannot tell who publishes: user " + std::to_string(user) + " has no name" +
                         (error == 0 ? "" : std::string{" ("} + std::strerror(error) + ")") +
                         ": set LOGNAME");
    }
    return found->pw_name;
}

}  // namespace fedmsg::message
