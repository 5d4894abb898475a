#include "encoding/relaxed.h"

#include <algorithm>

namespace fedmsg::encoding {
namespace {

/// Blanks what strict JSON does not take, so that every other byte stays in its place, and notes keys on the
/// way.
class Relaxer {
  public:
    explicit Relaxer(std::string_view text) : text_{text} {}

    void run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n') ++line_;
            if (is_space(c)) {
                ++at_;
            } else if (c == '"') {
                string();
            } else if (const std::size_t end = comment_end(); end != at_) {
                blank_comment(end);
            } else {
                punctuation(c);
                ++at_;
            }
        }
    }

    std::string text() && { return std::move(text_); }
    std::vector<KeyLine> keys() && { return std::move(keys_); }

  private:
    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

    /// One past the comment that starts here; here when none does, or when it never ends: the parser objects
    /// then.
    [[nodiscard]] std::size_t comment_end() const {
        const std::string_view rest = std::string_view{text_}.substr(at_);
        if (rest.starts_with("/*")) {
            const std::size_t end = text_.find("*/", at_ + 2);
            return end == std::string::npos ? at_ : end + 2;
        }
        if (!rest.starts_with("//") && !rest.starts_with('#')) return at_;
        return std::min(text_.find('\n', at_), text_.size());
    }

    void blank_comment(std::size_t end) {
        for (; at_ < end; ++at_) {
            if (text_[at_] == '\n') {
                ++line_;
            } else {
                text_[at_] = ' ';
            }
        }
    }

    void string() {
        const std::size_t start = at_;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] == '\\') ++at_;
        }
        at_ = std::min(at_ + 1, text_.size());
        const bool is_key = open_.ends_with('{') && open_.front() == '{' && (last_ == '{' || last_ == ',');
        if (is_key && open_.size() <= 2) note_key(std::string_view{text_}.substr(start, at_ - start));
        before_last_ = last_;
        last_ = '"';
    }

    void note_key(std::string_view literal) {
        const auto key = loads(literal);
        if (key && key->string()) keys_.push_back({open_.size() == 2, *key->string(), line_});
    }

    void punctuation(char c) {
        if (c == '{' || c == '[') open_ += c;
        if (c == '}' || c == ']') {
            const bool after_item = before_last_ != '{' && before_last_ != '[' && before_last_ != ',';
            if (last_ == ',' && after_item) text_[last_comma_] = ' ';
            if (!open_.empty()) open_.pop_back();
        }
        if (c == ',') last_comma_ = at_;
        before_last_ = last_;
        last_ = c;
    }

    std::string text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::string open_;  // brackets
    char last_ = '[',
         before_last_ = '[';  // characters that are neither space nor comment; of a string, its quote
    std::size_t last_comma_ = 0;
    std::vector<KeyLine> keys_;
};

}  // namespace

Result<Relaxed, ParseError> loads_relaxed(std::string_view text) {
    Relaxer relaxer{text};
    relaxer.run();
    std::vector<KeyLine> keys = std::move(relaxer).keys();
    auto value = loads(std::move(relaxer).text());
    if (value) return Relaxed{std::move(*value), std::move(keys)};

    // A blanked comment has as many columns as it had bytes: count in the text as it was given.
    ParseError error = value.error();
    const std::string_view before = text.substr(0, error.offset);
    const std::string_view in_line = before.substr(before.rfind('\n') + 1);
    const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    error.column = 1 + static_cast<std::size_t>(std::ranges::count_if(in_line, starts_character));
    return error;
}

}  // namespace fedmsg::encoding
