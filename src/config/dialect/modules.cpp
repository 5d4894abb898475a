/// \file
/// The modules that may be imported. What they tell of the machine comes from HostFacts alone.
#include "config/dialect/builtins.h"
#include "config/dialect/operations.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

constexpr Module modules[] = {{"getpass"},  {"multiprocessing"}, {"os"},     {"os.path"},
                              {"platform"}, {"posixpath"},       {"socket"}, {"sys"}};

/// Python 3.11, sys.stdlib_module_names, without those of its own use and those above.
constexpr std::string_view library_modules[] = {
    "abc",          "aifc",         "antigravity", "argparse",
    "array",        "ast",          "asynchat",    "asyncio",
    "asyncore",     "atexit",       "audioop",     "base64",
    "bdb",          "binascii",     "bisect",      "builtins",
    "bz2",          "cProfile",     "calendar",    "cgi",
    "cgitb",        "chunk",        "cmath",       "cmd",
    "code",         "codecs",       "codeop",      "collections",
    "colorsys",     "compileall",   "concurrent",  "configparser",
    "contextlib",   "contextvars",  "copy",        "copyreg",
    "crypt",        "csv",          "ctypes",      "curses",
    "dataclasses",  "datetime",     "dbm",         "decimal",
    "difflib",      "dis",          "distutils",   "doctest",
    "email",        "encodings",    "ensurepip",   "enum",
    "errno",        "faulthandler", "fcntl",       "filecmp",
    "fileinput",    "fnmatch",      "fractions",   "ftplib",
    "functools",    "gc",           "genericpath", "getopt",
    "gettext",      "glob",         "graphlib",    "grp",
    "gzip",         "hashlib",      "heapq",       "hmac",
    "html",         "http",         "idlelib",     "imaplib",
    "imghdr",       "imp",          "importlib",   "inspect",
    "io",           "ipaddress",    "itertools",   "json",
    "keyword",      "lib2to3",      "linecache",   "locale",
    "logging",      "lzma",         "mailbox",     "mailcap",
    "marshal",      "math",         "mimetypes",   "mmap",
    "modulefinder", "netrc",        "nis",         "nntplib",
    "ntpath",       "nturl2path",   "numbers",     "opcode",
    "operator",     "optparse",     "ossaudiodev", "pathlib",
    "pdb",          "pickle",       "pickletools", "pipes",
    "pkgutil",      "plistlib",     "poplib",      "posix",
    "pprint",       "profile",      "pstats",      "pty",
    "pwd",          "py_compile",   "pyclbr",      "pydoc",
    "pydoc_data",   "pyexpat",      "queue",       "quopri",
    "random",       "re",           "readline",    "reprlib",
    "resource",     "rlcompleter",  "runpy",       "sched",
    "secrets",      "select",       "selectors",   "shelve",
    "shlex",        "shutil",       "signal",      "site",
    "smtpd",        "smtplib",      "sndhdr",      "socketserver",
    "spwd",         "sqlite3",      "sre_compile", "sre_constants",
    "sre_parse",    "ssl",          "stat",        "statistics",
    "string",       "stringprep",   "struct",      "subprocess",
    "sunau",        "symtable",     "sysconfig",   "syslog",
    "tabnanny",     "tarfile",      "telnetlib",   "tempfile",
    "termios",      "textwrap",     "this",        "threading",
    "time",         "timeit",       "tkinter",     "token",
    "tokenize",     "tomllib",      "trace",       "traceback",
    "tracemalloc",  "tty",          "turtle",      "turtledemo",
    "types",        "typing",       "unicodedata", "unittest",
    "urllib",       "uu",           "uuid",        "venv",
    "warnings",     "wave",         "weakref",     "webbrowser",
    "wsgiref",      "xdrlib",       "xml",         "xmlrpc",
    "zipapp",       "zipfile",      "zipimport",   "zlib",
    "zoneinfo",
};

std::string_view path_argument(Machine& m, Value v, std::string_view function) {
    if (v.is(Type::string)) return v.string->text;
    m.raise("TypeError",
            std::string{function} +
                (function == "join"
                     ? "() argument must be str, bytes, or os.PathLike object, not '" +
                           std::string{type_name(v)} + "'"
                     : ": expected str, bytes or os.PathLike object, not " + std::string{type_name(v)}));
}

