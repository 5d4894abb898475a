#pragma once
#include <cstdint>
#include <string_view>

namespace fedmsg::cli {

class Call;

/// The headings of `fedmsg --help`.
enum class Group : std::uint8_t { publish, subscribe, serve, inspect };

/// One subcommand, as data. To add one: see CONTRIBUTING.md, "A new subcommand".
struct Subcommand {
    std::string_view name;     ///< `tail` for `fedmsg tail`, and for `fedmsg-tail`, a symlink
    std::string_view summary;  ///< one line for `fedmsg --help`; starts with a verb, no full stop
    Group group;
    void (*run)(Call&);
};

}  // namespace fedmsg::cli
