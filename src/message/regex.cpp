#include "message/regex.h"

// The steps after which the matcher gives up; read by the headers below.
#define BOOST_REGEX_MAX_STATE_COUNT ::fedmsg::message::Regex::max_steps

#include "util/error.h"
#include "util/utf8.h"

#include <boost/regex.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace fedmsg::message {
namespace {

/// Characters of `text`, U+FFFD for what is none.
void decode(std::string_view text, std::wstring& out) {
    static_assert(sizeof(wchar_t) == 4);
    out.resize(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out[size++] = static_cast<wchar_t>(c);
            ++i;
            continue;
        }
        const std::size_t length = utf8_length(text.substr(i));
        std::uint32_t character = length == 0 ? 0xFFFD : c & (0x7FU >> length);
        for (std::size_t k = 1; k < length; ++k) {
            character = character << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        }
        out[size++] = static_cast<wchar_t>(character);
        i += length == 0 ? 1 : length;
    }
    out.resize(size);
}

/// A pointer that cannot be subtracted from another. The matcher takes its own, much higher bound on steps
/// where it can tell the length of a text at once (perl_matcher::estimate_max_state_count).
class Walker {
  public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = wchar_t;
    using difference_type = std::ptrdiff_t;
    using pointer = const wchar_t*;
    using reference = const wchar_t&;

    Walker() = default;
    explicit Walker(const wchar_t* at) : at_{at} {}
    reference operator*() const { return *at_; }
    Walker& operator++() { return ++at_, *this; }
    Walker operator++(int) { return Walker{at_++}; }
    Walker& operator--() { return --at_, *this; }
    Walker operator--(int) { return Walker{at_--}; }
    bool operator==(const Walker&) const = default;
    [[nodiscard]] const wchar_t* get() const { return at_; }

  private:
    const wchar_t* at_ = nullptr;
};

const auto search_flags = boost::match_single_line | boost::match_not_dot_newline;

const char* explain(boost::regex_constants::error_type error) {
    switch (error) {
        case boost::regex_constants::error_collate: return "no such collating element";
        case boost::regex_constants::error_ctype:
            return "no such class of characters, or a range that ends before it begins";
        case boost::regex_constants::error_escape:
            return "an escape that means nothing, or a backslash at the end";
        case boost::regex_constants::error_backref: return "a reference to a group that is not there";
        case boost::regex_constants::error_brack: return "'[' is not closed";
        case boost::regex_constants::error_paren: return "a parenthesis is not closed, or not opened";
        case boost::regex_constants::error_brace: return "'{' is not closed";
        case boost::regex_constants::error_badbrace: return "expected numbers between '{' and '}'";
        case boost::regex_constants::error_range: return "a range of characters that ends before it begins";
        case boost::regex_constants::error_badrepeat: return "nothing to repeat";
        case boost::regex_constants::error_perl_extension:
            return "expected ':', '=', '!' or '<name>' after '(?'";
        case boost::regex_constants::error_bad_pattern:
            return "not understood, or a lookbehind of no fixed length";
        case boost::regex_constants::error_empty: return "an alternative is empty";
        case boost::regex_constants::error_space:
        case boost::regex_constants::error_size:
        case boost::regex_constants::error_complexity:
        case boost::regex_constants::error_stack: return "too large or too deeply nested";
        case boost::regex_constants::error_ok:
        case boost::regex_constants::error_no_match:
        case boost::regex_constants::error_end:
        case boost::regex_constants::error_right_paren:
        case boost::regex_constants::error_unknown: break;
    }
    return "not understood";
}

}  // namespace

struct Regex::Compiled {
    boost::wregex expression;
};

