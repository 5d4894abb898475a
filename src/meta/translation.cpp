#include "meta/translation.h"

#include "meta/installed.h"

#include <libintl.h>

#include <clocale>

namespace fedmsg::meta {
namespace {

constexpr const char* domain = "fedmsg";
bool translated = false;

}  // namespace

void use_language_of_environment(const std::string& folder) {
    std::setlocale(LC_MESSAGES, "");
    ::bindtextdomain(domain, (folder.empty() ? installed_folder("locale") : folder).c_str());
    ::bind_textdomain_codeset(domain, "UTF-8");
    translated = true;
}

std::string translate(const std::string& text) {
    // The translation of the empty text is the head of the catalogue.
    return translated && !text.empty() ? ::dgettext(domain, text.c_str()) : text;
}

std::string translate_plural(const std::string& one, const std::string& many, std::int64_t n) {
    if (!translated) return n == 1 ? one : many;
    const auto number =
        n < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    return ::dngettext(domain, one.c_str(), many.c_str(), number);
}

}  // namespace fedmsg::meta
