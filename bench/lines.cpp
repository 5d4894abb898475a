// A program that gets messages on its standard input, a line each: a consumer of the hub, or what stands
// behind fedmsg tail in a pipe. It checks that none is missing (numbered.h), and counts them.
//
//     bench-lines marks=N,N… tell=FILE [late=1]
//
// late: the messages say in `sent_ns` when they were sent; told is how late the latest was, in nanoseconds.
#include "numbered.h"

namespace {

std::int64_t sent(std::string_view line) {
    constexpr std::string_view name = R"("sent_ns":)";
    const auto at = line.find(name);
    if (at == line.npos) bench::fail("it does not say when it was sent: " + std::string{line});
    return std::stoll(std::string{line.substr(at + name.size(), 20)});
}

void run(const bench::Settings& s) {
    bench::Reader reader{s.text("marks"), s.text("tell")};
    const bool late = s.has("late");
    std::int64_t most = 0;
    std::vector<char> bytes(64 * 1024);
    std::string cut;  // the beginning of a line whose end has not come yet
    for (;;) {
        const auto size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (size <= 0) return;
        std::string_view rest{bytes.data(), static_cast<std::size_t>(size)};
        for (std::size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
            auto line = rest.substr(0, end);
            if (!cut.empty()) line = cut.append(line);
            if (late) reader.note(std::to_string(most = std::max(most, bench::now() - sent(line))));
            reader.take(line);
            cut.clear();
            rest.remove_prefix(end + 1);
        }
        cut.append(rest);
    }
}

}  // namespace

int main(int argc, char** argv) { return bench::run_main(argc, argv, run); }
