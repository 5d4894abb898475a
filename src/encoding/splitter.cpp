#include "encoding/splitter.h"

#include "encoding/scan.h"

namespace fedmsg::encoding {

// The splitter looks for the end of a value, and Document::parse judges what is in it. Where the splitter
// meets a byte that no value can have there, it gives out the text up to and with that byte: parsing it tells
// what is wrong, at once and in the right place, instead of when a bracket that never comes has been awaited
// for megabytes.

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_punctuation(char c) { return std::string_view{"{}[]\",:"}.find(c) != std::string_view::npos; }
bool begins_word(char c) {
    return (c >= '0' && c <= '9') || std::string_view{"-tfnNI"}.find(c) != std::string_view::npos;
}

}  // namespace

void Splitter::Place::pass(char c) {
    ++offset;
    if (c == '\n') {
        ++line;
        column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
        ++column;
    }
}

void Splitter::feed(std::string_view bytes) {
    if (state_ == State::failed) return;
    const auto kept = state_ == State::between ? scanned_ : first_;
    pending_.erase(0, kept);
    scanned_ -= kept;
    first_ = 0;
    pending_.append(bytes);
}

std::optional<Result<Document, ParseError>> Splitter::next() {
    if (state_ == State::failed) return std::nullopt;
    const bool whole = scan() || (finished_ && state_ != State::between);
    const auto size = state_ == State::between ? 0 : scanned_ - first_;
    if (size > max_value_) {
        state_ = State::failed;
        return ParseError{
            ParseError::Reason::syntax, start_.offset, start_.line, start_.column,
            "a value of a stream is longer than the limit, which is 64 MiB unless set otherwise"};
    }
    if (!whole) return std::nullopt;
    auto result = take();
    state_ = result ? State::between : State::failed;
    return result;
}

/// True when the bytes from first_ to scanned_ are to be parsed; false when more are needed.
bool Splitter::scan() {
    while (scanned_ < pending_.size()) {
        if (state_ == State::string) skip_run();
        if (scanned_ == pending_.size()) break;
        const char c = pending_[scanned_];
        const Step s = step(c);
        if (s == Step::value_ends_before) return true;
        here_.pass(c);
        ++scanned_;
        if (s == Step::value_ends_with) return true;
    }
    return false;
}

/// Passes the characters of a string that are nothing but characters.
void Splitter::skip_run() {
    const auto run = printable_run(pending_.data() + scanned_, pending_.size() - scanned_);
    scanned_ += run;
    here_.offset += run;
    here_.column += run;
}

Splitter::Step Splitter::step(char c) {
    switch (state_) {
        case State::between:
            if (is_space(c)) return Step::on;
            start_ = here_;
            first_ = scanned_;
            after_value_ = false;
            return begin_token(c);
        case State::inside:
            if (is_space(c)) return Step::on;
            if (c == '}' || c == ']') return end_bracket(c);
            if (c == ',' || c == ':')
                return std::exchange(after_value_, false) ? Step::on : Step::value_ends_with;
            return after_value_ ? Step::value_ends_with : begin_token(c);
        case State::word:
            if (!is_space(c) && !is_punctuation(c)) return Step::on;
            if (end_token() == Step::value_ends_with) return Step::value_ends_before;
            return step(c);
        case State::string:
            if (c == '"') return end_token();
            if (c == '\\') state_ = State::escape;
            return static_cast<unsigned char>(c) < 0x20 ? Step::value_ends_with : Step::on;
        case State::escape: state_ = State::string; return Step::on;
        case State::failed: break;
    }
    return Step::on;
}

Splitter::Step Splitter::begin_token(char c) {
    if (c == '{' || c == '[') {
        awaited_.push_back(c == '{' ? '}' : ']');
        state_ = State::inside;
        return awaited_.size() > max_depth ? Step::value_ends_with : Step::on;
    }
    state_ = c == '"' ? State::string : State::word;
    return c == '"' || begins_word(c) ? Step::on : Step::value_ends_with;
}

Splitter::Step Splitter::end_bracket(char c) {
    if (c != awaited_.back()) return Step::value_ends_with;
    awaited_.pop_back();
    return end_token();
}

Splitter::Step Splitter::end_token() {
    after_value_ = true;
    if (awaited_.empty()) return Step::value_ends_with;
    state_ = State::inside;
    return Step::on;
}

Result<Document, ParseError> Splitter::take() {
    auto result = Document::parse(std::string_view{pending_}.substr(first_, scanned_ - first_));
    if (result) return result;
    ParseError error = result.error();
    error.offset += start_.offset;
    if (error.line == 1) error.column += start_.column - 1;
    error.line += start_.line - 1;
    return error;
}

}  // namespace fedmsg::encoding
