#pragma once
/// \file
/// What the load generators of all buses share: numbered messages, a window that keeps them from piling up,
/// the check that each arrived in order at each subscriber, and the report. What a bus adds is its `Client`:
///
///     Client(const bench::Settings&, bench::Receipts&)   connects; each body that arrives goes to
///     Receipts::take void send(std::string_view body)
///
/// One program sends and receives, so that both ends read the same clock and the window needs no messages of
/// its own.
///
/// Without `rate`, the sender goes as fast as the window lets it. With `rate`, message i is due at start + i
/// / rate whatever became of those before it, and its latency counts from there: a bus that stalls cannot
/// hide it by holding up the sender.

#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

constexpr std::string_view topic = "org.fedoraproject.dev.bench.load";

/// Nothing here waits longer than this for a bus.
constexpr std::chrono::seconds patience{20};

inline std::int64_t now_on(clockid_t clock) {
    timespec t{};
    if (clock_gettime(clock, &t) != 0) throw std::runtime_error{"cannot read a clock: has the broker ended?"};
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}
inline std::int64_t now() { return now_on(CLOCK_MONOTONIC); }

/// The arguments of a program: NAME=VALUE each.
class Settings {
  public:
    Settings(int argc, char** argv) {
        for (const std::string_view word : std::vector<std::string_view>(argv + 1, argv + argc)) {
            const auto equals = word.find('=');
            if (equals == word.npos) throw std::runtime_error{std::string{word} + " is not NAME=VALUE"};
            values_[std::string{word.substr(0, equals)}] = word.substr(equals + 1);
        }
    }
    [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
    [[nodiscard]] const std::string& text(const std::string& name) const {
        const auto found = values_.find(name);
        if (found == values_.end()) throw std::runtime_error{name + "=VALUE is missing"};
        return found->second;
    }
    [[nodiscard]] std::uint64_t number(const std::string& name) const {
        std::uint64_t value = 0;
        const auto& digits = text(name);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size())
            throw std::runtime_error{name + '=' + digits + " is not a number"};
        return value;
    }
    [[nodiscard]] std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
        return has(name) ? number(name) : otherwise;
    }

  private:
    std::map<std::string, std::string> values_;
};

/// One line on stderr, and the end: receiver threads have nobody to throw to.
[[noreturn]] inline void fail(const std::string& why) {
    std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, why.c_str());
    std::_Exit(1);
}

/// main() of each program here.
template <class Body>
int run_main(int argc, char** argv, Body body) {
    try {
        body(Settings{argc, argv});
    } catch (const std::exception& e) {
        fail(e.what());
    }
    // Not exit(): threads may still be at work, and there is nothing left to save.
    std::fflush(stdout);
    std::_Exit(0);
}

/// How each body starts.
struct Stamp {
    std::uint64_t number;
    std::int64_t due;  ///< when it was to be sent, on CLOCK_MONOTONIC
};

/// The number of those that only find out whether every subscriber is connected.
constexpr std::uint64_t probe = UINT64_MAX;

/// What arrived. The messages are cut into chunks; the sender may be `window` chunks ahead of the slowest
/// subscriber.
class Receipts {
  public:
    Receipts(std::size_t subscribers, std::uint64_t chunk, bool keep_latencies)
        : subscribers_(subscribers), chunk_{chunk}, keep_latencies_{keep_latencies} {}

    /// For one subscriber always from the same thread.
    void take(std::size_t subscriber, const char* data, std::size_t size) {
        auto& s = subscribers_[subscriber];
        Stamp stamp{};
        if (size < sizeof stamp) fail("a message of " + std::to_string(size) + " bytes is not ours");
        std::memcpy(&stamp, data, sizeof stamp);
        if (stamp.number == probe) {
            if (!s.connected) ++connected_;
            s.connected = true;
            return;
        }
        if (stamp.number != s.next)
            fail("subscriber " + std::to_string(subscriber) + " got message " + std::to_string(stamp.number) +
                 " where " + std::to_string(s.next) + " was due: lost or out of order");
        ++s.next;
        if (keep_latencies_) s.latencies.push_back(now() - stamp.due);
        if (s.next % chunk_ == 0 && ++arrivals_[(s.next / chunk_ - 1) % window] == subscribers_.size()) {
            arrivals_[(s.next / chunk_ - 1) % window] = 0;
            credits_.release();
        }
    }

    [[nodiscard]] bool all_connected() const { return connected_ == subscribers_.size(); }
    [[nodiscard]] std::uint64_t chunk() const { return chunk_; }

    /// Waits until one more chunk may be sent.
    void acquire() {
        if (!credits_.try_acquire_for(patience))
            fail("stalled: messages did not arrive, or the bus stopped taking them");
    }
    /// Waits until everything that was sent has arrived everywhere; what was sent must be whole chunks.
    void drain() {
        for (int i = 0; i < window; ++i) acquire();
        credits_.release(window);
    }
    /// After drain(): of all subscribers, sorted, in nanoseconds.
    std::vector<std::int64_t> take_latencies() {
        std::vector<std::int64_t> all;
        for (auto& s : subscribers_) {
            all.insert(all.end(), s.latencies.begin(), s.latencies.end());
            s.latencies.clear();
        }
        std::ranges::sort(all);
        return all;
    }

