#pragma once
/// \file
/// Sentences about messages: the processors that are installed, and what holds for all of them.
/// Source: spec "Functions"; fedmsg 1.1.7, `fedmsg.meta`.

#include "meta/processor.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::meta {

/// The default processor, which knows only titles.
inline constexpr std::string_view unhandled = "unhandled";

struct Settings {
    /// Where scripts are looked for; one in a later folder replaces one of the same name.
    std::vector<std::string> folders;
    std::function<double()> now = {};  ///< seconds since the epoch; null: the clock
    Budget budget = {};
};

/// The folders of a site: the one that is shipped, /etc/fedmsg.d/meta, `meta` beside each configuration file,
/// and
/// ./fedmsg.d/meta, whether there is a configuration file or not.
/// \param sources  the configuration files that were read
[[nodiscard]] std::vector<std::string> folders_of(const std::vector<std::string>& sources);

/// The names of the processors in these folders, sorted: the services that are known. Nothing is read.
[[nodiscard]] std::vector<std::string> processor_names(const std::vector<std::string>& folders);

/// For one thread. Scripts are found when this is made, and read when the first message needs them.
class Rules {
  public:
    /// \throws UsageError  as Host
    Rules(const Config& config, Settings settings);
    ~Rules();

    /// As if made anew, for SIGHUP. What is wrong then is logged, and all stays as it was.
    void reload(const Config& config);

    /// The first whose name and prefix match, in the order of their names; null: the default, `unhandled`.
    [[nodiscard]] Processor* processor_of(std::string_view topic);
    [[nodiscard]] std::string_view processor_name(std::string_view topic);

    /// \param envelope  an object with a `topic` \param subject  whom `subjective` is for; empty: nobody
    /// Never throws for what a message or a script does.
    [[nodiscard]] encoding::Value value(Field field, encoding::Node envelope, std::string_view subject = {});
    // The same, for fields that are a text.
    [[nodiscard]] std::string text(Field field, encoding::Node envelope);
    [[nodiscard]] std::string title(encoding::Node envelope) { return text(Field::title, envelope); }
    [[nodiscard]] std::string subtitle(encoding::Node envelope) { return text(Field::subtitle, envelope); }
    [[nodiscard]] std::string link(encoding::Node envelope) { return text(Field::link, envelope); }
    /// "title -- subtitle link"; empty where the rule of one of them failed.
    [[nodiscard]] std::string repr(encoding::Node envelope);
    /// The same on one line, for people: of what failed nothing is shown, the rest is.
    [[nodiscard]] std::string line(encoding::Node envelope);

    /// All that are installed, by name.
    [[nodiscard]] std::vector<Processor*> processors() const;
    /// The files of shared/, each name once.
    [[nodiscard]] std::vector<std::string> shared_files() const;
    [[nodiscard]] double now() const;

  private:
    struct Installed;
    Settings settings_;
    std::unique_ptr<Installed> installed_;
};

}  // namespace fedmsg::meta
