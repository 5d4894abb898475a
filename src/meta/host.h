#pragma once
/// \file
/// What rules can ask about the site they run for.

#include "config/config.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::meta {

class Host {
  public:
    /// \param now      seconds since the epoch; null: the clock
    /// \throws UsageError  when the key `fas` names a file that cannot be read, or is no object of strings
    explicit Host(const Config& config, std::function<double()> now = {});

    [[nodiscard]] double now() const { return now_(); }
    /// The user name of a nickname or mail address: what the key `fas` says; else the local part of an
    /// address of the site's own domain, the reversed `topic_prefix`; else `who` itself.
    [[nodiscard]] std::string fas(std::string_view who) const;
    /// Of the site: `topic_prefix` reversed, as in "fedoraproject.org".
    [[nodiscard]] const std::string& domain() const { return domain_; }
    /// A key of the configuration; null where it is not set, or a secret.
    [[nodiscard]] const encoding::Value* config(std::string_view key) const;

    /// The file of shared/NAME.lua; nothing where there is none.
    std::function<std::optional<std::string>(const std::string& name)> shared_file;

  private:
    encoding::Object values_;
    std::function<double()> now_;
    std::map<std::string, std::string, std::less<>> fas_;
    std::string domain_;
};

}  // namespace fedmsg::meta
