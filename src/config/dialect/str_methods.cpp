/// \file
/// The methods of str. Source: Python 3.11, "String Methods".
#include "config/dialect/builtins.h"
#include "config/dialect/format.h"
#include "config/dialect/operations.h"
#include "config/dialect/text.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

constexpr std::string_view split_names[] = {"sep", "maxsplit"};

std::string_view text_of(Value self) { return self.string->text; }

/// \param position  of the argument, from 1; 0 when it is the only one
std::string_view text_argument(Machine& m, Value v, int position = 0) {
    if (v.is(Type::string)) return v.string->text;
    m.raise("TypeError", std::string{m.running} + "() argument " +
                             (position > 0 ? std::to_string(position) + " " : "") + "must be str, not " +
                             std::string{type_name(v)});
}

bool absent(Value v) { return !v || v.is(Type::none); }

// Case.

template <std::string (*convert)(std::string_view)>
Value change_case(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    m.tick(text_of(self).size() / 4);
    return m.text(convert(text_of(self)));
}

/// Whether there are characters and all of them are so.
template <bool (*is)(char32_t), bool of_empty = false>
Value all_are(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    const std::string_view text = text_of(self);
    m.tick(text.size() / 4);
    for (std::size_t at = 0; at < text.size();)
        if (!is(next_character(text, at))) return false;
    return of_empty || !text.empty();
}

bool is_ascii(char32_t c) { return c < 0x80; }

/// Whether there are letters with case, and all of them are so.
template <bool (*is)(char32_t)>
Value has_case(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    const std::string_view text = text_of(self);
    m.tick(text.size() / 4);
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        if (is_cased(c) && !is(c)) return false;
        any |= is(c);
    }
    return any;
}

Value is_title_text(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    const std::string_view text = text_of(self);
    m.tick(text.size() / 4);
    bool any = false, inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        const bool head = is_upper(c) || is_title(c);
        if (head ? inside : is_lower(c) && !inside) return false;
        inside = is_cased(c);
        any |= inside;
    }
    return any;
}

// Searching.

struct Window {
    std::size_t begin, end;  // bytes
    bool valid;              // start is not behind the end
};

Window window(Machine& m, const Str& s, Value start, Value end) {
    const Bounds b = slice_bounds(m, static_cast<std::int64_t>(s.length), start, end);
    // Unlike a slice, a search of "" behind the end finds nothing.
    const bool beyond = !absent(start) && is_integral(start) &&
                        compare(m, Comparator::greater, start, Value{static_cast<std::int64_t>(s.length)});
    const auto offset = [&](std::int64_t i) {
        return s.ascii() ? static_cast<std::size_t>(i)
                         : character_offset(s.text, static_cast<std::size_t>(i));
    };
    if (!s.ascii()) m.tick_bytes(s.text.size());
    return {offset(b.start), offset(b.stop), b.start <= b.stop && !beyond};
}

std::int64_t search(Machine& m, Value self, const Arguments& a, bool last) {
    const auto [needle, start, end] = fit_arguments<3>(m, a, {"", "", ""}, 1);
    const std::string_view wanted = text_argument(m, needle);
    const Str& s = *self.string;
    const Window w = window(m, s, start, end);
    if (!w.valid) return -1;
    const std::string_view text = s.text.substr(0, w.end);
    m.tick_bytes(text.size());
    std::size_t found = std::string_view::npos;
    if (!last) {
        found = find_text(text, wanted, w.begin);
    } else {
        // rfind compares at every place: charge for that.
        m.tick(text.size() / 8 * (wanted.size() / 64 + 1));
        found = text.rfind(wanted);
        if (found != std::string_view::npos && found < w.begin) found = std::string_view::npos;
    }
    if (found == std::string_view::npos) return -1;
    return static_cast<std::int64_t>(s.ascii() ? found : count_characters(s.text.substr(0, found)));
}

Value find(Machine& m, Value self, const Arguments& a) { return search(m, self, a, false); }
Value rfind(Machine& m, Value self, const Arguments& a) { return search(m, self, a, true); }

Value index(Machine& m, Value self, const Arguments& a) {
    const std::int64_t found = search(m, self, a, false);
    if (found < 0) m.raise("ValueError", "substring not found");
    return found;
}

