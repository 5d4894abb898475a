#include "config/entry_reader.h"

#include "encoding/write.h"
#include "util/nearest.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace fedmsg {
namespace {

constexpr double longest_seconds = 1e7;

}  // namespace

EntryReader::EntryReader(const encoding::Object& object, Place place,
                         std::span<const std::string_view> members, std::vector<Finding>& errors)
    : object_{object}, place_{std::move(place)}, errors_{errors} {
    for (const auto& [key, value] : object_) {
        if (std::ranges::find(members, std::string_view{key}) != members.end()) continue;
        const auto best = nearest(key, members);
        add_error(": unknown member " + encoding::dumps(encoding::Value{key}) +
                  (best ? ": did you mean " + std::string{*best} + "?"
                        : ": see " + std::string{place_.manual} + " for those there are"));
    }
}

const encoding::Value* EntryReader::find(std::string_view key) const {
    const auto* value = object_.find(key);
    return value && !value->is_null() ? value : nullptr;
}

const std::string* EntryReader::string(std::string_view key, const std::string& what) {
    const auto* value = find(key);
    if (value && !value->string()) must_be(key, *value, what);
    return value ? value->string() : nullptr;
}

std::optional<bool> EntryReader::boolean(std::string_view key) {
    const auto* value = find(key);
    if (value && !value->boolean()) must_be(key, *value, "True or False");
    return value ? value->boolean() : std::nullopt;
}

void EntryReader::number(std::string_view key, std::size_t least, std::size_t most, std::size_t& into) {
    const auto* value = find(key);
    if (!value) return;
    const auto n = value->integer();
    if (!n || *n < static_cast<std::int64_t>(least) || *n > static_cast<std::int64_t>(most))
        return must_be(key, *value,
                       "an integer from " + std::to_string(least) + " to " + std::to_string(most));
    into = static_cast<std::size_t>(*n);
}

void EntryReader::seconds(std::string_view key, std::chrono::milliseconds& into) {
    const auto* value = find(key);
    if (!value) return;
    const auto n = value->number();
    if (!n || !(*n >= 0 && *n <= longest_seconds))
        return must_be(key, *value, "a number of seconds, 0 or more");
    into = std::chrono::milliseconds{std::llround(*n * 1000)};
}

void EntryReader::must_be(std::string_view key, const encoding::Value& value, const std::string& what) {
    constexpr std::size_t shown = 60;
    auto text = encoding::dumps(value);
    if (text.size() > shown) text = text.substr(0, shown) + "…";
    wrong(key, "is " + text + ": must be " + what);
}

}  // namespace fedmsg
