#pragma once
/// \file
/// One processor of messages: a Lua script that knows one service.
/// Source: spec "Processors are Lua 5.4 scripts".

#include "encoding/document.h"
#include "message/regex.h"
#include "meta/field.h"
#include "meta/host.h"
#include "meta/sandbox.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::meta {

/// The text of a script. \param wrong  why there is none: it cannot be read, or has more than 1 MiB
[[nodiscard]] std::optional<std::string> read_script(const std::string& file, std::string& wrong);

/// Not for several threads.
class Processor {
  public:
    /// Nothing is read before it is asked for. \param name  the file's, without `.lua`: "git", "ci.pipeline"
    Processor(std::string name, std::string file, const Host& host, const Budget& budget);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& file() const { return file_; }

    /// Reads and runs the script, unless that was done. \return what is wrong with it: "git.lua:3: …"
    std::optional<std::string> load();
    /// Whether topics like this are its own: the prefix, its name, and then an end or a dot. Loads.
    /// \param site_prefix  `topic_prefix_re`, for scripts without a prefix of their own
    [[nodiscard]] bool handles(std::string_view topic, const std::string& site_prefix);

    /// Names in the script's table that mean nothing, for `fedmsg meta --check`.
    [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

    /// What the script says, in the shape of the field, or null where it says so; nothing where it says
    /// nothing, or failed, or was stopped: then it is counted and logged. \param subject  whom `subjective`
    /// is for; empty: nobody
    [[nodiscard]] std::optional<encoding::Value> value(Field field, encoding::Node envelope,
                                                       std::string_view subject = {});

    /// What a script has to say about several messages; see meta/conglomerate.h.
    [[nodiscard]] std::size_t conglomerators();
    [[nodiscard]] bool can_handle(std::size_t conglomerator, encoding::Node envelope);
    [[nodiscard]] bool matches(std::size_t conglomerator, encoding::Node a, encoding::Node b);
    /// An object with whatever the script gives; null where it failed. \param template_entry  the entry as
    /// it is without the script, which it may change
    [[nodiscard]] encoding::Value merge(std::size_t conglomerator,
                                        const std::vector<encoding::Node>& envelopes,
                                        const encoding::Value& template_entry, std::string_view subject);

    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    [[nodiscard]] std::uint64_t stops() const { return stops_; }
    /// The last of them: "subtitle: git.lua:12: {msg.commit} is not there".
    [[nodiscard]] const std::string& last_failure() const { return last_failure_; }

  private:
    struct Call;
    std::optional<std::string> run_script();
    void take_table(lua_State* state);
    void take_member(lua_State* state, const std::string& key);
    void take_conglomerators(lua_State* state);
    /// Runs `call` in the sandbox. \return false when it failed, which has been counted
    bool run(Call& call, std::string_view what);
    /// What a part of a conglomerator answers. \param part  its place in a conglomerator
    bool holds(std::size_t conglomerator, std::size_t part, std::initializer_list<encoding::Node> envelopes);

    std::string name_, file_;
    const Host& host_;
    Budget budget_;
    std::unique_ptr<Sandbox> sandbox_;
    bool loaded_ = false;
    std::optional<std::string> wrong_;
    std::string icon_, prefix_;  // empty: the script has none
    std::optional<message::Regex> topics_;
    std::array<int, fields> functions_{};  // references of Lua's registry; 0: none
    std::vector<std::array<int, 3>> conglomerators_;
    std::vector<std::string> unknown_;
    std::uint64_t failures_ = 0, stops_ = 0;
    std::string last_failure_;
};

}  // namespace fedmsg::meta
