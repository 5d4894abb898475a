#include "meta/check.h"

#include "meta/library.h"
#include "util/nearest.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace fedmsg::meta {
namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name(char c) { return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

struct Token {
    std::string_view text;  // a name, or one character; a string or number is "0"
    int line;
};

/// The tokens of Lua, as far as names need them. Lua has compiled the script already, so it is well-formed.
class Lexer {
  public:
    explicit Lexer(std::string_view script) : rest_{script} {}

    std::vector<Token> all() {
        std::vector<Token> tokens;
        while (skip_blank_and_comments(), !rest_.empty()) {
            const char c = rest_.front();
            const int line = line_;
            if (is_name_start(c)) {
                std::size_t size = 1;
                while (size < rest_.size() && is_name(rest_[size])) ++size;
                tokens.push_back({take(size), line});
            } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
                std::size_t size = 1;
                while (size < rest_.size() && (is_name(rest_[size]) || rest_[size] == '.')) ++size;
                take(size);
                tokens.push_back({"0", line});
            } else if (c == '"' || c == '\'') {
                skip_quoted(c);
                tokens.push_back({"0", line});
            } else if (long_bracket() > 0) {
                skip_long_bracket();
                tokens.push_back({"0", line});
            } else if (rest_.starts_with("..") || rest_.starts_with("::") || rest_.starts_with("==") ||
                       rest_.starts_with("~=") || rest_.starts_with("<=") || rest_.starts_with(">=")) {
                tokens.push_back({take(rest_.starts_with("...") ? 3 : 2), line});
            } else {
                tokens.push_back({take(1), line});
            }
        }
        return tokens;
    }

  private:
    std::string_view take(std::size_t size) {
        const auto taken = rest_.substr(0, size);
        line_ += static_cast<int>(std::count(taken.begin(), taken.end(), '\n'));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    /// Bytes of an opening `[[` or `[==[` here; 0: there is none.
    [[nodiscard]] std::size_t long_bracket() const {
        if (!rest_.starts_with('[')) return 0;
        const auto second = rest_.find_first_not_of('=', 1);
        return second != rest_.npos && rest_[second] == '[' ? second + 1 : 0;
    }

    void skip_long_bracket() {
        const auto size = long_bracket();
        const auto close = "]" + std::string(size - 2, '=') + "]";
        const auto end = rest_.find(close, size);
        take(end == rest_.npos ? rest_.size() : end + close.size());
    }

    void skip_quoted(char quote) {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != quote) end += rest_[end] == '\\' ? 2 : 1;
        take(std::min(end + 1, rest_.size()));
    }

    void skip_blank_and_comments() {
        for (;;) {
            if (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
                take(1);
            } else if (rest_.starts_with("--")) {
                take(2);
                if (long_bracket() > 0)
                    skip_long_bracket();
                else
                    take(std::min(rest_.find('\n'), rest_.size()));
            } else {
                return;
            }
        }
    }

    std::string_view rest_;
    int line_ = 1;
};

constexpr std::string_view keywords[] = {
    "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
    "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};

bool is_keyword(std::string_view word) {
    return std::find(std::begin(keywords), std::end(keywords), word) != std::end(keywords);
}

/// Names that a script declares anywhere: where exactly they are visible is not looked at.
std::set<std::string_view> declared_names(const std::vector<Token>& tokens) {
    std::set<std::string_view> names;
    const auto name_at = [&](std::size_t i) {
        return i < tokens.size() && is_name_start(tokens[i].text.front()) && !is_keyword(tokens[i].text);
    };
    const auto take_list = [&](std::size_t i) {  // a, b <const>, c
        while (name_at(i)) {
            names.insert(tokens[i++].text);
            if (i + 2 < tokens.size() && tokens[i].text == "<") i += 3;
            if (i >= tokens.size() || tokens[i].text != ",") break;
            ++i;
        }
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].text == "local") {
            take_list(i + 1 < tokens.size() && tokens[i + 1].text == "function" ? i + 2 : i + 1);
        } else if (tokens[i].text == "for") {
            take_list(i + 1);
        } else if (tokens[i].text == "function") {
            std::size_t j = i + 1;
            while (j < tokens.size() && tokens[j].text != "(") {
                if (tokens[j].text == ":") names.insert("self");
                ++j;
            }
            take_list(j + 1);
        }
    }
    return names;
}

}  // namespace