Regex::Regex(std::string_view pattern) {
    if (pattern.find_first_of(R"(\^$.|?*+()[]{})") == std::string_view::npos) {
        literal_ = pattern;
        return;
    }
    if (!is_utf8(pattern)) throw UsageError("not UTF-8");
    std::wstring wide;
    decode(pattern, wide);
    if (wide.size() > max_pattern)
        throw UsageError("more than " + std::to_string(max_pattern) + " characters");
    try {
        compiled_.reset(new Compiled{boost::wregex{wide, boost::wregex::ECMAScript}});
    } catch (const boost::regex_error& e) {
        throw UsageError("column " + std::to_string(e.position() + 1) + ": " + explain(e.code()));
    }
}

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Regex::Found Regex::search(std::string_view text) const {
    if (!compiled_) return text.find(literal_) == std::string_view::npos ? Found::no : Found::yes;
    if (text.size() > max_text) return Found::gave_up;
    thread_local std::wstring wide;
    decode(text, wide);
    try {
        return boost::regex_search(Walker{wide.data()}, Walker{wide.data() + wide.size()},
                                   compiled_->expression, search_flags)
                   ? Found::yes
                   : Found::no;
    } catch (const std::runtime_error&) {  // out of steps, or of the matcher's own stack (4 MiB)
        return Found::gave_up;
    }
}

struct Regex::Matches::State {
    State(const Regex& r, std::string_view t) : regex{r}, text{t} {
        if (regex.compiled_ && text.size() <= max_text) decode(text, wide);
    }

    /// The byte at which the character `at` of the decoded text begins. Characters are asked for in no
    /// order, but mostly near to the last one.
    std::size_t byte_of(std::size_t at) {
        if (wide.size() == text.size()) return at;  // each character is a byte
        if (at < character) character = byte = 0;
        for (; character < at; ++character) byte += std::max(utf8_length(text.substr(byte)), std::size_t{1});
        return byte;
    }

    const Regex& regex;
    std::string_view text;
    std::wstring wide;
    std::vector<std::optional<std::string_view>> groups;
    std::size_t from = 0;  // characters, or bytes where there is a literal
    bool ended = false;
    std::size_t character = 0, byte = 0;
    boost::match_results<Walker> found;
};

Regex::Matches::Matches(const Regex& regex, std::string_view text)
    : state_{std::make_unique<State>(regex, text)} {}
Regex::Matches::~Matches() = default;

Regex::Found Regex::Matches::next() {
    auto& s = *state_;
    if (s.ended) return Found::no;
    if (!s.regex.compiled_) {
        const auto& literal = s.regex.literal_;
        const auto place = s.text.find(literal, s.from);
        if (place == s.text.npos) return Found::no;
        s.groups.assign(1, s.text.substr(place, literal.size()));
        s.from = place + std::max(literal.size(), std::size_t{1});
        s.ended = s.from > s.text.size();
        return Found::yes;
    }
    if (s.text.size() > max_text) return Found::gave_up;
    const auto* const begin = s.wide.data();
    try {
        if (!boost::regex_search(Walker{begin + s.from}, Walker{begin + s.wide.size()}, s.found,
                                 s.regex.compiled_->expression, search_flags, Walker{begin}))
            return Found::no;
    } catch (const std::runtime_error&) {  // as in search()
        return Found::gave_up;
    }
    s.groups.clear();
    for (const auto& group : s.found) {
        if (!group.matched) {
            s.groups.emplace_back();
            continue;
        }
        const auto first = s.byte_of(static_cast<std::size_t>(group.first.get() - begin));
        const auto last = s.byte_of(static_cast<std::size_t>(group.second.get() - begin));
        s.groups.emplace_back(s.text.substr(first, last - first));
    }
    const auto& whole = s.found[0];
    s.from = static_cast<std::size_t>(whole.second.get() - begin) + (whole.first == whole.second ? 1 : 0);
    s.ended = s.from > s.wide.size();
    return Found::yes;
}

std::size_t Regex::Matches::groups() const { return state_->groups.size(); }
std::optional<std::string_view> Regex::Matches::group(std::size_t i) const { return state_->groups[i]; }

}  // namespace fedmsg::message
