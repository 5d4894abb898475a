#include "services/hub/settings.h"

#include "config/entry_reader.h"
#include "encoding/write.h"
#include "util/error.h"
#include "util/utf8.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace fedmsg::services::hub {
namespace {

constexpr std::size_t most_jobs = 1024, most_unacknowledged = 100'000, least_bytes = 64 * 1024;

constexpr std::array<std::string_view, 16> members{
    "block_for", "command",        "config_key",          "directory", "enabled",     "environment",
    "jobs",      "mode",           "queue_bytes",         "retries",   "retry_after", "timeout",
    "topic",     "unacknowledged", "validate_signatures", "when_full"};

/// The path of the program; empty, and errno, when it cannot be run.
std::string find_program(const std::string& word) {
    const auto usable = [](const std::string& path) {
        std::error_code error;
        if (std::filesystem::is_directory(path, error)) {
            errno = EISDIR;
            return false;
        }
        return ::access(path.c_str(), X_OK) == 0;
    };
    if (word.find('/') != word.npos) return usable(word) ? word : "";
    const char* variable = std::getenv("PATH");
    std::string_view folders = variable ? variable : "/usr/bin:/bin";
    while (!folders.empty()) {
        const auto folder = folders.substr(0, folders.find(':'));
        const auto path = std::string{folder.empty() ? "." : folder} + "/" + word;
        if (usable(path)) return path;
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    }
    errno = ENOENT;
    return "";
}

class Entry : private EntryReader {
  public:
    Entry(const Loaded& loaded, const std::string& name, const encoding::Object& object,
          std::vector<Finding>& errors)
        : EntryReader{object,
                      {loaded.provenance.where("consumers", name),
                       "consumers[" + encoding::dumps(encoding::Value{name}) + "]", "fedmsg-hub(1)"},
                      members,
                      errors},
          loaded_{loaded} {
        result_.name = name;
    }

    ConsumerSettings read() {
        check_name();
        command();
        topic();
        if (const auto* text = string("mode", R"("stream", "each" or "ack")")) mode(*text);
        if (const auto* text = string("when_full", R"("block", "drop-oldest" or "spill")")) when_full(*text);
        if (const auto* text = string("config_key", "a string")) result_.config_key = *text;
        if (const auto* text = string("directory", "a path")) directory(*text);
        if (const auto flag = boolean("enabled")) result_.enabled = *flag;
        result_.validate_signatures = boolean("validate_signatures");
        number("queue_bytes", least_bytes, std::size_t{1} << 40, result_.queue.bytes);
        number("jobs", 1, most_jobs, result_.jobs);
        number("unacknowledged", 1, most_unacknowledged, result_.unacknowledged);
        std::size_t retries = 3;
        number("retries", 0, 1'000'000, retries);
        result_.attempts.retries = static_cast<int>(retries);
        seconds("retry_after", result_.attempts.retry_after);
        seconds("block_for", result_.queue.block_for);
        seconds("timeout", result_.timeout);
        environment();
        only_for("jobs", Mode::each);
        only_for("unacknowledged", Mode::ack);
        if (result_.mode == Mode::stream)
            for (const auto* key : {"retries", "retry_after", "timeout"})
                if (find(key))
                    wrong(key, "has no meaning in mode stream, which has no answers: use each or ack");
        if (result_.queue.when_full == WhenFull::spill &&
            !loaded_.config.values.find("status_directory")->string())
            wrong("when_full", "is \"spill\": needs a `status_directory` to write to");
        if (!result_.config_key.empty() && !is_true(loaded_.config, result_.config_key))
            result_.enabled = false;
        return std::move(result_);
    }

