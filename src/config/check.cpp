// Holds every known key against its row in config/keys.h, and fills the typed Config.
#include "config/endpoint.h"
#include "config/keys.h"
#include "config/load.h"
#include "encoding/write.h"

#include <algorithm>
#include <cmath>

namespace fedmsg {
namespace {

constexpr double longest_seconds = 1e9;  // 31 years: as milliseconds it still fits everywhere
constexpr std::size_t longest_value_shown = 60;

/// The value in a sentence: its JSON, cut when long.
std::string shown(const encoding::Value& value) {
    std::string text = encoding::dumps(value);
    if (text.size() > longest_value_shown) text = text.substr(0, longest_value_shown) + "…";
    return text;
}

bool is_octal(std::string_view text) {
    return !text.empty() && text.size() <= 4 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
}

bool is_choice(std::string_view choices, std::string_view word) {
    return word.find(' ') == std::string_view::npos && !word.empty() &&
           (' ' + std::string{choices} + ' ').find(' ' + std::string{word} + ' ') != std::string::npos;
}

/// With something after the scheme, and no blank in it.
bool is_url(std::string_view text, std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() &&
           text.find(' ') == std::string_view::npos;
}

bool is_path(std::string_view text) {
    return !text.empty() && text.find("://") == std::string_view::npos &&
           text.find('\0') == std::string_view::npos;
}

bool is_database(std::string_view text) {
    // SQLAlchemy writes `postgresql+psycopg2://` where a driver is chosen; drivers mean nothing to us.
    const std::string_view dialect = text.substr(0, std::min(text.find('+'), text.find("://")));
    return is_path(text) || (text.find("://") != std::string_view::npos &&
                             (dialect == "sqlite" || dialect == "postgresql" || dialect == "postgres"));
}

bool is_allowed_text(const ConfigKey& key, const std::string& text) {
    switch (key.scalar) {
        case Scalar::text:
        case Scalar::secret: return true;
        case Scalar::choice: return is_choice(key.choices, text);
        case Scalar::octal: return is_octal(text);
        case Scalar::path:
        case Scalar::object_or_path: return is_path(text);
        case Scalar::path_or_https: return is_path(text) || is_url(text, "https://");
        case Scalar::url: return is_url(text, "https://") || is_url(text, "http://");
        case Scalar::path_or_sql: return is_database(text);
        case Scalar::endpoint: return !endpoint_error(text);
        case Scalar::listen: return parse_listen_address(text).has_value();
        case Scalar::domain: return is_domain_name(text);
        case Scalar::boolean:
        case Scalar::integer:
        case Scalar::seconds:
        case Scalar::object: return false;
    }
    return false;
}

bool is_allowed(const ConfigKey& key, const encoding::Value& value) {
    switch (key.scalar) {
        case Scalar::boolean: return value.boolean().has_value();
        case Scalar::integer: {
            const auto number = value.integer();
            return number && *number >= key.min && *number <= key.max;
        }
        case Scalar::seconds: {
            const auto number = value.number();
            return number && *number >= 0 && *number <= longest_seconds;  // not for NaN
        }
        case Scalar::object: return value.object() != nullptr;
        case Scalar::object_or_path:
            if (value.object()) return true;
            break;
        case Scalar::text:
        case Scalar::secret:
        case Scalar::choice:
        case Scalar::octal:
        case Scalar::path:
        case Scalar::path_or_https:
        case Scalar::url:
        case Scalar::path_or_sql:
        case Scalar::endpoint:
        case Scalar::listen:
        case Scalar::domain: break;
    }
    const std::string* text = value.string();
    return text && is_allowed_text(key, *text);
}

// Values that were checked, as Config has them.

std::vector<std::string> strings(const encoding::Value& value) {
    if (const std::string* text = value.string()) return {*text};
    std::vector<std::string> result;
    if (!value.array()) return result;  // null: none
    for (const encoding::Value& element : *value.array()) {
        if (const std::string* text = element.string()) result.push_back(*text);
    }
    return result;
}

void convert(const encoding::Value& value, bool& out) { out = value.boolean().value(); }
void convert(const encoding::Value& value, int& out) { out = static_cast<int>(value.integer().value()); }
void convert(const encoding::Value& value, std::size_t& out) {
    out = static_cast<std::size_t>(value.integer().value());
}
void convert(const encoding::Value& value, std::optional<std::size_t>& out) {
    out = static_cast<std::size_t>(value.integer().value());
}
void convert(const encoding::Value& value, std::string& out) { out = *value.string(); }
void convert(const encoding::Value& value, std::optional<std::string>& out) { out = *value.string(); }
void convert(const encoding::Value& value, std::vector<std::string>& out) { out = strings(value); }
void convert(const encoding::Value& value, std::map<std::string, std::string>& out) {
    out.clear();
    for (const auto& [key, member] : *value.object()) out[key] = *member.string();
}
void convert(const encoding::Value& value, std::map<std::string, std::vector<std::string>>& out) {
    out.clear();
    for (const auto& [key, member] : *value.object()) out[key] = strings(member);
}

class Checker {
  public:
    explicit Checker(const Merged& merged) : merged_{merged} {}

    Checked run() {
        for (const auto& [name, value] : merged_.values) {
            if (const ConfigKey* key = find_config_key(name)) {
                known(*key, value);
            } else if (const auto similar = similar_key(name)) {
                warn(name, "unknown key: did you mean " + std::string{*similar} + "?");
            }
        }
        return std::move(checked_);
    }

