/// fedmsg completion: print the completion script of a shell. Manual: man/fedmsg-completion.1
///
/// The scripts are written from the tables of options that the commands themselves use.
#include "cli/call.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/output.h"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace fedmsg::subcommands {
namespace {

using cli::Completes;
using cli::Option;

std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : std::string{separator}) + word;
    return text;
}

bool takes_value(const Option& option) { return option.kind == Option::Kind::value; }

/// Within single quotes of a POSIX shell or zsh.
std::string shell_quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return result + "'";
}

std::string command_names(std::string_view separator = " ") {
    std::vector<std::string> names;
    for (const auto* subcommand : all()) names.emplace_back(subcommand->name);
    return joined(names, separator);
}

/// "fedmsg fedmsg-logger …": whatever the command is called by.
std::string program_names() {
    std::string names = "fedmsg";
    for (const auto* subcommand : all()) names += " fedmsg-" + std::string{subcommand->name};
    return names;
}

std::string bash() {
    std::string text =
        "# bash completion for fedmsg; written by `fedmsg completion bash`\n"
        "_fedmsg() {\n"
        "    local command=${COMP_WORDS[0]##*/} word=${COMP_WORDS[COMP_CWORD]} "
        "before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    COMPREPLY=()\n"
        "    command=${command#fedmsg-}\n"
        "    if [[ $command == fedmsg ]]; then\n"
        "        if ((COMP_CWORD == 1)); then\n"
        "            COMPREPLY=($(compgen -W '" +
        command_names() +
        " help --help --version' -- \"$word\"))\n"
        "            return\n"
        "        fi\n"
        "        command=${COMP_WORDS[1]}\n"
        "    fi\n"
        "    case $command in\n";
    for (const auto* subcommand : all()) {
        const auto options = cli::Call::describe(*subcommand);
        std::vector<std::string> names;
        std::string values;
        for (const auto& option : options.table()) {
            names.push_back("--" + option.name);
            if (!takes_value(option)) continue;
            const auto pattern =
                "--" + option.name + (option.letter ? std::string{"|-"} + option.letter : "");
            if (option.completes == Completes::file)
                values += fmt::format(
                    "                {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", pattern);
            else if (option.completes == Completes::words)
                values += fmt::format(
                    "                {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", pattern,
                    joined(option.words));
            else
                values += fmt::format("                {}) return ;;\n", pattern);
        }
        text += fmt::format("        {})\n            case $before in\n{}            esac\n",
                            subcommand->name, values);
        if (!options.operand_words().empty())
            names.insert(names.end(), options.operand_words().begin(), options.operand_words().end());
        text += fmt::format("            COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n            ;;\n",
                            joined(names));
    }
    return text + "    esac\n}\ncomplete -F _fedmsg " + program_names() + "\n";
}

std::string zsh_spec(const Option& option) {
    std::string meaning;
    for (const char c : option.meaning) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') meaning += '\\';
        meaning += c;
    }
    std::string spec = (option.repeatable ? "*" : "") + ("--" + option.name);
    if (option.kind == Option::Kind::optional_value) spec += "=-";
    spec += "[" + meaning + "]";
    if (option.kind == Option::Kind::flag) return shell_quoted(spec);
    std::string action;
    if (option.completes == Completes::file) action = "_files";
    if (option.completes == Completes::words) action = "(" + joined(option.words) + ")";
    const auto optional = option.kind == Option::Kind::optional_value ? "::" : ":";
    return shell_quoted(spec + optional + option.placeholder + ":" + action);
}

std::string zsh() {
    std::string text = "#compdef " + program_names() +
                       "\n# zsh completion for fedmsg; written by `fedmsg completion zsh`\n"
                       "_fedmsg() {\n"
                       "    local command=${service#fedmsg-}\n"
                       "    if [[ $command == fedmsg ]]; then\n"
                       "        if ((CURRENT == 2)); then\n"
                       "            local -a commands=(\n";
    for (const auto* subcommand : all())
        text += "                " +
                shell_quoted(fmt::format("{}:{}", subcommand->name, subcommand->summary)) + "\n";
    text +=
        "            )\n"
        "            _describe command commands\n"
        "            return\n"
        "        fi\n"
        "        command=$words[2]\n"
        "        shift words\n"
        "        ((CURRENT--))\n"
        "    fi\n"
        "    case $command in\n";
    for (const auto* subcommand : all()) {
        const auto options = cli::Call::describe(*subcommand);
        text += fmt::format("        {})\n            _arguments", subcommand->name);
        for (const auto& option : options.table()) text += " \\\n                " + zsh_spec(option);
        if (!options.operand_words().empty())
            text += " \\\n                " + shell_quoted("*:" + options.operand_placeholder() + ":(" +
                                                           joined(options.operand_words()) + ")");
        text += "\n            ;;\n";
    }
    return text + "    esac\n}\n_fedmsg \"$@\"\n";
}

/// Within single quotes of fish.
std::string fish_quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') result += '\\';
        result += c;
    }
    return result + "'";
}

std::string fish_line(const Option& option) {
    std::string line = " -l " + option.name;
    if (option.letter) line += std::string{" -s "} + option.letter;
    if (takes_value(option)) line += option.completes == Completes::file ? " -r -F" : " -x";
    if (option.completes == Completes::words) line += " -a " + fish_quoted(joined(option.words));
    return line + " -d " + fish_quoted(option.meaning) + "\n";
}

std::string fish() {
    std::string text =
        "# fish completion for fedmsg; written by `fedmsg completion fish`\ncomplete -c fedmsg -f\n";
    for (const auto* subcommand : all()) {
        const auto name = std::string{subcommand->name};
        const auto options = cli::Call::describe(*subcommand);
        text += "complete -c fedmsg -n __fish_use_subcommand -a " + name + " -d " +
                fish_quoted(subcommand->summary) + "\n";
        text += "complete -c fedmsg-" + name + " -f\n";
        const auto within = "complete -c fedmsg -n '__fish_seen_subcommand_from " + name + "'";
        for (const auto& option : options.table()) {
            text += within + fish_line(option);
            text += "complete -c fedmsg-" + name + fish_line(option);
        }
        if (options.operand_words().empty()) continue;
        const auto words = " -a " + fish_quoted(joined(options.operand_words())) + "\n";
        text += within + words + "complete -c fedmsg-" + name + words;
    }
    return text;
}

void run(cli::Call& call) {
    std::vector<std::string> shell;
    cli::Options options;
    options.operand("bash|zsh|fish", shell, 1, {"bash", "zsh", "fish"});
    call.parse_without_config(std::move(options));
    if (shell.empty()) throw UsageError("name a shell: bash, zsh or fish");
    if (shell[0] == "bash")
        output().write(bash());
    else if (shell[0] == "zsh")
        output().write(zsh());
    else if (shell[0] == "fish")
        output().write(fish());
    else
        throw UsageError("there is no completion for `" + shell[0] + "`: name bash, zsh or fish");
}

}  // namespace

const cli::Subcommand completion{.name = "completion",
                                 .summary = "print the completion script of a shell",
                                 .group = cli::Group::inspect,
                                 .run = run};

}  // namespace fedmsg::subcommands