  private:
    /// It becomes the name of files, and a word of --with-consumers.
    void check_name() {
        const auto& name = result_.name;
        if (name.empty() || name.size() > 100 || name.starts_with('.') ||
            name.find_first_of("/,") != name.npos ||
            std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
            add_error(
                ": a consumer's name has 1 to 100 characters, no slash, comma or control character, and "
                "no dot in front");
    }

    void command() {
        const auto* value = find("command");
        if (!value) return;
        const auto* words = value->array();
        if (!words || words->empty() || !std::ranges::all_of(*words, [](const auto& w) {
                return w.string() && w.string()->find('\0') == std::string::npos;
            }))
            return must_be("command", *value, "a list of strings, the program and its arguments");
        for (const auto& word : *words) result_.command.push_back(*word.string());
        const auto program = find_program(result_.command.front());
        if (program.empty())
            wrong("command", "names " + encoding::dumps(encoding::Value{result_.command.front()}) +
                                 ", which cannot be run: " + error_text(errno) +
                                 (errno == EACCES ? ": make it executable for the user of the hub" : ""));
        else
            result_.command.front() = program;
    }

    void topic() {
        const auto* value = find("topic");
        if (!value) return;
        result_.topics.clear();
        if (const auto* text = value->string()) {
            result_.topics.push_back(*text);
        } else if (const auto* list = value->array(); list && !list->empty()) {
            result_.topic_is_list = true;
            for (const auto& one : *list)
                if (one.string()) result_.topics.push_back(*one.string());
            if (result_.topics.size() != list->size())
                must_be("topic", *value, "a string or a list of strings");
        } else {
            must_be("topic", *value, "a string or a list of strings");
        }
        for (const auto& one : result_.topics)
            if (!is_utf8(one)) must_be("topic", *value, "UTF-8");
    }

    void mode(const std::string& text) {
        for (const auto one : {Mode::stream, Mode::each, Mode::ack})
            if (to_string(one) == text) {
                result_.mode = one;
                return;
            }
        must_be("mode", encoding::Value{text}, R"("stream", "each" or "ack")");
    }
    void when_full(const std::string& text) {
        if (text == "block")
            result_.queue.when_full = WhenFull::block;
        else if (text == "drop-oldest")
            result_.queue.when_full = WhenFull::drop_oldest;
        else if (text == "spill")
            result_.queue.when_full = WhenFull::spill;
        else
            must_be("when_full", encoding::Value{text}, R"("block", "drop-oldest" or "spill")");
    }
    void directory(const std::string& text) {
        std::error_code error;
        if (!std::filesystem::is_directory(text, error))
            return wrong("directory",
                         "names " + encoding::dumps(encoding::Value{text}) + ", which is no folder");
        result_.directory = text;
    }
    void environment() {
        const auto* value = find("environment");
        if (!value) return;
        if (!value->object()) return must_be("environment", *value, "a dict of strings");
        for (const auto& [key, text] : *value->object()) {
            if (!text.string() || key.empty() || key.find_first_of(std::string_view{"=\0", 2}) != key.npos)
                return must_be("environment", *value, "a dict of strings");
            result_.environment.emplace_back(key, *text.string());
        }
    }
    void only_for(std::string_view key, Mode mode) {
        if (find(key) && result_.mode != mode)
            wrong(key, "has a meaning in mode " + std::string{to_string(mode)} + " only");
    }

    const Loaded& loaded_;
    ConsumerSettings result_;
};

}  // namespace

std::string_view to_string(Mode mode) {
    switch (mode) {
        case Mode::stream: return "stream";
        case Mode::each: return "each";
        case Mode::ack: return "ack";
    }
    return {};
}

bool is_true(const Config& config, std::string_view key) {
    const auto* value = config.values.find(key);
    return value && value->boolean() == true;
}

CheckedConsumers check_consumers(const Loaded& loaded) {
    CheckedConsumers result;
    const auto* consumers = loaded.config.values.find("consumers");
    if (!consumers || !consumers->object()) return result;
    for (const auto& [name, value] : *consumers->object())
        result.consumers.push_back(Entry{loaded, name, *value.object(), result.errors}.read());
    return result;
}

}  // namespace fedmsg::services::hub
