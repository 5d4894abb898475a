#pragma once
/// \file
/// Messages that are numbered from 0 in their bodies, and their readers, which want each once and in order,
/// and tell how far they are.
///
/// `marks=N,N,…` are counts, `tell=FILE` is where a line is written when so many have been read: bench.py
/// reads it, a FIFO, and asks for the processor time of whom it measures.

#include "load.h"

#include <fcntl.h>
#include <unistd.h>

namespace bench {

/// `{"i":N,"msg":` … in canonical form; of `size` bytes, of which most are text.
inline std::string numbered_body(std::uint64_t number, std::size_t size) {
    std::string body =
        R"({"i":)" + std::to_string(number) +
        R"(,"msg":{"commit":{"branch":"rawhide","files":{"a.spec":{"additions":12,"deletions":3},)"
        R"("sources":{"additions":1,"deletions":1}},"merge":false,"rev":)"
        R"("8f1c0b5d3e7a9246","summary":")";
    const std::string end = R"("},"score":0.75,"tags":["f38","updates","testing"]},"msg_id":"2026-)" +
                            std::to_string(number) +
                            R"(-4b1e-9c57-0a6d3f","timestamp":1760000000,"topic":")" + std::string{topic} +
                            R"(","username":"bench"})";
    constexpr std::string_view words = "the quick brown fox jumps over the lazy dog and ";
    while (body.size() + end.size() < size) body += words.substr(0, size - body.size() - end.size());
    return body + end;
}

class Reader {
  public:
    Reader(std::string_view marks, const std::string& tell)
        : file_{::open(tell.c_str(), O_WRONLY | O_CLOEXEC)} {
        if (file_ < 0) fail("cannot open " + tell);
        while (!marks.empty()) {
            const auto comma = std::min(marks.find(','), marks.size());
            marks_.push_back(std::stoull(std::string{marks.substr(0, comma)}));
            marks.remove_prefix(std::min(comma + 1, marks.size()));
        }
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { ::close(file_); }

    /// `{"i":N,`
    void take(std::string_view body) {
        constexpr std::string_view start = R"({"i":)";
        std::uint64_t number = 0;
        const auto* digits = body.data() + start.size();
        if (!body.starts_with(start) ||
            std::from_chars(digits, body.data() + body.size(), number).ptr == digits)
            fail("no message of ours: " + std::string{body.substr(0, 100)});
        take(number);
    }
    void take(std::uint64_t number) {
        if (number != next_)
            fail("message " + std::to_string(next_) + " was due, and " + std::to_string(number) + " came");
        ++next_;
        if (mark_ == marks_.size() || next_ != marks_[mark_]) return;
        ++mark_;
        const std::string line = std::to_string(next_) + note_ + "\n";
        if (::write(file_, line.data(), line.size()) < 0) fail("nobody listens any more");
    }
    [[nodiscard]] bool done() const { return mark_ == marks_.size(); }
    /// Goes with the next line.
    void note(const std::string& text) { note_ = " " + text; }

  private:
    int file_;
    std::vector<std::uint64_t> marks_;
    std::size_t mark_ = 0;
    std::uint64_t next_ = 0;
    std::string note_;
};

}  // namespace bench
