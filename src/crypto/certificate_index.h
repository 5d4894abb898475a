#pragma once
/// \file
/// What an authority has issued and revoked. The format is that of `openssl ca` and easy-rsa (index.txt), so
/// that an authority can be taken over from them, and given back.

#include "util/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto {

/// A line of the index.
struct IndexEntry {
    std::string serial;   ///< hexadecimal, upper case
    std::string subject;  ///< "/O=Example/CN=shell-app01.example.org"
    std::chrono::sys_seconds expires{};
    std::optional<std::chrono::sys_seconds> revoked{};
    std::string reason{};  ///< why it was revoked, where OpenSSL has said so

    /// The CN of the subject.
    [[nodiscard]] std::string name() const;
};

/// \returns the entries, or the line that is not one, and why: "line 3: the date …"
[[nodiscard]] Result<std::vector<IndexEntry>, std::string> parse_index(std::string_view text);

/// \param now  what has expired by then is marked so
[[nodiscard]] std::string write_index(const std::vector<IndexEntry>& entries, std::chrono::sys_seconds now);

/// "2028-02-25 12:00:00Z", as people read it.
[[nodiscard]] std::string shown_time(std::chrono::sys_seconds time);
/// "2028-02-25"
[[nodiscard]] std::string shown_date(std::chrono::sys_seconds time);

}  // namespace fedmsg::crypto
