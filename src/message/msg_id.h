#pragma once
/// \file
/// Message identifiers: the local year and a random UUID, `2026-667d3eb2-0657-4770-9649-6a209417f2c6`.
/// Source: spec "Envelope". Standard: RFC 4122, 4.4 (version 4).

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

namespace fedmsg::message {

/// Random bytes are taken from the kernel, a page at a time. A forked child never repeats its parent's
/// identifiers: the page reads as empty there (MADV_WIPEONFORK; a kernel without it is asked for each
/// identifier). One thread at a time.
class MsgIdSource {
  public:
    /// \throws SetupError  when the system gives no memory
    MsgIdSource();

    /// Appends an identifier. About 70 ns, 50 of them the kernel's for the random bytes.
    /// \throws SetupError  when the kernel gives no random bytes
    void append(int year, std::string& out);
    [[nodiscard]] std::string next(int year);

  private:
    struct Page;
    struct Unmap {
        void operator()(Page*) const;
    };
    std::unique_ptr<Page, Unmap> page_;
    std::uint32_t block_;  // identifiers for which one call asks the kernel
};

/// The year on the local calendar. Calculated once a year, not once a message; a change of TZ in between is
/// not seen.
class LocalYear {
  public:
    [[nodiscard]] int of(std::time_t when);

  private:
    std::time_t begin_ = 0, end_ = 0;  // of year_
    int year_ = 0;
};

}  // namespace fedmsg::message