// os

Value environment(Machine& m) {
    if (m.environment) return m.environment;
    Dict* made = m.dict();
    for (const auto& [name, value] : m.facts.environment) made->set(m, m.text(name), m.text(value), m.at);
    made->read_only = true;
    return m.environment = made;
}

Value getcwd(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    if (m.facts.working_directory.empty())
        m.raise(*find_exception("FileNotFoundError"),
                m.tuple({std::int64_t{2}, m.text("No such file or directory")}));
    return m.text(m.facts.working_directory);
}

Value getenv(Machine& m, Value, const Arguments& a) {
    const auto [name, fallback] = fit_arguments<2>(m, a, {"key", "default"}, 1);
    if (!name.is(Type::string)) m.raise("TypeError", "str expected, not " + std::string{type_name(name)});
    const auto found = m.facts.environment.find(std::string{name.string->text});
    if (found != m.facts.environment.end()) return m.text(found->second);
    return fallback ? fallback : Value::none();
}

Value getpid(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return std::int64_t{m.facts.pid};
}

Value uname(Machine& m, Value, const Arguments& a) {
    constexpr static std::string_view fields[] = {"sysname", "nodename", "release", "version", "machine"};
    no_arguments(m, a);
    const auto& kernel = m.facts.kernel;
    const std::array<Value, 5> values{m.text(kernel.name), m.text(m.facts.hostname), m.text(kernel.release),
                                      m.text(kernel.version), m.text(kernel.machine)};
    return m.tuple(values, fields);
}

Value cpu_count(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return std::int64_t{m.facts.cpu_count};
}

// os.path

Value join(Machine& m, Value, const Arguments& a) {
    if (a.positional.empty()) m.raise("TypeError", "join() missing 1 required positional argument: 'a'");
    if (!a.keywords.empty()) m.refuse("a keyword argument of os.path.join");
    std::string path{path_argument(m, a.positional[0], "join")};
    for (const Value part : a.positional.subspan(1)) {
        path = join_paths(path, path_argument(m, part, "join"));
        m.check_text(path.size());
        m.tick_bytes(path.size());
    }
    return m.text(path);
}

Value abspath(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"path"}, 1);
    const std::string_view given = path_argument(m, path, "abspath");
    m.tick(given.size() / 8);
    const Value folder = given.starts_with('/') ? path : getcwd(m, {}, {});
    return m.text(normalize_path(join_paths(folder.string->text, given)));
}

Value normpath(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"path"}, 1);
    m.tick(path_argument(m, path, "normpath").size() / 8);
    return m.text(normalize_path(path.string->text));
}

Value isabs(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"s"}, 1);
    return path_argument(m, path, "isabs").starts_with('/');
}

Value dirname(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"p"}, 1);
    return m.text(split_path(path_argument(m, path, "dirname")).first);
}

Value basename(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"p"}, 1);
    return m.text(split_path(path_argument(m, path, "basename")).second);
}

Value pair(Machine& m, std::pair<std::string_view, std::string_view> parts) {
    return m.tuple({m.text(parts.first), m.text(parts.second)});
}

Value split(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"p"}, 1);
    return pair(m, split_path(path_argument(m, path, "split")));
}

Value splitext(Machine& m, Value, const Arguments& a) {
    const auto [path] = fit_arguments<1>(m, a, {"p"}, 1);
    return pair(m, split_extension(path_argument(m, path, "splitext")));
}

Value expanduser(Machine& m, Value, const Arguments& a) {
    const auto [given] = fit_arguments<1>(m, a, {"path"}, 1);
    const std::string_view path = path_argument(m, given, "expanduser");
    if (!path.starts_with('~')) return given;
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 1) m.refuse("the home of another user, `" + std::string{path.substr(0, end)} + "`,");
    std::string home = m.facts.home.empty() && m.facts.account ? m.facts.account().home : m.facts.home;
    while (home.ends_with('/')) home.pop_back();
    const std::string expanded = home + std::string{path.substr(1)};
    return m.text(expanded.empty() ? "/" : expanded);
}

