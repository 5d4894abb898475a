#pragma once
/// \file
/// Where CA certificates and CRLs come from: `ca_cert_location`, `crl_location`.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fedmsg::crypto {

/// The clocks that trust depends on, so that tests can turn them.
struct Clocks {
    std::function<std::chrono::system_clock::time_point()> date = &std::chrono::system_clock::now;
    std::function<std::chrono::steady_clock::time_point()> timer = &std::chrono::steady_clock::now;
};

/// One location. Safe to use from several threads.
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
    /// What is there. A change is noticed within `poll_interval`. It waits for a network in one case: nothing
    /// is there yet, and the first download is under way (for 100 s at most: Download). So whoever calls it
    /// on an event loop calls it once before, at set-up.
    [[nodiscard]] virtual std::shared_ptr<const Content> content() = 0;
    /// A certificate did not verify, and an old content may be the reason: reads it again, at most once in
    /// `suspicion_interval`, so that a flood of bad certificates is no flood of readings. Never waits for a
    /// network: what is downloaded is in a later content().
    virtual void suspect() = 0;

    static constexpr std::chrono::milliseconds poll_interval{500};
    static constexpr std::chrono::seconds suspicion_interval{60};
    /// Bytes; a CRL with 100,000 entries has 4 MB. More is an error.
    static constexpr std::size_t largest = 64 * 1024 * 1024;
};

/// How an https:// location is downloaded.
struct Download {
    std::string cache{};                        ///< `*_cache`: the file that keeps it; empty: memory does
    std::chrono::milliseconds timeout{30'000};  ///< of each try
    int tries = 3;                              ///< where another one may help
    std::chrono::milliseconds pause{1000};      ///< before the second; three times that before the third
};

/// \param location  a path, or an https:// URL
/// \param expiry    after so long it is read or downloaded again even if it looks unchanged; 0: never
/// \throws UsageError  for a kind of location that this program cannot read
[[nodiscard]] std::unique_ptr<Source> open_source(const std::string& location, std::chrono::seconds expiry,
                                                  Clocks clocks = {}, Download download = {});

/// What will go wrong with the cache of an https:// location, as far as this user can tell beforehand.
/// \param key  the cache's: "crl_cache" \param cache  its value; empty: not set
[[nodiscard]] std::optional<std::string> cache_trouble(const std::string& location, const std::string& key,
                                                       const std::string& cache);

/// The whole file. An error names it, and says what can be done.
struct FileText {
    std::string text{}, error{};
};
[[nodiscard]] FileText read_text(const std::string& path);

}  // namespace fedmsg::crypto
