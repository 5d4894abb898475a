#include "config/print.h"

#include "config/sources.h"
#include "encoding/write.h"
#include "util/error.h"

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;

constexpr encoding::Style readable{.sort_keys = true, .indented = true};

/// \return null when no way of cutting `path` into keys leads to a value
const Value* find_path(const Object& values, std::string_view path) {
    if (const Value* whole = values.find(path)) return whole;
    for (std::size_t dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
         dot = path.rfind('.', dot - 1)) {
        const Value* outer = values.find(path.substr(0, dot));
        if (!outer || !outer->object()) continue;
        if (const Value* inner = find_path(*outer->object(), path.substr(dot + 1))) return inner;
    }
    return nullptr;
}

std::string bare(const Value& value) { return value.string() ? *value.string() : encoding::dumps(value); }

/// The same file on another machine: nothing that a file can learn about its host is equal.
dialect::HostFacts of_another_host(const dialect::HostFacts& facts) {
    dialect::HostFacts other = facts;
    other.hostname = "another." + facts.hostname;
    other.fqdn = [facts] { return "another." + facts.fqdn(); };
    other.resolve = [](const std::string&) { return std::string{"192.0.2.1"}; };  // RFC 5737: nobody's
    for (auto& [name, value] : other.environment) value = "another" + value;
    other.working_directory = "/another" + facts.working_directory;
    other.user = "another" + facts.user;
    other.home = "/another" + facts.home;
    other.cpu_count = facts.cpu_count + 1;
    other.pid = facts.pid + 1;
    other.account = [facts] {
        const auto account = facts.account();
        return dialect::HostFacts::Account{"another" + account.name, "/another" + account.home};
    };
    for (std::string* part : {&other.kernel.release, &other.kernel.version, &other.kernel.machine}) {
        part->insert(0, "another ");
    }
    other.file_kind = [facts](const std::string& path) { return facts.file_kind(path) == '\0' ? 'f' : '\0'; };
    return other;
}

}  // namespace

std::string to_json(const Object& values) { return encoding::dumps(Value{values}, readable); }

std::optional<std::string> query(const Object& values, std::string_view path) {
    if (path.empty()) return to_json(values) + "\n";
    const Value* value = find_path(values, path);
    if (!value || value->is_null()) return std::nullopt;
    if (value->object()) return to_json(*value->object()) + "\n";
    if (!value->array()) return bare(*value) + "\n";
    std::string lines;
    for (const Value& item : *value->array()) lines += bare(item) + "\n";
    return lines;
}

std::string absent_key(std::string_view path) {
    return "Key `" + std::string{path} + "` does not exist in config";
}

Converted convert_to_json(const std::string& path, const dialect::HostFacts& facts) {
    const auto file = read_config_file(path, facts);
    if (!file) throw UsageError(to_string(file.error()));
    Converted result{to_json(file->values) + "\n", {}};
    for (const Finding& warning : file->warnings) result.warnings.push_back(to_string(warning));

    const auto elsewhere = read_config_file(path, of_another_host(facts));
    if (!elsewhere) {
        result.warnings.push_back(path + ": depends on the host: the values of this one are written");
        return result;
    }
    for (const auto& [key, value] : file->values) {
        const Value* other = elsewhere->values.find(key);
        if (!other || *other != value) {
            result.warnings.push_back(path + ": " + key +
                                      " depends on the host: the value of this one is written");
        }
    }
    return result;
}

}  // namespace fedmsg
