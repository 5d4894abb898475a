// What a server may send to a session, and what a message may have in it. The input is lines; each is heard,
// and each is said.
#include "irc/line.h"
#include "irc/session.h"
#include "util/log.h"
#include "util/utf8.h"

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace fedmsg::irc;

/// One line that fits, and nothing that ends it.
void check(std::string_view line, std::size_t most) {
    if (line.size() > most || !fedmsg::is_utf8(line)) std::abort();
    if (line.find_first_of(std::string_view{"\r\n\0", 3}) != line.npos) std::abort();
}

SessionSettings settings() {
    return {.network = "irc.test",
            .nickname = "bot",
            .sasl = Sasl::plain,
            .sasl_user = "user",
            .sasl_password = "secret",
            .nickserv = "secret",
            .channels = {{"#one"}, {"#two", "key"}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    fedmsg::log::set_level(fedmsg::log::Level::off);
    constexpr std::size_t longest = longest_line - 2;
    auto with_sasl = settings(), without = settings();
    without.sasl = Sasl::none;
    Session sessions[]{Session{with_sasl}, Session{without}};
    Session::Time now{std::chrono::hours{1}};
    for (auto& session : sessions)
        for (const auto& line : session.begin(now)) check(line, longest);
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    // A line of text and its end, as long as there is any.
    while (!rest.empty()) {
        const auto text = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), text.size() + 1));
        now += std::chrono::seconds{1};
        for (auto& session : sessions) {
            for (const auto& line : session.on_line(text, now)) check(line, longest);
            for (const auto& line : session.on_time(now)) check(line, longest);
            if (session.due() <= now && !session.failure() && session.welcome()) std::abort();
            const auto said = session.say(0, "NOTICE", rest);
            check(said, longest);
            if (!said.empty() && !said.starts_with("NOTICE #one :")) std::abort();
        }
        check(make_line("JOIN", {text, rest}), longest);
        check(without_formatting(one_line(text)), text.size() * 3);
        check(printable(text), 200);
    }
    return 0;
}