  private:
    void known(const ConfigKey& key, const encoding::Value& value) {
        if (value.is_null() && key.may_be_null()) return;
        const std::size_t errors = checked_.errors.size();
        key_ = &key;
        member_ = nullptr;
        arranged(value);
        if (errors != checked_.errors.size()) return;
        if (key.name == "logging") {
            logging(*value.object());
        } else {
            std::visit([&](auto field) { store(field, value); }, key.field);
        }
        if (key.name == "environment") environment(*value.string());
        if (key.name == "routing_policy") routing_policy(*value.object());
    }

    void arranged(const encoding::Value& value) {
        switch (key_->shape) {
            case Shape::one:
            case Shape::list:
            case Shape::one_or_list: return flat(value, key_->shape);
            case Shape::map_of_one: return map(value, Shape::one);
            case Shape::map_of_list: return map(value, Shape::list);
            case Shape::map_of_one_or_list: return map(value, Shape::one_or_list);
        }
    }

    void map(const encoding::Value& value, Shape member_shape) {
        if (!value.object()) return wrong(value, key_->shape);
        for (const auto& [name, member] : *value.object()) {
            // Taken from the key of that name, and judged there.
            if (key_->name == "endpoints" && name == "relay_outbound" && is_set("relay_outbound")) continue;
            member_ = &name;
            flat(member, member_shape);
        }
    }

    void flat(const encoding::Value& value, Shape shape) {
        const encoding::Array* elements = shape == Shape::one ? nullptr : value.array();
        if (!elements) return shape == Shape::list ? wrong(value, shape) : one(value, shape);
        for (std::size_t i = 0; i < elements->size(); ++i) one((*elements)[i], Shape::one, i);
    }

    void one(const encoding::Value& value, Shape shape, std::optional<std::size_t> index = {}) {
        const bool no_address = key_->name == "endpoints" && value.is_null();
        if (!no_address && !is_allowed(*key_, value)) wrong(value, shape, index);
    }

    /// \param shape  what this place should hold: the key, its member_, or the element of either at `index`
    void wrong(const encoding::Value& value, Shape shape, std::optional<std::size_t> index = {}) {
        std::string text{key_->name};
        if (member_) text += "[" + encoding::dumps(encoding::Value{*member_}) + "]";
        if (index) text += "[" + std::to_string(*index) + "]";
        if (key_->scalar != Scalar::secret) text += " is " + shown(value);
        const auto error = value.string() ? address_error(*value.string()) : std::nullopt;
        ConfigKey expected = *key_;
        expected.shape = shape;
        text += ": " + (error ? *error : "must be " + allowed_values(expected));
        checked_.errors.push_back({where(), std::move(text)});
    }

    /// More than what is allowed in general, where the key is an address.
    [[nodiscard]] std::optional<std::string> address_error(const std::string& text) const {
        if (key_->scalar == Scalar::endpoint) return endpoint_error(text);
        if (key_->scalar != Scalar::listen) return std::nullopt;
        const auto parsed = parse_listen_address(text);
        return parsed ? std::nullopt : std::optional{parsed.error()};
    }

    /// The key, or its member, was set.
    std::string where() const {
        const Provenance& provenance = merged_.provenance;
        return member_ ? provenance.where(key_->name, *member_) : provenance.where(key_->name);
    }

    bool is_set(std::string_view key) const {
        const encoding::Value* value = merged_.values.find(key);
        return value && !value->is_null();
    }

    template <class Member>
    void store(Member Config::*field, const encoding::Value& value) {
        convert(value, checked_.config.*field);
    }
    void store(std::chrono::milliseconds Config::*field, const encoding::Value& value) {
        const double unit = key_->scalar == Scalar::seconds ? 1000 : 1;
        checked_.config.*field = std::chrono::milliseconds{std::llround(*value.number() * unit)};
    }
    void store(LoggingSettings Config::*, const encoding::Value&) {}
    void store(std::monostate, const encoding::Value&) {}

    void logging(const encoding::Object& dict) {
        LoggingRemarks remarks;
        checked_.config.logging = read_logging(dict, remarks);
        for (std::string& error : remarks.errors) checked_.errors.push_back({where(), std::move(error)});
        for (std::string& warning : remarks.warnings) warn("logging", std::move(warning));
    }

    void environment(const std::string& word) {
        if (word == "dev" || word == "stg" || word == "prod") return;
        warn("environment", "environment is " + shown(word) + ": usually it is dev, stg or prod");
    }

    /// Python's `name in "text"` looks for a part of the text.
    void routing_policy(const encoding::Object& topics) {
        for (const auto& [topic, names] : topics)
            if (names.string())
                checked_.warnings.push_back(
                    {merged_.provenance.where("routing_policy", topic),
                     "routing_policy[" + encoding::dumps(encoding::Value{topic}) + "] is " + shown(names) +
                         ": a string lets every name sign that is a part of it, so write a list"});
    }

    void warn(std::string_view key, std::string text) {
        checked_.warnings.push_back({merged_.provenance.where(key), std::move(text)});
    }

    const Merged& merged_;
    Checked checked_;
    const ConfigKey* key_ = nullptr;       // the one being checked
    const std::string* member_ = nullptr;  // of the dict under it
};

}  // namespace

Checked check_config(const Merged& merged) { return Checker{merged}.run(); }

}  // namespace fedmsg