Value rindex(Machine& m, Value self, const Arguments& a) {
    const std::int64_t found = search(m, self, a, true);
    if (found < 0) m.raise("ValueError", "substring not found");
    return found;
}

Value count(Machine& m, Value self, const Arguments& a) {
    const auto [needle, start, end] = fit_arguments<3>(m, a, {"", "", ""}, 1);
    const std::string_view wanted = text_argument(m, needle);
    const Window w = window(m, *self.string, start, end);
    if (!w.valid) return std::int64_t{0};
    const std::string_view text = text_of(self).substr(0, w.end);
    m.tick(text.size() / 16);
    if (wanted.empty()) return static_cast<std::int64_t>(count_characters(text.substr(w.begin)) + 1);
    std::int64_t n = 0;
    for (std::size_t at = w.begin; (at = find_text(text, wanted, at)) != std::string_view::npos;
         at += wanted.size())
        ++n;
    return n;
}

template <bool at_start>
Value has_affix(Machine& m, Value self, const Arguments& a) {
    const auto [affix, start, end] = fit_arguments<3>(m, a, {"", "", ""}, 1);
    const Window w = window(m, *self.string, start, end);
    const std::string_view text =
        w.valid ? text_of(self).substr(w.begin, w.end - w.begin) : std::string_view{};
    const auto matches = [&](Value v) {
        if (!v.is(Type::string))
            m.raise("TypeError", std::string{m.running} + " first arg must be str or a tuple of str, not " +
                                     std::string{type_name(v)});
        m.tick_bytes(v.string->text.size());
        return w.valid && (at_start ? text.starts_with(v.string->text) : text.ends_with(v.string->text));
    };
    if (!affix.is(Type::tuple)) return matches(affix);
    m.tick(affix.tuple->items.size());
    for (const Value one : affix.tuple->items)
        if (matches(one)) return true;
    return false;
}

// Cutting and joining.

std::size_t limit(Machine& m, Value maxsplit) {
    if (!maxsplit) return SIZE_MAX;
    const std::int64_t n = to_index(m, maxsplit);
    return n < 0 ? SIZE_MAX : static_cast<std::size_t>(n);
}

/// At runs of white space, from the left. What is left after the last cut keeps the white space behind it.
std::vector<std::string_view> words(std::string_view text, std::size_t most) {
    std::vector<std::string_view> parts;
    const auto skip_while = [&](std::size_t at, bool space) {
        for (std::size_t next = at; next < text.size(); at = next)
            if (is_space(next_character(text, next)) != space) break;
        return at;
    };
    std::size_t at = skip_while(0, true);
    while (at < text.size()) {
        if (parts.size() == most) {
            parts.push_back(text.substr(at));
            break;
        }
        const std::size_t end = skip_while(at, false);
        parts.push_back(text.substr(at, end - at));
        at = skip_while(end, true);
    }
    return parts;
}

/// Characters of `text` from its end as long as `is` holds: the bytes that remain.
template <class Is>
std::size_t trim_end(std::string_view text, Is is) {
    std::size_t end = text.size();
    while (end > 0) {
        std::size_t start = end - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) --start;
        std::size_t at = start;
        if (!is(next_character(text, at))) break;
        end = start;
    }
    return end;
}

template <class Is>
std::size_t trim_start(std::string_view text, Is is) {
    std::size_t at = 0;
    for (std::size_t next = 0; next < text.size(); at = next)
        if (!is(next_character(text, next))) return at;
    return at;
}

std::vector<std::string_view> words_from_right(std::string_view text, std::size_t most) {
    std::vector<std::string_view> parts;
    const auto is_word = [](char32_t c) { return !is_space(c); };
    text = text.substr(0, trim_end(text, is_space));
    while (!text.empty()) {
        if (parts.size() == most) {
            parts.push_back(text);
            break;
        }
        const std::size_t begin = trim_end(text, is_word);
        parts.push_back(text.substr(begin));
        text = text.substr(0, trim_end(text.substr(0, begin), is_space));
    }
    std::ranges::reverse(parts);
    return parts;
}

Value texts(Machine& m, const std::vector<std::string_view>& parts) {
    List* made = m.list(parts.size());
    m.tick(parts.size());
    for (const std::string_view part : parts) made->items.push_back(m.text(part));
    return made;
}

