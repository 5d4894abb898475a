#pragma once
/// \file
/// Sentences about messages, for other programs: what the manual documents as `fedmsg.meta`, under the same
/// names. Safe from several threads; each has scripts of its own. What a rule cannot say is empty, and never
/// an error.
///
///     std::cout << fedmsg::msg2title(message) << ": " << fedmsg::msg2subtitle(message) << '\n';
///
/// Source: spec "Functions"; manual, "fedmsg.meta".

#include "config/config.h"
#include "encoding/value.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

/// Whose rules are used from now on: those that are shipped, and `folders`, whose scripts replace them.
/// Without a call the first question loads the configuration, as publish() does. \throws UsageError  for a
/// `fas` that does not do
void make_processors(const Config& config, const std::vector<std::string>& folders = {});

// \param message  an envelope: an object with a `topic`, as tail_messages() gives it
[[nodiscard]] std::string msg2title(const encoding::Value& message);
[[nodiscard]] std::string msg2subtitle(const encoding::Value& message);
[[nodiscard]] std::string msg2long_form(const encoding::Value& message);
[[nodiscard]] std::string msg2link(const encoding::Value& message);  ///< empty where there is none
[[nodiscard]] std::optional<std::string> msg2icon(const encoding::Value& message);
[[nodiscard]] std::optional<std::string> msg2secondary_icon(const encoding::Value& message);
[[nodiscard]] std::set<std::string> msg2usernames(const encoding::Value& message);
[[nodiscard]] std::optional<std::string> msg2agent(const encoding::Value& message);
[[nodiscard]] std::set<std::string> msg2packages(const encoding::Value& message);
[[nodiscard]] std::set<std::string> msg2objects(const encoding::Value& message);
[[nodiscard]] std::map<std::string, std::string> msg2emails(const encoding::Value& message);
[[nodiscard]] std::map<std::string, std::string> msg2avatars(const encoding::Value& message);
/// \param subject  the user it is told to
[[nodiscard]] std::string msg2subjective(const encoding::Value& message, std::string_view subject);
[[nodiscard]] std::optional<std::string> msg2lexer(const encoding::Value& message);
/// "title -- subtitle link"; empty where one of them cannot be said.
[[nodiscard]] std::string msg2repr(const encoding::Value& message);
/// The name of the processor; `unhandled`: only a title is known.
[[nodiscard]] std::string msg2processor(const encoding::Value& message);
/// Groups of what belongs together: see fedmsg-meta(1).
[[nodiscard]] std::vector<encoding::Object> conglomerate(const std::vector<encoding::Value>& messages,
                                                         std::string_view subject = {});

}  // namespace fedmsg
