#include "crypto/expiry.h"

#include "crypto/certificate_index.h"

#include <fmt/format.h>

#include <algorithm>

namespace fedmsg::crypto {
namespace {

using std::chrono::days;
using std::chrono::hours;

std::string_view noun(InUse::Kind kind) {
    switch (kind) {
        case InUse::Kind::certificate: return "certificate";
        case InUse::Kind::ca: return "CA certificate";
        case InUse::Kind::crl: return "CRL";
    }
    return "";
}

std::string_view remedy(InUse::Kind kind) {
    switch (kind) {
        case InUse::Kind::certificate:
            return "issue a new one with `fedmsg certs issue --force SERVICE.HOST`, and install it here";
        case InUse::Kind::ca:
            return "make a new authority with `fedmsg certs init-ca`, issue all certificates anew, and "
                   "install "
                   "its certificate on all hosts";
        case InUse::Kind::crl:
            return "make it anew with `fedmsg certs crl`, and copy it to all hosts, or nothing validates "
                   "there";
    }
    return "";
}

std::string counted(long count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

/// "5 days"; hours on the last day.
std::string shown(std::chrono::seconds span) {
    if (span >= days{1}) return counted(std::chrono::floor<days>(span).count(), "day");
    return counted(std::chrono::floor<hours>(span).count(), "hour");
}

}  // namespace

std::string_view to_string(InUse::Kind kind) {
    switch (kind) {
        case InUse::Kind::certificate: return "certificate";
        case InUse::Kind::ca: return "ca";
        case InUse::Kind::crl: return "crl";
    }
    return "";
}

Urgency urgency(const InUse& thing, std::chrono::sys_seconds now) {
    // Both ends belong to the period (RFC 5280, 4.1.2.5).
    if (now > thing.until) return Urgency::ended;
    const auto left = thing.until - now;
    if (left >= (thing.until - thing.from) / 3) return Urgency::none;
    if (left <= days{1}) return Urgency::day;
    if (left <= days{7}) return Urgency::week;
    if (left <= days{30}) return Urgency::month;
    return Urgency::none;
}

std::string describe(const InUse& thing, std::chrono::sys_seconds now) {
    const bool ended = now > thing.until;
    const auto span = shown(ended ? now - thing.until : thing.until - now);
    return fmt::format("the {} {} (of \"{}\") {} on {}, {}: {}", noun(thing.kind), thing.location, thing.name,
                       ended ? "has expired" : "expires", shown_time(thing.until),
                       ended ? span + " ago" : "in " + span, remedy(thing.kind));
}

std::optional<InUse> most_urgent(const std::vector<InUse>& things, std::chrono::sys_seconds now) {
    const InUse* first = nullptr;
    for (const auto& thing : things)
        if (urgency(thing, now) != Urgency::none && (!first || thing.until < first->until)) first = &thing;
    return first ? std::optional{*first} : std::nullopt;
}

std::vector<InUse> ExpiryWarnings::due(const std::vector<InUse>& things, std::chrono::sys_seconds now) {
    std::vector<InUse> result;
    std::map<Key, Urgency> told;
    for (const auto& thing : things) {
        Key key{thing.kind, thing.name, thing.location, thing.until};
        const auto before = told_.find(key);
        const auto last = before == told_.end() ? Urgency::none : before->second;
        const auto current = urgency(thing, now);
        if (current > last) result.push_back(thing);
        told.emplace(std::move(key), std::max(current, last));  // the clock may have been set back
    }
    told_ = std::move(told);  // what is no longer in use is forgotten
    return result;
}

}  // namespace fedmsg::crypto
