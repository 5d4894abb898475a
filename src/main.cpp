/// The executable: argv[0] or argv[1] picks the subcommand; exceptions become one line on stderr and an exit
/// status.
#include "cli/call.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>

namespace {

using namespace fedmsg;

const cli::Subcommand* find(std::string_view name) {
    for (const auto* subcommand : subcommands::all())
        if (subcommand->name == name) return subcommand;
    return nullptr;
}

std::string help() {
    struct Heading {
        cli::Group group;
        std::string_view text;
    };
    static constexpr std::array headings{
        Heading{cli::Group::publish, "Publish"}, Heading{cli::Group::subscribe, "Subscribe"},
        Heading{cli::Group::serve, "Serve"}, Heading{cli::Group::inspect, "Look after"}};
    std::string text =
        "usage: fedmsg COMMAND [OPTION]...\n"
        "The federated message bus. `fedmsg COMMAND --help` tells more; so do fedmsg(1) and "
        "fedmsg-COMMAND(1).\n";
    for (const auto& heading : headings) {
        std::string lines;
        for (const auto* subcommand : subcommands::all())
            if (subcommand->group == heading.group)
                lines += fmt::format("  {:<15}{}\n", subcommand->name, subcommand->summary);
        if (!lines.empty()) text += fmt::format("\n{}:\n{}", heading.text, lines);
    }
    return text;
}

/// A site adds a command by putting `fedmsg-COMMAND` somewhere in PATH. Returns only when there is none.
void run_from_path(const std::string& name, const std::vector<std::string>& words) {
    const auto program = "fedmsg-" + name;
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(program.c_str(), arguments.data());
}

[[noreturn]] void unknown(const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto* subcommand : subcommands::all()) names.push_back(subcommand->name);
    const auto best = nearest(name, names);
    throw UsageError("there is no command `" + name + "`, and no `fedmsg-" + name + "` in PATH: " +
                     (best ? "did you mean `" + std::string{*best} + "`?" : "see fedmsg --help"));
}

int run(std::vector<std::string> words, std::string& speaker) {
    // `fedmsg-tail --pretty` (a link) and `fedmsg tail --pretty` are the same call.
    const auto program = std::filesystem::path(words.at(0)).filename().string();
    constexpr std::string_view prefix = "fedmsg-";
    if (program.starts_with(prefix) && find(program.substr(prefix.size())))
        words[0] = program.substr(prefix.size());
    else
        words.erase(words.begin());
    if (!words.empty() && words[0] == "help") {
        words.erase(words.begin());
        words.push_back("--help");
    }
    if (words.empty()) throw UsageError("name a command\n" + help());
    if (words[0] == "--help" || words[0] == "-h") {
        output().write(help());
        output().flush();
        return 0;
    }
    if (words[0] == "--version") {
        output().write(cli::version_text());
        output().flush();
        return 0;
    }
    const auto name = words[0];
    words.erase(words.begin());
    const auto* subcommand = find(name);
    if (!subcommand) {
        if (!name.starts_with('-') && name.find('/') == name.npos) run_from_path(name, words);
        unknown(name);
    }
    speaker = "fedmsg " + name;
    cli::Call call{*subcommand, std::move(words)};
    subcommand->run(call);
    output().flush();
    return 0;
}

void complain(const std::string& speaker, std::string_view text) {
    const auto line = speaker + ": " + std::string{text} + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
}

/// A stream that is closed would lend its number to the next file or socket, which would then be read or
/// written.
void open_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);  // takes the lowest free number
}

}  // namespace

int main(int argc, char** argv) {
    open_closed_streams();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is told by write(2)
    std::string speaker = "fedmsg";
    try {
        if (argc < 1) throw UsageError("called without a name");
        return run(std::vector<std::string>(argv, argv + argc), speaker);
    } catch (const cli::Done&) {
        return 0;
    } catch (const cli::Exit& exit) {
        return exit.status;
    } catch (const ReaderGone&) {
        return 0;
    } catch (const UsageError& e) {
        complain(speaker, e.what());
        return 2;
    } catch (const std::exception& e) {
        complain(speaker, e.what());
        return 1;
    }
}