std::string_view separator(Machine& m, Value sep) {
    if (!sep.is(Type::string))
        m.raise("TypeError", "must be str or None, not " + std::string{type_name(sep)});
    if (sep.string->text.empty()) m.raise("ValueError", "empty separator");
    return sep.string->text;
}

Value split(Machine& m, Value self, const Arguments& a) {
    std::array<Value, 2> given;
    fit_arguments(m, a, split_names, 0, given);
    const std::size_t most = limit(m, given[1]);
    std::string_view text = text_of(self);
    m.tick(text.size() / 16);
    if (absent(given[0])) return texts(m, words(text, most));
    const std::string_view sep = separator(m, given[0]);
    std::vector<std::string_view> parts;
    std::size_t at = 0;
    while (parts.size() < most) {
        const std::size_t found = find_text(text, sep, at);
        if (found == std::string_view::npos) break;
        parts.push_back(text.substr(at, found - at));
        at = found + sep.size();
    }
    parts.push_back(text.substr(at));
    return texts(m, parts);
}

Value rsplit(Machine& m, Value self, const Arguments& a) {
    std::array<Value, 2> given;
    fit_arguments(m, a, split_names, 0, given);
    const std::size_t most = limit(m, given[1]);
    std::string_view text = text_of(self);
    if (absent(given[0])) {
        m.tick(text.size() / 4);
        return texts(m, words_from_right(text, most));
    }
    const std::string_view sep = separator(m, given[0]);
    m.tick(text.size() / 8 * (sep.size() / 64 + 1));
    std::vector<std::string_view> parts;
    while (parts.size() < most) {
        const std::size_t found = text.rfind(sep);
        if (found == std::string_view::npos) break;
        parts.push_back(text.substr(found + sep.size()));
        text = text.substr(0, found);
    }
    parts.push_back(text);
    std::ranges::reverse(parts);
    return texts(m, parts);
}

Value splitlines(Machine& m, Value self, const Arguments& a) {
    const auto [keep] = fit_arguments<1>(m, a, {"keepends"}, 0);
    const std::string_view text = text_of(self);
    m.tick(text.size() / 4);
    std::vector<std::string_view> lines;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = at;
        const char32_t c = next_character(text, at);
        if (!is_line_break(c)) continue;
        if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
        lines.push_back(text.substr(begin, (truthy(keep) ? at : end) - begin));
        begin = at;
    }
    if (begin < text.size()) lines.push_back(text.substr(begin));
    return texts(m, lines);
}

Value join(Machine& m, Value self, const Arguments& a) {
    const auto [items] = fit_arguments<1>(m, a, {""}, 1);
    if (is_number(items) || items.is(Type::none)) m.raise("TypeError", "can only join an iterable");
    const Values parts = collect(m, items);
    std::size_t size = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].is(Type::string))
            m.raise("TypeError", "sequence item " + std::to_string(i) + ": expected str instance, " +
                                     std::string{type_name(parts[i])} + " found");
        size += parts[i].string->text.size() + (i > 0 ? text_of(self).size() : 0);
        m.check_text(size);
    }
    std::string out;
    out.reserve(size);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += text_of(self);
        out += parts[i].string->text;
    }
    return m.text(out);
}

template <bool last>
Value partition(Machine& m, Value self, const Arguments& a) {
    const auto [sep] = fit_arguments<1>(m, a, {""}, 1);
    if (!sep.is(Type::string)) m.raise("TypeError", "must be str, not " + std::string{type_name(sep)});
    const std::string_view cut = separator(m, sep), text = text_of(self);
    m.tick(text.size() / 8 * (cut.size() / 64 + 1));
    const std::size_t found = last ? text.rfind(cut) : find_text(text, cut);
    if (found == std::string_view::npos) {
        const Value empty = m.text("");
        return last ? m.tuple({empty, empty, self}) : m.tuple({self, empty, empty});
    }
    return m.tuple({m.text(text.substr(0, found)), sep, m.text(text.substr(found + cut.size()))});
}

