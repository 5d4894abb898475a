#pragma once
/// \file
/// A received JSON text as a read-only tree in one arena; the only door through which JSON from others
/// enters. Source: spec "Encoding"; RFC 8259, with what Python's json module takes besides (NaN, Infinity,
/// lone surrogates).

#include "encoding/value.h"
#include "util/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fedmsg::encoding {

/// Brackets open at once; deeper input is an error. The reference cases reach 500.
inline constexpr int max_depth = 500;
/// Digits of an integer; more is an error, as in Python 3.11.
inline constexpr std::size_t max_integer_digits = 4300;

/// Why a text is not one JSON value, and where.
struct ParseError {
    enum class Reason : std::uint8_t { syntax, too_deep, integer_too_long, not_utf8, trailing_text, empty };
    Reason reason;
    std::size_t offset;  ///< bytes from the start of the text
    std::size_t line;    ///< from 1
    std::size_t column;  ///< from 1, in characters
    const char* detail;  ///< static text: "expected ',' or '}'"
};

/// "line 3, column 7: expected ',' or '}'"
std::string to_string(const ParseError& error);

struct Member;

/// A value inside a Document: 16 bytes, copied freely, valid for as long as its document.
class Node {
  public:
    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] bool is_object() const { return kind_ == Kind::object; }
    [[nodiscard]] bool is_string() const { return kind_ == Kind::string; }

    /// string: its characters in UTF-8 (a lone surrogate in its three-byte form); integer: its canonical
    /// digits; real: the digits as received (`1E5`), or NaN, Infinity, -Infinity; other kinds: empty.
    [[nodiscard]] std::string_view text() const;
    /// False unless this is `true`.
    [[nodiscard]] bool boolean() const { return kind_ == Kind::boolean && size_ != 0; }
    /// Nothing unless this is an integer of 64 bits.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    /// An integer or a real, as the nearest double; an overflow is an infinity.
    [[nodiscard]] std::optional<double> number() const;
    /// Empty unless this is an array.
    [[nodiscard]] std::span<const Node> elements() const;
    /// In input order; of duplicate keys, the last value at the place of the first. Empty unless this is an
    /// object.
    [[nodiscard]] std::span<const Member> members() const;
    /// True of an object whose members are sorted by key.
    [[nodiscard]] bool is_sorted() const { return sorted_; }
    /// The member under `key`; null when this is no object or has none.
    [[nodiscard]] const Node* find(std::string_view key) const;
    /// The string under `key`; nothing when it is absent or no string.
    [[nodiscard]] std::optional<std::string_view> find_string(std::string_view key) const;
    /// As Python's `bool(value)`.
    [[nodiscard]] bool truthy() const;

  private:
    friend class DocumentBuilder;
    Kind kind_ = Kind::null;
    bool sorted_ = false;     // an object whose keys are in order already
    std::uint32_t size_ = 0;  // characters, elements or members; 1 for `true`
    union {
        const char* text_ = nullptr;
        const Node* elements_;
        const Member* members_;
    };
};

struct Member {
    std::string_view key;
    Node value;
};

/// Movable, not copyable; nodes stay valid when it moves.
class Document {
  public:
    /// \param text  any bytes at all, hostile ones included; copied once. 4 GiB and more are an error.
    ///
    /// Safe to call from several threads. About 1 ns a byte; memory up to 20 times the text (`[0,0,0`).
    [[nodiscard]] static Result<Document, ParseError> parse(std::string_view text);

    [[nodiscard]] Node root() const { return root_; }

  private:
    friend class DocumentBuilder;
    Document() = default;
    struct Arena;
    struct Free {
        void operator()(Arena*) const;
    };
    std::unique_ptr<Arena, Free> arena_;
    Node root_;
};

/// A changeable deep copy.
Value to_value(Node node);

/// Document::parse, then to_value: for what is read once, such as a configuration file.
[[nodiscard]] Result<Value, ParseError> loads(std::string_view text);

}  // namespace fedmsg::encoding
