#pragma once
/// \file
/// Reads a dict of the configuration that has members of its own, such as an entry of `consumers` or `irc`:
/// the typed value of each, and everything that is wrong with them, at once.

#include "config/load.h"
#include "encoding/value.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

class EntryReader {
  public:
    struct Place {
        std::string where;        ///< of the entry, for findings: "/etc/fedmsg.d/ircbot.py:12"
        std::string name;         ///< "irc[0]"
        std::string_view manual;  ///< who describes its members: "fedmsg-irc(1)"
    };

    /// Members that are not known are errors, with the nearest one that is.
    /// \param errors  where they go \param object, members, errors  must live as long as the reader
    EntryReader(const encoding::Object& object, Place place, std::span<const std::string_view> members,
                std::vector<Finding>& errors);

    // Null or nothing where there is none, it is None, or another kind of value is an error.

    [[nodiscard]] const encoding::Value* find(std::string_view key) const;
    const std::string* string(std::string_view key, const std::string& what = "a string");
    std::optional<bool> boolean(std::string_view key);
    /// \param into  as it was when there is none
    void number(std::string_view key, std::size_t least, std::size_t most, std::size_t& into);
    void seconds(std::string_view key, std::chrono::milliseconds& into);

    /// "irc[0]" + text.
    void add_error(const std::string& text) { errors_.push_back({place_.where, place_.name + text}); }
    /// "irc[0].port " + text.
    void wrong(std::string_view key, const std::string& text) {
        add_error("." + std::string{key} + " " + text);
    }
    /// "irc[0].port is 0: must be " + what.
    void must_be(std::string_view key, const encoding::Value& value, const std::string& what);

  private:
    const encoding::Object& object_;
    Place place_;
    std::vector<Finding>& errors_;
};

}  // namespace fedmsg