template <bool start, bool end>
Value strip(Machine& m, Value self, const Arguments& a) {
    const auto [chars] = fit_arguments<1>(m, a, {""}, 0);
    std::string_view text = text_of(self);
    const auto trim = [&](auto is) {
        if (end) text = text.substr(0, trim_end(text, is));
        if (start) text = text.substr(trim_start(text, is));
        return m.text(text);
    };
    if (absent(chars)) {
        m.tick(text.size() / 8);
        return trim(is_space);
    }
    if (!chars.is(Type::string)) m.raise("TypeError", "strip arg must be None or str");
    const std::u32string unwanted = decode(chars.string->text);
    m.tick(text.size() / 8 * (unwanted.size() / 16 + 1));
    return trim([&](char32_t c) { return unwanted.find(c) != std::u32string::npos; });
}

Value replace(Machine& m, Value self, const Arguments& a) {
    const auto [old_value, new_value, times] = fit_arguments<3>(m, a, {"", "", ""}, 2);
    const std::string_view text = text_of(self), from = text_argument(m, old_value, 1),
                           to = text_argument(m, new_value, 2);
    std::size_t left = limit(m, times);
    m.tick(text.size() / 8);
    std::string out;
    const auto put = [&](std::string_view part) {
        m.check_text(out.size() + part.size());
        out += part;
    };
    std::size_t at = 0;
    if (from.empty()) {
        // Before every character, and at the end.
        for (; left > 0; --left) {
            put(to);
            m.tick();
            if (at >= text.size()) break;
            const std::size_t begin = at;
            next_character(text, at);
            put(text.substr(begin, at - begin));
        }
        put(text.substr(at));
        return m.text(out);
    }
    for (; left > 0; --left) {
        const std::size_t found = find_text(text, from, at);
        if (found == std::string_view::npos) break;
        m.tick();
        put(text.substr(at, found - at));
        put(to);
        at = found + from.size();
    }
    put(text.substr(at));
    return m.text(out);
}

template <bool prefix>
Value remove_affix(Machine& m, Value self, const Arguments& a) {
    const auto [affix] = fit_arguments<1>(m, a, {""}, 1);
    const std::string_view text = text_of(self), cut = text_argument(m, affix);
    if (prefix && text.starts_with(cut)) return m.text(text.substr(cut.size()));
    if (!prefix && text.ends_with(cut)) return m.text(text.substr(0, text.size() - cut.size()));
    return self;
}

// Layout.

/// \param left  how many of the missing characters go to the left
template <class Left>
Value justify(Machine& m, Value self, const Arguments& a, Left left) {
    const auto [width, fill] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (fill && (!fill.is(Type::string) || fill.string->length != 1))
        m.raise("TypeError", "The fill character must be exactly one character long");
    const std::string_view filler = fill ? fill.string->text : " ";
    const std::int64_t missing = to_index(m, width) - static_cast<std::int64_t>(self.string->length);
    if (missing <= 0) return self;
    m.check_text(static_cast<std::size_t>(missing));
    m.check_text(static_cast<std::size_t>(missing) * filler.size() + text_of(self).size());
    m.tick(static_cast<std::size_t>(missing) / 8);
    const std::int64_t before = left(missing, to_index(m, width));
    std::string out;
    for (std::int64_t i = 0; i < before; ++i) out += filler;
    out += text_of(self);
    for (std::int64_t i = before; i < missing; ++i) out += filler;
    return m.text(out);
}

Value ljust(Machine& m, Value self, const Arguments& a) {
    return justify(m, self, a, [](std::int64_t, std::int64_t) { return std::int64_t{0}; });
}

Value rjust(Machine& m, Value self, const Arguments& a) {
    return justify(m, self, a, [](std::int64_t missing, std::int64_t) { return missing; });
}

Value center(Machine& m, Value self, const Arguments& a) {
    // As CPython does it: the odd one goes left when the width is odd as well.
    return justify(m, self, a, [](std::int64_t missing, std::int64_t width) {
        return missing / 2 + (missing & width & 1);
    });
}

Value zfill(Machine& m, Value self, const Arguments& a) {
    const auto [width] = fit_arguments<1>(m, a, {""}, 1);
    const std::int64_t missing = to_index(m, width) - static_cast<std::int64_t>(self.string->length);
    if (missing <= 0) return self;
    m.check_text(static_cast<std::size_t>(missing));
    m.tick(static_cast<std::size_t>(missing) / 8);
    std::string out{text_of(self)};
    const bool sign = !out.empty() && (out[0] == '+' || out[0] == '-');
    return m.text(out.insert(sign ? 1 : 0, static_cast<std::size_t>(missing), '0'));
}

