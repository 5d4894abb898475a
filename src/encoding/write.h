#pragma once
/// \file
/// JSON text, byte for byte as Python's json module writes it. Source: spec "Encoding".

#include "encoding/document.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fedmsg::encoding {

/// An escape sequence of a terminal: a literal of at most sixteen bytes.
class Colour {
  public:
    static constexpr std::size_t room = 16;

    constexpr Colour() = default;
    consteval Colour(const char* text) {
        while (*text != '\0') bytes_[size_++] = *text++;
    }

    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    /// `room` bytes, of which those behind the first size() are NUL.
    [[nodiscard]] constexpr const char* bytes() const { return bytes_.data(); }

  private:
    std::array<char, room> bytes_{};
    std::uint8_t size_ = 0;
};

/// What is put before a token of each kind; `reset` follows each coloured token. An empty colour is none.
struct Palette {
    Colour key{}, string{}, number{}, literal{}, reset{};
};

struct Style {
    bool sort_keys = true;  ///< by code point
    bool indented = false;  ///< two spaces a level, `": "` and `,\n`; compact otherwise
    bool unicode =
        false;  ///< real characters instead of \uXXXX, for human eyes; control characters stay escaped
    const Palette* palette = nullptr;  ///< null: no colour
};

/// The form that is signed and published: sorted keys, no white space, ASCII.
inline constexpr Style canonical{};
/// What `pretty_dumps` of the Python system gives.
inline constexpr Style pretty{.sort_keys = false, .indented = true};

/// Appends to `out`.
void write(Node node, const Style& style, std::string& out);
void write(const Value& value, const Style& style, std::string& out);
/// An object that consists of these, which must be from documents.
void write(std::span<const Member> members, const Style& style, std::string& out);
/// Appends a JSON string with its quotes. \param text  UTF-8, lone surrogates in three-byte form
void write_string(std::string_view text, std::string& out, bool unicode = false);
/// Appends Python's repr of a double: shortest digits that round-trip.
void write_double(double number, std::string& out);

std::string dumps(Node node, const Style& style = canonical);
std::string dumps(const Value& value, const Style& style = canonical);
/// dumps(value, pretty)
std::string pretty_dumps(const Value& value);

}  // namespace fedmsg::encoding
