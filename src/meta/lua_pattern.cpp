#include "meta/lua_pattern.h"

#include <cctype>

namespace fedmsg::meta {
namespace {

constexpr int max_depth = 200;  // of the matcher, as in Lua

/// `%c`: a class, or the character itself. Only ASCII has classes, whatever the locale.
bool in_class(unsigned char c, char name) {
    const bool ascii = c < 0x80;
    bool is = false;
    switch (std::tolower(static_cast<unsigned char>(name))) {
        case 'a': is = ascii && std::isalpha(c) != 0; break;
        case 'c': is = ascii && std::iscntrl(c) != 0; break;
        case 'd': is = ascii && std::isdigit(c) != 0; break;
        case 'g': is = ascii && std::isgraph(c) != 0; break;
        case 'l': is = ascii && std::islower(c) != 0; break;
        case 'p': is = ascii && std::ispunct(c) != 0; break;
        case 's': is = ascii && std::isspace(c) != 0; break;
        case 'u': is = ascii && std::isupper(c) != 0; break;
        case 'w': is = ascii && std::isalnum(c) != 0; break;
        case 'x': is = ascii && std::isxdigit(c) != 0; break;
        default: return static_cast<unsigned char>(name) == c;
    }
    return std::isupper(static_cast<unsigned char>(name)) != 0 ? !is : is;
}

}  // namespace

LuaPattern::LuaPattern(std::string_view subject, std::string_view pattern)
    : subject_{subject}, pattern_{pattern}, anchored_{pattern.substr(0, 1) == "^"} {}

std::optional<LuaPattern::Match> LuaPattern::find(std::size_t from) {
    for (std::size_t begin = from; begin <= subject_.size(); ++begin) {
        level_ = 0;
        const auto end = match(begin, anchored_ ? 1 : 0, 0);
        if (error_ != nullptr) return {};
        if (end != none) return Match{begin, end};
        if (anchored_) return {};
    }
    return {};
}

std::size_t LuaPattern::fail(const char* error) {
    if (error_ == nullptr) error_ = error;
    return none;
}

bool LuaPattern::step() {
    if (++steps_ > max_steps) fail("the pattern takes too long");
    return error_ == nullptr;
}

/// Where the item behind `p` ends, without what repeats it.
std::size_t LuaPattern::item_end(std::size_t p) {
    const char c = pattern_[p++];
    if (c == '%') {
        if (p >= pattern_.size()) return fail("malformed pattern (ends with '%')");
        return p + 1;
    }
    if (c != '[') return p;
    if (p < pattern_.size() && pattern_[p] == '^') ++p;
    do {  // a `]` in the first place is a character
        if (p >= pattern_.size()) return fail("malformed pattern (missing ']')");
        if (pattern_[p++] == '%') ++p;
    } while (p >= pattern_.size() || pattern_[p] != ']');
    return p + 1;
}

/// \param p, end  the set with its brackets
bool LuaPattern::in_set(unsigned char c, std::size_t p, std::size_t end) const {
    const bool complement = pattern_[p + 1] == '^';
    const std::size_t last = end - 1;  // the `]`
    for (p += complement ? 2 : 1; p < last; ++p) {
        const auto first = static_cast<unsigned char>(pattern_[p]);
        if (first == '%') {
            if (in_class(c, pattern_[++p])) return !complement;
        } else if (p + 2 < last && pattern_[p + 1] == '-') {
            p += 2;
            if (first <= c && c <= static_cast<unsigned char>(pattern_[p])) return !complement;
        } else if (first == c) {
            return !complement;
        }
    }
    return complement;
}

bool LuaPattern::single(std::size_t s, std::size_t p, std::size_t end) {
    if (s >= subject_.size() || !step()) return false;
    const auto c = static_cast<unsigned char>(subject_[s]);
    switch (pattern_[p]) {
        case '.': return true;
        case '%': return in_class(c, pattern_[p + 1]);
        case '[': return in_set(c, p, end);
        default: return static_cast<unsigned char>(pattern_[p]) == c;
    }
}

/// The end of the match of pattern_[p…] at subject_[s…].
std::size_t LuaPattern::match(std::size_t s, std::size_t p, int depth) {
    if (depth > max_depth) return fail("pattern too complex");
    for (;;) {
        if (!step()) return none;
        if (p >= pattern_.size()) return s;
        const std::string_view rest = pattern_.substr(p);
        if (rest[0] == '(')
            return rest.substr(1, 1) == ")" ? start_capture(s, p + 2, true, depth)
                                            : start_capture(s, p + 1, false, depth);
        if (rest[0] == ')') return end_capture(s, p + 1, depth);
        if (rest == "$") return s == subject_.size() ? s : none;
        if (rest[0] == '%' && rest.size() > 1) {
            if (rest[1] == 'b') {
                s = balance(s, p + 2);
                if (s == none) return none;
                p += 4;
                continue;
            }
            if (rest[1] == 'f') {
                p += 2;
                if (p >= pattern_.size() || pattern_[p] != '[')
                    return fail("missing '[' after '%f' in pattern");
                const auto end = item_end(p);
                if (end == none) return none;
                const auto at = [this](std::size_t i) {
                    return i < subject_.size() ? static_cast<unsigned char>(subject_[i]) : std::uint8_t{0};
                };
                if (in_set(s == 0 ? 0 : at(s - 1), p, end) || !in_set(at(s), p, end)) return none;
                p = end;
                continue;
            }
            if (std::isdigit(static_cast<unsigned char>(rest[1])) != 0) {
                s = back_reference(s, rest[1]);
                if (s == none) return none;
                p += 2;
                continue;
            }
        }
        const auto end = item_end(p);
        if (end == none) return none;
        const char suffix = end < pattern_.size() ? pattern_[end] : '\0';
        if (suffix == '*') return repeat_most(s, p, end, depth);
        if (suffix == '-') return repeat_least(s, p, end, depth);
        const bool here = single(s, p, end);
        if (suffix == '+') return here ? repeat_most(s + 1, p, end, depth) : none;
        if (suffix == '?') {
            if (here) {
                const auto found = match(s + 1, end + 1, depth + 1);
                if (found != none || error_ != nullptr) return found;
            }
            p = end + 1;
            continue;
        }
        if (!here) return none;
        ++s;
        p = end;
    }
}

std::size_t LuaPattern::balance(std::size_t s, std::size_t p) {
    if (p + 1 >= pattern_.size()) return fail("malformed pattern (missing arguments to '%b')");
    if (s >= subject_.size() || subject_[s] != pattern_[p]) return none;
    for (std::size_t level = 1, i = s + 1; i < subject_.size() && step(); ++i) {
        if (subject_[i] == pattern_[p + 1]) {
            if (--level == 0) return i + 1;
        } else if (subject_[i] == pattern_[p]) {
            ++level;
        }
    }
    return none;
}

std::size_t LuaPattern::repeat_most(std::size_t s, std::size_t p, std::size_t end, int depth) {
    std::size_t count = 0;
    while (single(s + count, p, end)) ++count;
    for (;; --count) {
        const auto found = match(s + count, end + 1, depth + 1);
        if (found != none || error_ != nullptr) return found;
        if (count == 0) return none;
    }
}

std::size_t LuaPattern::repeat_least(std::size_t s, std::size_t p, std::size_t end, int depth) {
    for (;; ++s) {
        const auto found = match(s, end + 1, depth + 1);
        if (found != none || error_ != nullptr) return found;
        if (!single(s, p, end)) return none;
    }
}

std::size_t LuaPattern::start_capture(std::size_t s, std::size_t p, bool position, int depth) {
    if (level_ == most_captures) return fail("too many captures");
    captures_[level_++] = {s, position ? s : open, position};
    const auto found = match(s, p, depth + 1);
    if (found == none) --level_;
    return found;
}

std::size_t LuaPattern::end_capture(std::size_t s, std::size_t p, int depth) {
    std::size_t i = level_;
    while (i > 0 && captures_[i - 1].end != open) --i;
    if (i == 0) return fail("invalid pattern capture");
    captures_[i - 1].end = s;
    const auto found = match(s, p, depth + 1);
    if (found == none) captures_[i - 1].end = open;
    return found;
}

std::size_t LuaPattern::back_reference(std::size_t s, char digit) {
    const auto i = static_cast<std::size_t>(digit - '1');
    if (digit == '0' || i >= level_ || captures_[i].end == open) return fail("invalid capture index");
    const auto text = subject_.substr(captures_[i].begin, captures_[i].end - captures_[i].begin);
    steps_ += text.size();
    return subject_.substr(s, text.size()) == text ? s + text.size() : none;
}

}  // namespace fedmsg::meta
