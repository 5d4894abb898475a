#pragma once
/// \file
/// What can be said about a message. Source: spec "Functions"; fedmsg 1.1.7, `fedmsg.meta`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fedmsg::meta {

enum class Field : std::uint8_t {
    title,
    subtitle,
    long_form,
    link,
    icon,
    secondary_icon,
    usernames,
    agent,
    packages,
    objects,
    emails,
    avatars,
    subjective,
    lexer,
};
inline constexpr std::size_t fields = 14;

/// What a field's value is.
enum class Shape : std::uint8_t {
    text,           ///< a string, empty where there is nothing to say
    optional_text,  ///< a string or null
    set,            ///< a list of strings, sorted, each once
    ids,            ///< the same, in which numbers stay numbers
    map,            ///< an object of strings, sorted by key
};

struct FieldTraits {
    Field field;
    std::string_view name;
    Shape shape;
};

/// In the order of the enumerators.
inline constexpr std::array<FieldTraits, fields> field_traits{{
    {Field::title, "title", Shape::text},
    {Field::subtitle, "subtitle", Shape::text},
    {Field::long_form, "long_form", Shape::text},
    {Field::link, "link", Shape::optional_text},
    {Field::icon, "icon", Shape::optional_text},
    {Field::secondary_icon, "secondary_icon", Shape::optional_text},
    {Field::usernames, "usernames", Shape::set},
    {Field::agent, "agent", Shape::optional_text},
    {Field::packages, "packages", Shape::set},
    {Field::objects, "objects", Shape::ids},
    {Field::emails, "emails", Shape::map},
    {Field::avatars, "avatars", Shape::map},
    {Field::subjective, "subjective", Shape::text},
    {Field::lexer, "lexer", Shape::optional_text},
}};

[[nodiscard]] constexpr const FieldTraits& traits(Field field) {
    return field_traits[static_cast<std::size_t>(field)];
}
[[nodiscard]] constexpr std::string_view name(Field field) { return traits(field).name; }
[[nodiscard]] constexpr std::optional<Field> field_named(std::string_view name) {
    for (const auto& t : field_traits)
        if (t.name == name) return t.field;
    return {};
}

}  // namespace fedmsg::meta