std::vector<UnknownName> unknown_names(std::string_view script, const std::vector<std::string>& known) {
    const auto tokens = Lexer{script}.all();
    const auto declared = declared_names(tokens);
    std::vector<UnknownName> unknown;
    std::vector<std::string_view> open;  // brackets
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto text = tokens[i].text;
        if (text == "{" || text == "(" || text == "[") open.push_back(text);
        if ((text == "}" || text == ")" || text == "]") && !open.empty()) open.pop_back();
        if (text == "function" || text == "if" || text == "do") open.push_back("end");
        if (text == "end" && !open.empty()) open.pop_back();
        if (!is_name_start(text.front()) || is_keyword(text) || declared.contains(text)) continue;
        const auto before = i > 0 ? tokens[i - 1].text : "";
        const auto after = i + 1 < tokens.size() ? tokens[i + 1].text : "";
        if (before == "." || before == ":" || before == "::" || before == "goto" || before == "<") continue;
        const bool is_key = after == "=" && !open.empty() && open.back() == "{" &&
                            (before == "{" || before == "," || before == ";");
        if (is_key || std::binary_search(known.begin(), known.end(), text)) continue;
        unknown.push_back({std::string{text}, tokens[i].line});
    }
    return unknown;
}

namespace {

/// What scripts find in their sandbox.
std::vector<std::string> helper_names() {
    Sandbox sandbox;
    open_library(sandbox);
    std::vector<std::string> names;
    lua_State* const state = sandbox.state();
    lua_rawgeti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        names.emplace_back(lua_tostring(state, -2));
        lua_pop(state, 1);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
    const auto found = nearest(word, candidates);
    return found ? ": did you mean '" + std::string{*found} + "'?" : "";
}

void check_names(const std::string& file, const std::vector<std::string>& helpers,
                 std::vector<std::string>& findings) {
    std::string wrong;
    const auto script = read_script(file, wrong);
    if (!script) return findings.push_back(wrong);
    const std::vector<std::string_view> candidates(helpers.begin(), helpers.end());
    for (const auto& [name, line] : unknown_names(*script, helpers))
        findings.push_back(file + ":" + std::to_string(line) + ": '" + name +
                           "' is no local variable, and no helper of that name exists" +
                           suggestion(name, candidates));
}

void check_processor(Processor& processor, const std::vector<std::string>& helpers,
                     std::vector<std::string>& findings) {
    if (const auto wrong = processor.load()) {
        findings.push_back(processor.file() + ": " + *wrong);
        return;
    }
    std::vector<std::string_view> members{"name", "description", "home",   "docs",
                                          "obj",  "icon",        "prefix", "conglomerators"};
    for (const auto& t : field_traits) members.push_back(t.name);
    for (const auto& name : processor.unknown())
        findings.push_back(processor.file() + ": '" + name +
                           "' is no field, or not of the type that it must be" + suggestion(name, members));
    check_names(processor.file(), helpers, findings);
}

}  // namespace

std::vector<std::string> check_scripts(Rules& rules, const Config& config,
                                       const std::vector<std::string>& files) {
    const auto helpers = helper_names();
    std::vector<std::string> findings;
    if (files.empty()) {
        for (auto* processor : rules.processors()) check_processor(*processor, helpers, findings);
        for (const auto& file : rules.shared_files()) check_names(file, helpers, findings);
        return findings;
    }
    const Host host{config};
    for (const auto& file : files) {
        Processor processor{std::filesystem::path{file}.stem().string(), file, host, Budget{}};
        check_processor(processor, helpers, findings);
    }
    return findings;
}

}  // namespace fedmsg::meta
