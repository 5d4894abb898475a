#pragma once
/// \file
/// Several messages told as one: "hreindl and volter commented on sqlite". Source: spec "Processors", on
/// conglomerators; fedmsg 1.1.7, `fedmsg.meta.base.BaseConglomerator`.

#include "meta/rules.h"

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::meta {

/// Each processor's conglomerators, in the order of their names, take the first message that they can handle
/// and every later one that matches it; two or more become one entry, where the first of them stood. What is
/// left over becomes an entry of its own.
///
/// An entry has `subtitle subjective link icon secondary_icon start_time end_time timestamp` (their mean)
/// `human_time usernames packages topics categories`, and `msg_ids` with what is said about each message.
/// \param messages  JSON objects with a topic; others are passed over
/// \param subject   whom `subjective` speaks to; empty: nobody
/// Takes time with the square of what is similar: a second for some thousand messages.
[[nodiscard]] std::vector<encoding::Object> conglomerate(Rules& rules,
                                                         const std::vector<std::string>& messages,
                                                         std::string_view subject);

}  // namespace fedmsg::meta
