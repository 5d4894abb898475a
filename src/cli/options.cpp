#include "cli/options.h"

#include "util/error.h"
#include "util/nearest.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fedmsg::cli {
namespace {

namespace po = boost::program_options;

std::string dashed(const Option& option) { return "--" + option.name; }

std::string suggestion(const std::vector<Option>& table, std::string_view word) {
    std::vector<std::string_view> names;
    for (const auto& option : table) names.emplace_back(option.name);
    const auto best = nearest(word, names);
    return best ? ": did you mean --" + std::string{*best} + "?" : "";
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_seconds(const std::string& text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double longest = 1e9;  // thirty years: room for everybody, and no overflow
    if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 0) || seconds > longest)
        return std::nullopt;
    return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

Option& Options::add(Option option) { return table_.emplace_back(std::move(option)); }

Option& Options::flag(std::string name, bool& into, std::string meaning) {
    return add({.name = std::move(name),
                .placeholder = "",
                .meaning = std::move(meaning),
                .kind = Option::Kind::flag,
                .words = {},
                .store = [&into](auto) { into = true; }});
}

Option& Options::value(std::string name, std::string& into, std::string placeholder, std::string meaning) {
    return add({.name = std::move(name),
                .placeholder = std::move(placeholder),
                .meaning = std::move(meaning),
                .words = {},
                .store = [&into](const std::string* text) { into = *text; }});
}

Option& Options::value(std::string name, std::optional<std::string>& into, std::string placeholder,
                       std::string meaning) {
    return add({.name = std::move(name),
                .placeholder = std::move(placeholder),
                .meaning = std::move(meaning),
                .words = {},
                .store = [&into](const std::string* text) { into = *text; }});
}

Option& Options::values(std::string name, std::vector<std::string>& into, std::string placeholder,
                        std::string meaning) {
    return add({.name = std::move(name),
                .placeholder = std::move(placeholder),
                .meaning = std::move(meaning),
                .repeatable = true,
                .words = {},
                .store = [&into](const std::string* text) { into.push_back(*text); }});
}

Option& Options::number(std::string name, std::optional<std::int64_t>& into, std::int64_t least,
                        std::string placeholder, std::string meaning) {
    auto store = [&into, least, name](const std::string* text) {
        std::int64_t number = 0;
        const char* end = text->data() + text->size();
        const auto [stop, error] = std::from_chars(text->data(), end, number);
        if (error != std::errc{} || stop != end || number < least)
            throw UsageError("--" + name + " is " + *text + ": must be an integer, " + std::to_string(least) +
                             " or more");
        into = number;
    };
    return add({.name = std::move(name),
                .placeholder = std::move(placeholder),
                .meaning = std::move(meaning),
                .words = {},
                .store = std::move(store)});
}

Option& Options::seconds(std::string name, std::optional<std::chrono::milliseconds>& into,
                         std::string meaning) {
    auto store = [&into, name](const std::string* text) {
        into = parse_seconds(*text);
        if (!into)
            throw UsageError("--" + name + " is " + *text + ": must be a number of seconds, 0 or more");
    };
    return add({.name = std::move(name),
                .placeholder = "SECONDS",
                .meaning = std::move(meaning),
                .words = {},
                .store = std::move(store)});
}

Option& Options::choice(std::string name, std::string& into, std::initializer_list<std::string_view> words,
                        std::string meaning) {
    std::vector<std::string> allowed(words.begin(), words.end());
    auto store = [&into, name, allowed](const std::string* text) {
        if (std::find(allowed.begin(), allowed.end(), *text) == allowed.end()) {
            std::string list;
            for (const auto& word : allowed) list += (list.empty() ? "" : ", ") + word;
            throw UsageError("--" + name + " is " + *text + ": must be one of " + list);
        }
        into = *text;
    };
    std::string placeholder;
    for (const auto& word : allowed) placeholder += (placeholder.empty() ? "" : "|") + word;
    return add({.name = std::move(name),
                .placeholder = std::move(placeholder),
                .meaning = std::move(meaning),
                .completes = Completes::words,
                .words = std::move(allowed),
                .store = std::move(store)});
}

void Options::operand(std::string placeholder, std::vector<std::string>& into, std::size_t most,
                      std::vector<std::string> words) {
    operand_placeholder_ = std::move(placeholder);
    operand_words_ = std::move(words);
    operands_into_ = &into;
    most_operands_ = most;
}

void Options::parse(const std::vector<std::string>& given_words) const {
    // Two forms that program_options does not take: `--name=`, an empty value, is made two words; `--wait`
    // alone, where a value is optional, gets a mark that nobody can type.
    const std::string none{'\1'};
    std::vector<std::string> words;
    for (const auto& word : given_words) {
        const auto is = [&](Option::Kind kind, const char* end) {
            return std::any_of(table_.begin(), table_.end(), [&](auto& option) {
                return option.kind == kind && word == dashed(option) + end;
            });
        };
        if (is(Option::Kind::optional_value, "")) {
            words.push_back(word + "=" + none);
        } else if (is(Option::Kind::value, "=")) {
            words.push_back(word.substr(0, word.size() - 1));
            words.emplace_back();
        } else {
            words.push_back(word);
        }
    }

    po::options_description description;
    for (const auto& option : table_) {
        const auto name = option.letter ? option.name + "," + option.letter : option.name;
        if (option.kind == Option::Kind::flag) {
            description.add_options()(name.c_str(), "");
            continue;
        }
        auto* value = po::value<std::vector<std::string>>();
        if (option.repeatable) value->composing();
        description.add_options()(name.c_str(), value, "");
    }
    std::vector<std::string> operands;
    po::positional_options_description anything;
    constexpr auto operand = "operand word";  // a name is needed, and one with a space is nobody's option
    description.add_options()(operand, po::value(&operands));
    anything.add(operand, -1);
    try {
        const auto parsed = po::command_line_parser(words).options(description).positional(anything).run();
        for (const auto& given : parsed.options) {
            if (given.string_key == operand) {
                operands.insert(operands.end(), given.value.begin(), given.value.end());
                continue;
            }
            const auto option = std::find_if(table_.begin(), table_.end(),
                                             [&](auto& o) { return o.name == given.string_key; });
            if (option == table_.end()) continue;
            if (option->kind == Option::Kind::flag) option->store(nullptr);
            for (const auto& text : given.value) option->store(text == none ? nullptr : &text);
        }
    } catch (const po::unknown_option& e) {
        const auto option = e.get_option_name().substr(0, e.get_option_name().find('='));
        const auto name = option.substr(std::min(option.find_first_not_of('-'), option.size()));
        throw UsageError("there is no option " + option + suggestion(table_, name));
    } catch (const po::error& e) {
        throw UsageError(e.what());
    }
    if (operands.size() > most_operands_)
        throw UsageError("unexpected `" + operands.at(most_operands_) + "`: see --help");
    if (operands_into_) *operands_into_ = std::move(operands);
}

std::string Options::help() const {
    constexpr std::size_t column = 30;
    constexpr std::size_t width = 79;
    std::string text;
    for (const auto& option : table_) {
        std::string left = option.letter ? std::string{"  -"} + option.letter + ", " : "      ";
        left += dashed(option);
        if (option.kind == Option::Kind::optional_value)
            left += "[=" + option.placeholder + "]";
        else if (!option.placeholder.empty())
            left += " " + option.placeholder;
        text += left;
        if (left.size() + 2 > column)
            text += "\n" + std::string(column, ' ');
        else
            text += std::string(column - left.size(), ' ');
        std::size_t at = column;
        for (std::size_t i = 0; i < option.meaning.size();) {
            const auto end = std::min(option.meaning.find(' ', i), option.meaning.size());
            if (at > column && at + (end - i) > width) {
                text.back() = '\n';
                text += std::string(column, ' ');
                at = column;
            }
            text.append(option.meaning, i, end - i);
            text += ' ';
            at += end - i + 1;
            i = end + 1;
        }
        text.back() = '\n';
    }
    return text;
}

}  // namespace fedmsg::cli
