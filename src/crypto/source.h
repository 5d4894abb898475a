#pragma once
/// \file
/// Where CA certificates and CRLs come from: `ca_cert_location`, `crl_location`.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace fedmsg::crypto {

/// The clocks that trust depends on, so that tests can turn them.
struct Clocks {
    std::function<std::chrono::system_clock::time_point()> date = &std::chrono::system_clock::now;
    std::function<std::chrono::steady_clock::time_point()> timer = &std::chrono::steady_clock::now;
};

/// One location. Safe to use from several threads; never waits for a network.
class Source {
  public:
    struct Content {
        std::string text{};            ///< PEM
        std::string error{};           ///< why there is none; then `text` is empty
        std::uint64_t generation = 0;  ///< another one for every other content
    };

    virtual ~Source() = default;
    /// As the configuration has it: "/etc/pki/fedmsg/ca.crt".
    [[nodiscard]] virtual const std::string& location() const = 0;
    /// What is there. A change is noticed within `poll_interval`.
    [[nodiscard]] virtual std::shared_ptr<const Content> content() = 0;
    /// A certificate did not verify, and an old content may be the reason: reads it again, at most once in
    /// `suspicion_interval`, so that a flood of bad certificates is no flood of readings.
    virtual void suspect() = 0;

    static constexpr std::chrono::milliseconds poll_interval{500};
    static constexpr std::chrono::seconds suspicion_interval{60};
    /// Bytes; a CRL with 100,000 entries has 4 MB. More is an error.
    static constexpr std::size_t largest = 64 * 1024 * 1024;
};

/// \param location  a path, or an https:// URL
/// \param reread    after so long it is read again even if it looks unchanged; 0: never
/// \throws UsageError  for a kind of location that this program cannot read
[[nodiscard]] std::unique_ptr<Source> open_source(const std::string& location, std::chrono::seconds reread,
                                                  Clocks clocks = {});

/// The whole file. An error names it, and says what can be done.
struct FileText {
    std::string text{}, error{};
};
[[nodiscard]] FileText read_text(const std::string& path);

}  // namespace fedmsg::crypto
