#include "config/sources.h"

#include "encoding/relaxed.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace fedmsg {
namespace {

std::string environment_variable(const char* name) {
    const char* value =
        std::getenv(name);  // NOLINT(concurrency-mt-unsafe): at start, before there are threads
    return value ? value : "";
}

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): as above

enum class FileKind { none, file, folder, other };

FileKind kind_of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return FileKind::none;
    if (S_ISREG(status.st_mode)) return FileKind::file;
    return S_ISDIR(status.st_mode) ? FileKind::folder : FileKind::other;
}

/// Appends the folder's files in the order of their names. Says why not when it cannot be listed.
std::optional<std::string> add_folder(const std::string& folder, FoundFiles& found) {
    struct Close {
        void operator()(DIR* dir) const { closedir(dir); }
    };
    const std::unique_ptr<DIR, Close> dir{opendir(folder.c_str())};
    if (!dir) return reason();
    std::vector<std::string> names;
    while (const dirent* entry = readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): our own DIR
        const std::string_view name = entry->d_name;
        if (name.ends_with(".py") || name.ends_with(".json")) names.emplace_back(name);
        if (names.size() > most_files_in_folder) {
            found.errors.push_back(
                {folder, "holds more than " + std::to_string(most_files_in_folder) + " configuration files"});
            return std::nullopt;
        }
    }
    std::ranges::sort(names);
    for (const std::string& name : names) {
        std::string path = folder + "/" + name;
        const FileKind kind = kind_of(path);
        if (kind == FileKind::none) found.warnings.push_back({path, "leads to nothing, and is skipped"});
        if (kind == FileKind::file) found.paths.push_back(std::move(path));
    }
    return std::nullopt;
}

/// What the operator named must be there.
void add_named(const std::string& name, const SearchPaths& search, const char* asked_by, FoundFiles& found) {
    if (name.empty()) return found.errors.push_back({asked_by, "names no file"});
    std::string path = name.starts_with('/') ? name : search.working_directory + "/" + name;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (kind_of(path) != FileKind::folder) {
        found.paths.push_back(path);  // absent ones included: reading says so
    } else if (const auto error = add_folder(path, found)) {
        found.errors.push_back({asked_by, "cannot read the folder " + path + ": " + *error});
    }
}

Result<std::string, Finding> read_text(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) return Finding{path, "cannot be read: " + reason()};
    struct Close {
        int file;
        ~Close() { close(file); }
    } const guard{file};
    struct stat status {};
    if (fstat(file, &status) != 0) return Finding{path, "cannot be read: " + reason()};
    if (S_ISDIR(status.st_mode)) return Finding{path, "cannot be read: it is a folder"};

    // Also for what has no size beforehand, such as a pipe from a shell's <(…).
    std::string text;
    constexpr std::size_t chunk = 16 * 1024;
    const std::size_t expected = status.st_size > 0 ? static_cast<std::size_t>(status.st_size) : chunk;
    for (std::size_t used = 0;;) {
        if (used > largest_config_file) {
            return Finding{path, "is larger than " + std::to_string(largest_config_file) + " bytes"};
        }
        text.resize(used + (used == 0 ? std::min(expected, largest_config_file) + 1 : chunk));
        const ssize_t got = read(file, text.data() + used, text.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Finding{path, "cannot be read: " + reason()};
        used += static_cast<std::size_t>(got);
        text.resize(used);
        if (got == 0) return {boost::system::in_place_value, std::move(text)};
    }
}

Result<ConfigFile, Finding> read_json(const std::string& path, std::string_view text) {
    auto relaxed = encoding::loads_relaxed(text);
    if (!relaxed) {
        const encoding::ParseError& error = relaxed.error();
        return Finding{path + ":" + std::to_string(error.line) + ":" + std::to_string(error.column),
                       error.detail};
    }
    if (!relaxed->value.object()) {
        return Finding{
            path, "holds " + std::string{to_string(relaxed->value.kind())} + ": must be one object, {…}"};
    }
    ConfigFile result;
    result.values = std::move(*relaxed->value.object());
    std::string outer;
    for (encoding::KeyLine& at : relaxed->keys) {
        const int line = static_cast<int>(at.line);
        if (at.inner) {
            result.lines.push_back({outer, std::move(at.key), line});
        } else {
            outer = at.key;
            result.lines.push_back({std::move(at.key), std::nullopt, line});
        }
    }
    return result;
}

Result<ConfigFile, Finding> read_dialect(const std::string& path, std::string_view text,
                                         const dialect::HostFacts& facts) {
    const auto finding = [](const dialect::Error& error) {
        const std::string at = std::to_string(error.at.line) + ":" + std::to_string(error.at.column);
        return Finding{error.file + ":" + at,
                       error.what + (error.way_out.empty() ? "" : ": " + error.way_out)};
    };
    auto evaluated = dialect::evaluate(text, path, facts);
    if (!evaluated) return finding(evaluated.error());
    ConfigFile result;
    result.values = std::move(evaluated->config);
    for (const auto& [key, position] : evaluated->positions) {
        result.lines.push_back({key, std::nullopt, position.line});
    }
    for (const dialect::Error& warning : evaluated->warnings) result.warnings.push_back(finding(warning));
    return result;
}

}  // namespace

SearchPaths SearchPaths::of_this_process() {
    SearchPaths paths;
    paths.home = environment_variable("HOME");
    if (paths.home.empty()) {
        const passwd* user = getpwuid(getuid());  // NOLINT(concurrency-mt-unsafe): at start
        if (user) paths.home = user->pw_dir;
    }
    const std::unique_ptr<char, decltype(&std::free)> here{getcwd(nullptr, 0), &std::free};
    paths.working_directory = here ? here.get() : ".";  // the folder can be gone
    paths.virtual_env = environment_variable("VIRTUAL_ENV");
    paths.fedmsg_config = environment_variable("FEDMSG_CONFIG");
    return paths;
}

FoundFiles find_config_files(const SearchPaths& search, const std::optional<std::string>& config_filename) {
    FoundFiles found;
    if (config_filename) {
        add_named(*config_filename, search, "--config-filename", found);
        return found;
    }
    if (!search.fedmsg_config.empty()) {
        add_named(search.fedmsg_config, search, "$FEDMSG_CONFIG", found);
        return found;
    }
    std::vector<std::string> folders{search.etc + "/fedmsg.d", search.home + "/.fedmsg.d",
                                     search.working_directory + "/fedmsg.d"};
    if (!search.virtual_env.empty()) folders.push_back(search.virtual_env + "/etc/fedmsg.d");
    for (const std::string& folder : folders) add_folder(folder, found);  // absent or closed to us: skipped
    for (const std::string& file : {search.etc + "/fedmsg-config.py", search.home + "/.fedmsg-config.py",
                                    search.working_directory + "/fedmsg-config.py"}) {
        if (kind_of(file) == FileKind::file) found.paths.push_back(file);
    }
    return found;
}

Result<ConfigFile, Finding> read_config_file(const std::string& path, const dialect::HostFacts& facts) {
    const auto text = read_text(path);
    if (!text) return text.error();
    return path.ends_with(".json") ? read_json(path, *text) : read_dialect(path, *text, facts);
}

}  // namespace fedmsg