  private:
    static constexpr int window = 8;
    struct Subscriber {
        std::uint64_t next = 0;
        bool connected = false;
        std::vector<std::int64_t> latencies{};
    };
    std::vector<Subscriber> subscribers_;
    std::uint64_t chunk_;
    bool keep_latencies_;
    std::atomic<std::size_t> connected_{0};
    std::array<std::atomic<std::size_t>, window> arrivals_{};
    std::counting_semaphore<> credits_{window};
};

template <class Client>
class Load {
  public:
    /// `size`, `count`, `subscribers`; `rate` (messages a second; else as fast as they go); `pid`: whose CPU
    /// to count; `chunk`: an eighth of what may be in flight, in messages
    explicit Load(const Settings& s)
        : body_(std::max<std::size_t>(s.number("size"), sizeof(Stamp)), 'x'),
          rate_{s.number("rate", 0)},
          chunk_{s.number("chunk", chunk(body_.size()))},
          count_{whole_chunks(s.number("count"), chunk_)},
          receipts_{s.number("subscribers"), chunk_, rate_ != 0},
          client_{s, receipts_} {
        const auto pid = s.number("pid", 0);
        if (pid != 0 && clock_getcpuclockid(static_cast<pid_t>(pid), &broker_) != 0)
            throw std::runtime_error{"there is no process " + std::to_string(pid)};
    }

    void run() {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (!receipts_.all_connected()) {
            if (std::chrono::steady_clock::now() > give_up) fail("not all subscribers got connected");
            send(probe, 0);
            usleep(2000);
        }
        // A tenth beforehand, uncounted: memory, buffers and branches get warm.
        send_all(whole_chunks(count_ / 10, receipts_.chunk()));
        receipts_.take_latencies();

        const auto start = now(), cpu_start = now_on(broker_);
        send_all(count_);
        const auto spent = now() - start, cpu = now_on(broker_) - cpu_start;
        std::printf(R"({"messages":%ju,"seconds":%.6f,"rate":%.1f,"cpu_us_per_message":%.4f)",
                    std::uintmax_t{count_}, static_cast<double>(spent) * 1e-9,
                    static_cast<double>(count_) / (static_cast<double>(spent) * 1e-9),
                    static_cast<double>(cpu) * 1e-3 / static_cast<double>(count_));
        if (const auto all = receipts_.take_latencies(); !all.empty())
            std::printf(R"(,"p50_us":%.1f,"p99_us":%.1f,"max_us":%.1f)", at(all, 50), at(all, 99),
                        at(all, 100));
        std::puts("}");
    }

  private:
    /// The window is 8 of them: up to 4 MB, which is far more than the sockets' buffers hold, and less than
    /// what any of the brokers drops.
    static std::uint64_t chunk(std::size_t size) {
        return std::clamp<std::uint64_t>((512 << 10) / size, 64, 512);
    }
    static std::uint64_t whole_chunks(std::uint64_t count, std::uint64_t size) {
        return (count / size + 1) * size;
    }
    static double at(const std::vector<std::int64_t>& sorted, std::size_t percent) {
        return static_cast<double>(sorted[(sorted.size() - 1) * percent / 100]) * 1e-3;
    }

    void send_all(std::uint64_t count) {
        const auto start = now();
        for (std::uint64_t i = 0; i < count; ++i) {
            // A paced sender is held up, too, when a bus cannot keep up at all; its messages stay due when
            // they were.
            if (next_ % receipts_.chunk() == 0) receipts_.acquire();
            std::int64_t due = 0;
            if (rate_ != 0) sleep_until(due = start + static_cast<std::int64_t>(i * 1'000'000'000 / rate_));
            send(next_++, due);
        }
        receipts_.drain();
    }
    void send(std::uint64_t number, std::int64_t due) {
        const Stamp stamp{number, due};
        std::memcpy(body_.data(), &stamp, sizeof stamp);
        client_.send(body_);
    }
    static void sleep_until(std::int64_t due) {
        const timespec t{due / 1'000'000'000, due % 1'000'000'000};
        if (due > now()) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr);
    }

    std::string body_;
    std::uint64_t rate_;
    std::uint64_t chunk_;
    std::uint64_t count_;
    std::uint64_t next_ = 0;
    clockid_t broker_ = CLOCK_PROCESS_CPUTIME_ID;
    Receipts receipts_;
    Client client_;
};

template <class Client>
int load_main(int argc, char** argv) {
    // Timers to the point, for this thread and those that it starts: the default lets each be 50 us late.
    prctl(PR_SET_TIMERSLACK, 1);
    return run_main(argc, argv, [](const Settings& s) {
        // Never destroyed: the client's threads are at work in it.
        (new Load<Client>{s})->run();
    });
}

}  // namespace bench
