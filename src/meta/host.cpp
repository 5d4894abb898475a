#include "meta/host.h"

#include "config/keys.h"
#include "encoding/document.h"
#include "util/error.h"

#include <chrono>
#include <fstream>
#include <iterator>

namespace fedmsg::meta {
namespace {

encoding::Value read_names(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw UsageError("fas is " + path + ": cannot be read: " + error_text(errno));
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto document = encoding::Document::parse(text);
    if (!document) throw UsageError("fas is " + path + ": " + to_string(document.error()));
    return encoding::to_value(document->root());
}

std::string reversed(std::string_view prefix) {
    std::string domain;
    for (;;) {
        const auto dot = prefix.rfind('.');
        domain += prefix.substr(dot == prefix.npos ? 0 : dot + 1);
        if (dot == prefix.npos) return domain;
        domain += '.';
        prefix = prefix.substr(0, dot);
    }
}

}  // namespace

Host::Host(const Config& config, std::function<double()> now)
    : values_{config.values}, now_{std::move(now)}, domain_{reversed(config.topic_prefix)} {
    if (!now_)
        now_ = [] {
            return std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
        };
    const auto* fas = values_.find("fas");
    if (fas == nullptr || fas->is_null()) return;
    const auto names = fas->string() != nullptr ? read_names(*fas->string()) : *fas;
    if (names.object() == nullptr) throw UsageError("fas is no object of nicknames and user names");
    for (const auto& [who, name] : *names.object()) {
        if (name.string() == nullptr) throw UsageError("fas: the user name of " + who + " is no string");
        fas_.emplace(who, *name.string());
    }
}

std::string Host::fas(std::string_view who) const {
    if (const auto known = fas_.find(who); known != fas_.end()) return known->second;
    if (who.ends_with("@" + domain_)) who.remove_suffix(domain_.size() + 1);
    return std::string{who};
}

const encoding::Value* Host::config(std::string_view key) const {
    const auto* known = find_config_key(key);
    // The connections of `irc` hold passwords.
    if (key == "irc" || (known != nullptr && known->scalar == Scalar::secret)) return nullptr;
    const auto* value = values_.find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace fedmsg::meta
