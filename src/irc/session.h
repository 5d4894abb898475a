#pragma once
/// \file
/// A client of an IRC network: lines in, lines out. It has no socket, and is told the time.
/// Standards: RFC 2812; RFC 2811, channel modes; modern.ircdocs.horse for RPL_ISUPPORT and SASL (IRCv3
/// "capability negotiation", "sasl" 3.1 and 3.2; RFC 4616 for PLAIN).

#include "irc/line.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::irc {

enum class Sasl : std::uint8_t { none, plain, external };

struct SessionSettings {
    struct Channel {
        std::string name;  ///< with the `#`
        std::string key{};
    };
    std::string network;  ///< for the log
    std::string nickname;
    std::string password{};  ///< of the server (PASS); empty: none
    Sasl sasl = Sasl::none;
    std::string sasl_user{}, sasl_password{};
    std::string nickserv{};  ///< password for NickServ; empty: none
    std::vector<Channel> channels;
    /// Silence after which the connection counts as lost; half of it, and the server is asked. Also how long
    /// the server may take to welcome us.
    std::chrono::milliseconds timeout{120'000};
    /// From a kick, or from a join that was refused, to the next attempt.
    std::chrono::milliseconds rejoin{60'000};
};

/// One connection, from its first line. What the server says goes to the log where an operator should know.
class Session {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// To be sent, without CR LF.
    using Lines = std::vector<std::string>;

    /// Between two attempts to get our nickname back.
    static constexpr std::chrono::seconds regain_interval{60};
    /// Nicknames that are tried: NICK, NICK_, NICK__, …
    static constexpr int most_nicknames = 6;

    explicit Session(SessionSettings settings)
        : settings_{std::move(settings)}, channels_(settings_.channels.size()) {}

    /// The connection is there.
    [[nodiscard]] Lines begin(Time now);
    /// \param line  as received, without CR LF; any bytes
    [[nodiscard]] Lines on_line(std::string_view line, Time now);
    /// due() has come.
    [[nodiscard]] Lines on_time(Time now);
    [[nodiscard]] Time due() const;
    /// The last line of a connection.
    [[nodiscard]] static std::string quit() { return make_line("QUIT", {}, "fedmsg stops"); }

    /// What an operator should know, when this connection is of no more use: it is to be closed.
    [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
    [[nodiscard]] bool welcome() const { return welcome_; }
    [[nodiscard]] const std::string& nickname() const { return nickname_; }

    // Channels are numbered as in SessionSettings::channels.

    [[nodiscard]] bool is_in(std::size_t channel) const { return channels_[channel].joined; }
    [[nodiscard]] std::size_t joined_channels() const;
    /// Not where mode +c forbids colours.
    [[nodiscard]] bool takes_colours(std::size_t channel) const { return !channels_[channel].no_colours; }
    /// The line that says `text` there. \param command  PRIVMSG or NOTICE
    [[nodiscard]] std::string say(std::size_t channel, std::string_view command, std::string_view text) const;
    /// Lines that the server did not pass on.
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

  private:
    struct Channel {
        bool joined = false, no_colours = false;
        Time join_at = Time::max();  // when it is to be joined, where it is not
        std::string refusal{};       // the last numeric, so that the log tells each once
    };
    enum class CaseMapping : std::uint8_t { ascii, rfc1459, strict_rfc1459 };

    void on_capability(const Line& line, Lines& out);
    void on_authenticate(const Line& line, Lines& out);
    void on_welcome(const Line& line);
    void on_ready(Time now, Lines& out);
    void on_support(const Line& line);
    void limit_nickname(std::string_view most);
    void on_nickname_refused(const Line& line, Lines& out);
    void on_nickname(const Line& line, Time now, Lines& out);
    void identify(Lines& out) const;
    void on_join(const Line& line, Lines& out);
    void on_leave(std::string_view channel, Time now, std::string_view how, Lines& out);
    void on_join_refused(const Line& line, Time now);
    void on_numeric(const Line& line, Time now, Lines& out);
    void set_modes(std::string_view channel, std::string_view modes);
    void join_due(Time now, Lines& out);
    void ask_next_modes(Lines& out);
    void fail(std::string text);

    [[nodiscard]] bool same(std::string_view a, std::string_view b) const;
    [[nodiscard]] bool is_me(std::string_view nick) const { return same(nick, nickname_); }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view channel) const;

    SessionSettings settings_;
    std::vector<Channel> channels_;
    std::string nickname_, wanted_;
    int nicknames_tried_ = 0;
    std::size_t longest_nickname_ = 0;  // 0: not known
    bool welcome_ = false, ready_ = false, authenticated_ = false;
    bool asked_alive_ = false;
    std::string capabilities_;
    std::string complaint_;   // the last refusal before the welcome
    std::size_t prefix_ = 0;  // bytes of ours, 0: not known
    CaseMapping case_mapping_ = CaseMapping::rfc1459;
    std::string channel_types_ = "#&+!";
    std::deque<std::size_t> modes_to_ask_;
    std::optional<std::size_t> asking_modes_;  // one at a time: the answers set the pace
    std::uint64_t refused_ = 0;
    Time begun_{}, heard_{}, regain_at_ = Time::max();
    std::optional<std::string> failure_;
};

}  // namespace fedmsg::irc
