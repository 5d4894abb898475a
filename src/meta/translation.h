#pragma once
/// \file
/// Texts in the language of the user: gettext(3), domain `fedmsg`. The catalogues are made from po/*.po.

#include <cstdint>
#include <string>

namespace fedmsg::meta {

/// From now on texts are in the language of the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG). Without
/// this call, or a catalogue of that language, they are English.
/// \param folder  of the catalogues; empty: where they are installed, or beside the executable of a build
void use_language_of_environment(const std::string& folder = {});

/// The translation of `text`, or `text` itself. UTF-8.
[[nodiscard]] std::string translate(const std::string& text);
/// The form for `n` of what is `one` or `many` in English.
[[nodiscard]] std::string translate_plural(const std::string& one, const std::string& many, std::int64_t n);

}  // namespace fedmsg::meta