template <char kind>
Value file_is(Machine& m, Value, const Arguments& a) {
    constexpr std::string_view function = kind == 'f' ? "isfile" : kind == 'd' ? "isdir" : "exists";
    const auto [path] = fit_arguments<1>(m, a, {kind == 'd' ? "s" : "path"}, 1);
    const std::string name{path_argument(m, path, function)};
    m.tick(100);  // a system call
    // No file has such a name, and the system would look for the part before the NUL.
    if (name.find('\0') != std::string::npos) return false;
    const char found = m.facts.file_kind ? m.facts.file_kind(name) : '\0';
    return kind == 'e' ? found != '\0' : found == kind;
}

// The others.

Value gethostname(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return m.text(m.facts.hostname);
}

Value getfqdn(Machine& m, Value, const Arguments& a) {
    const auto [name] = fit_arguments<1>(m, a, {"name"}, 0);
    if (name &&
        !(name.is(Type::string) && (name.string->text.empty() || name.string->text == m.facts.hostname)))
        m.refuse("`socket.getfqdn` of another host");
    m.tick(10'000);  // may ask the network
    return m.text(m.facts.fqdn ? m.facts.fqdn() : m.facts.hostname);
}

Value gethostbyname(Machine& m, Value, const Arguments& a) {
    const auto [name] = fit_arguments<1>(m, a, {""}, 1);
    if (!name.is(Type::string))
        m.raise("TypeError", "gethostbyname() argument 1 must be str, bytes or bytearray, not " +
                                 std::string{type_name(name)});
    m.tick(10'000);  // may ask the network
    const std::string address =
        m.facts.resolve ? m.facts.resolve(std::string{name.string->text}) : std::string{};
    if (address.empty())
        m.raise(*find_exception("gaierror"),
                m.tuple({std::int64_t{-2}, m.text("Name or service not known")}));
    return m.text(address);
}

Value getuser(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return m.text(m.facts.user.empty() && m.facts.account ? m.facts.account().name : m.facts.user);
}

Value kernel_name(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return m.text(m.facts.kernel.name);
}

Value kernel_release(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return m.text(m.facts.kernel.release);
}

Value kernel_machine(Machine& m, Value, const Arguments& a) {
    no_arguments(m, a);
    return m.text(m.facts.kernel.machine);
}

Value exit(Machine& m, Value, const Arguments& a) {
    m.raise(*find_exception("SystemExit"), m.tuple(a.positional));
}

/// The Python whose answers these are.
Value version_info(Machine& m) {
    constexpr static std::string_view fields[] = {"major", "minor", "micro", "releaselevel", "serial"};
    const std::array<Value, 5> values{std::int64_t{3}, std::int64_t{11}, std::int64_t{2}, m.text("final"),
                                      std::int64_t{0}};
    return m.tuple(values, fields);
}

Value os_path(Machine& m) { return import_module(m, "os.path"); }
Value os_error(Machine&) { return find_exception("OSError"); }
Value address_error(Machine&) { return find_exception("gaierror"); }
Value largest_size(Machine&) { return INT64_MAX; }

struct Member {
    std::string_view module, name;
    Value (*run)(Machine&, Value, const Arguments&);
    std::string_view text{};
    Value (*value)(Machine&) = nullptr;
};

constexpr Member members[] = {
    {"getpass", "getuser", getuser},
    {"multiprocessing", "cpu_count", cpu_count},
    {"os", "cpu_count", cpu_count},
    {"os", "curdir", nullptr, "."},
    {"os", "environ", nullptr, {}, environment},
    {"os", "error", nullptr, {}, os_error},
    {"os", "getcwd", getcwd},
    {"os", "getenv", getenv},
    {"os", "getpid", getpid},
    {"os", "linesep", nullptr, "\n"},
    {"os", "name", nullptr, "posix"},
    {"os", "pardir", nullptr, ".."},
    {"os", "path", nullptr, {}, os_path},
    {"os", "pathsep", nullptr, ":"},
    {"os", "sep", nullptr, "/"},
    {"os", "uname", uname},
    {"os.path", "abspath", abspath},
    {"os.path", "basename", basename},
    {"os.path", "dirname", dirname},
    {"os.path", "exists", file_is<'e'>},
    {"os.path", "expanduser", expanduser},
    {"os.path", "isabs", isabs},
    {"os.path", "isdir", file_is<'d'>},
    {"os.path", "isfile", file_is<'f'>},
    {"os.path", "join", join},
    {"os.path", "normpath", normpath},
    {"os.path", "pathsep", nullptr, ":"},
    {"os.path", "sep", nullptr, "/"},
    {"os.path", "split", split},
    {"os.path", "splitext", splitext},
    {"platform", "machine", kernel_machine},
    {"platform", "node", gethostname},
    {"platform", "release", kernel_release},
    {"platform", "system", kernel_name},
    {"socket", "error", nullptr, {}, os_error},
    {"socket", "gaierror", nullptr, {}, address_error},
    {"socket", "getfqdn", getfqdn},
    {"socket", "gethostbyname", gethostbyname},
    {"socket", "gethostname", gethostname},
    {"sys", "exit", exit},
    {"sys", "maxsize", nullptr, {}, largest_size},
    {"sys", "platform", nullptr, "linux"},
    {"sys", "version_info", nullptr, {}, version_info},
};

/// Built-ins of modules need a BuiltinInfo that outlives all machines.
constexpr auto infos = [] {
    std::array<BuiltinInfo, std::size(members)> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = {members[i].name, members[i].run};
    return made;
}();

}  // namespace

Value import_module(Machine& m, std::string_view name) {
    const auto found = std::ranges::find(modules, name, &Module::name);
    if (found != std::end(modules)) return &*found;
    const std::string_view top = name.substr(0, name.find('.'));
    if (top == "multiprocessing" || std::ranges::binary_search(library_modules, top))
        return m.make<Module>(m.str(name)->text, true);
    return {};
}

Value import_from(Machine& m, const Module& module, const Str& name) {
    const std::string_view in = module.name == "posixpath" ? "os.path" : module.name;
    for (std::size_t i = 0; i < std::size(members); ++i) {
        const Member& member = members[i];
        if (module.foreign || member.module != in || member.name != name.text) continue;
        if (member.run) return m.make<Builtin>(&infos[i]);
        return member.value ? member.value(m) : m.text(member.text);
    }
    return Value::foreign(m.str(std::string{module.name} + "." + std::string{name.text}));
}

// As posixpath does it, two leading slashes included.

std::string join_paths(std::string_view path, std::string_view next) {
    if (next.starts_with('/')) return std::string{next};
    std::string joined{path};
    if (!path.empty() && !path.ends_with('/')) joined += '/';
    return joined.append(next);
}

std::string normalize_path(std::string_view path) {
    if (path.empty()) return ".";
    const std::size_t slashes = std::min(path.find_first_not_of('/'), path.size());
    const std::size_t leading = slashes == 0 ? 0 : slashes == 2 ? 2 : 1;
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".") continue;
        if (part != ".." || (leading == 0 && parts.empty()) || (!parts.empty() && parts.back() == ".."))
            parts.push_back(part);
        else if (!parts.empty())
            parts.pop_back();
    }
    std::string out(leading, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += '/';
        out += parts[i];
    }
    return out.empty() ? "." : out;
}

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
    const std::size_t tail = path.rfind('/') + 1;  // 0 when there is none
    std::string_view head = path.substr(0, tail);
    const std::size_t last = head.find_last_not_of('/');
    if (last != std::string_view::npos) head = head.substr(0, last + 1);
    return {head, path.substr(tail)};
}

std::pair<std::string_view, std::string_view> split_extension(std::string_view path) {
    const std::size_t name = path.rfind('/') + 1, dot = path.rfind('.');
    // Leading dots start no extension.
    const bool any = dot != std::string_view::npos && dot > name &&
                     path.substr(name, dot - name).find_first_not_of('.') != std::string_view::npos;
    return any ? std::pair{path.substr(0, dot), path.substr(dot)} : std::pair{path, path.substr(path.size())};
}

}  // namespace fedmsg::dialect
