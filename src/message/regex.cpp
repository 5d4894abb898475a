#include "message/regex.h"

// The steps after which the matcher gives up; read by the headers below.
#define BOOST_REGEX_MAX_STATE_COUNT ::fedmsg::message::Regex::max_steps

#include "util/error.h"
#include "util/utf8.h"

#include <boost/regex.hpp>

#include <cstdint>
#include <iterator>

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

  private:
    const wchar_t* at_ = nullptr;
};

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
    const auto flags = boost::match_single_line | boost::match_not_dot_newline;
    try {
        return boost::regex_search(Walker{wide.data()}, Walker{wide.data() + wide.size()},
                                   compiled_->expression, flags)
                   ? Found::yes
                   : Found::no;
    } catch (const std::runtime_error&) {  // out of steps, or of the matcher's own stack (4 MiB)
        return Found::gave_up;
    }
}

}  // namespace fedmsg::message