Value expandtabs(Machine& m, Value self, const Arguments& a) {
    const auto [given] = fit_arguments<1>(m, a, {"tabsize"}, 0);
    const std::int64_t size = given ? to_index(m, given) : 8;
    const std::string_view text = text_of(self);
    std::string out;
    std::int64_t column = 0;
    m.tick(text.size() / 4);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t c = next_character(text, at);
        if (c == '\t') {
            const std::int64_t missing = size > 0 ? size - column % size : 0;
            m.check_text(static_cast<std::size_t>(missing));
            m.check_text(out.size() + static_cast<std::size_t>(missing));
            out.append(static_cast<std::size_t>(missing), ' ');
            column += missing;
        } else {
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            out += text.substr(begin, at - begin);
        }
    }
    return m.text(out);
}

// The rest.

Value format(Machine& m, Value self, const Arguments& a) { return format_text(m, text_of(self), a); }

Value format_map(Machine& m, Value self, const Arguments& a) {
    const auto [mapping] = fit_arguments<1>(m, a, {""}, 1);
    return format_text(m, text_of(self), {}, mapping);
}

/// To bytes and back: a configuration has no bytes, so the text stays as it is.
Value code(Machine& m, Value self, const Arguments& a) {
    const auto [encoding, errors] = fit_arguments<2>(m, a, {"encoding", "errors"}, 0);
    if (errors && !errors.is(Type::string)) m.raise("TypeError", "encode() argument 'errors' must be str");
    if (!encoding) return self;
    std::string name = lower(text_argument(m, encoding));
    std::ranges::replace(name, '_', '-');
    if (name == "utf-8" || name == "utf8") return self;
    if (name != "ascii" && name != "us-ascii" && name != "latin-1" && name != "latin1" &&
        name != "iso-8859-1")
        m.refuse("the encoding `" + name + "`");
    if (!self.string->ascii()) m.refuse("a character beyond ASCII in the encoding `" + name + "`");
    return self;
}

constexpr BuiltinInfo methods[] = {
    {"capitalize", change_case<capitalize>},
    {"center", center},
    {"count", count},
    {"decode", code},
    {"encode", code},
    {"endswith", has_affix<false>},
    {"expandtabs", expandtabs},
    {"find", find},
    {"format", format},
    {"format_map", format_map},
    {"index", index},
    {"isalnum", all_are<is_alphanumeric>},
    {"isalpha", all_are<is_alphabetic>},
    {"isascii", all_are<is_ascii, true>},
    {"isdecimal", all_are<is_decimal>},
    {"isdigit", all_are<is_digit>},
    {"islower", has_case<is_lower>},
    {"isnumeric", all_are<is_numeric>},
    {"isprintable", all_are<is_printable, true>},
    {"isspace", all_are<is_space>},
    {"istitle", is_title_text},
    {"isupper", has_case<is_upper>},
    {"join", join},
    {"ljust", ljust},
    {"lower", change_case<lower>},
    {"lstrip", strip<true, false>},
    {"partition", partition<false>},
    {"removeprefix", remove_affix<true>},
    {"removesuffix", remove_affix<false>},
    {"replace", replace},
    {"rfind", rfind},
    {"rindex", rindex},
    {"rjust", rjust},
    {"rpartition", partition<true>},
    {"rsplit", rsplit},
    {"rstrip", strip<false, true>},
    {"split", split},
    {"splitlines", splitlines},
    {"startswith", has_affix<true>},
    {"strip", strip<true, true>},
    {"swapcase", change_case<swap_case>},
    {"title", change_case<title>},
    {"upper", change_case<upper>},
    {"zfill", zfill},
};

}  // namespace

const BuiltinInfo* find_str_method(std::string_view name) {
    const auto found = std::ranges::lower_bound(methods, name, {}, &BuiltinInfo::name);
    return found != std::end(methods) && found->name == name ? &*found : nullptr;
}

}  // namespace fedmsg::dialect
