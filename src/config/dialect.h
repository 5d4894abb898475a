#pragma once
/// \file
/// Evaluates a `fedmsg.d/*.py` file: the subset of Python that such files use, bounded in steps, depth and
/// size. Executes nothing, opens nothing; of the machine it sees only HostFacts. Source: spec "The dialect of
/// *.py files".

#include "encoding/value.h"
#include "util/result.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::dialect {

/// What a file may learn about its host. The members are the answers, so that tests can give other ones.
struct HostFacts {
    std::string hostname;               ///< socket.gethostname(), platform.node()
    std::function<std::string()> fqdn;  ///< socket.getfqdn(): may ask DNS, so only when it is called
    std::function<std::string(std::string)> resolve;  ///< socket.gethostbyname(name); empty: unknown host
    std::map<std::string, std::string> environment;   ///< os.environ
    std::string working_directory;                    ///< os.getcwd()
    std::string user;                                 ///< getpass.getuser(); empty: see `account`
    std::string home;                                 ///< what `~` stands for; empty: see `account`
    int cpu_count = 1;                                ///< multiprocessing.cpu_count()
    int pid = 0;                                      ///< os.getpid()
    /// os.path.exists, isfile, isdir: 'f' file, 'd' folder, '\0' absent, and another character for what else
    /// there is.
    std::function<char(const std::string&)> file_kind;

    /// Of the user database. Asked only for what `user` or `home` leaves empty: it may be far away.
    struct Account {
        std::string name, home;
    };
    std::function<Account()> account;

    /// os.uname(), platform.system(), release(), machine()
    struct Kernel {
        std::string name = "Linux", release, version, machine;
    };
    Kernel kernel;

    /// Those of this machine and process. Quick: names are resolved only when a file asks.
    static HostFacts of_this_host();
};

struct Position {
    int line = 0;    ///< from 1
    int column = 0;  ///< from 1, in characters
};

/// Why a file cannot be evaluated.
struct Error {
    std::string file;
    Position at;
    std::string what;  ///< "`class` is outside of the configuration dialect"
    std::string
        way_out;  ///< "write this value as a literal, or put it in a .json file next to it"; can be empty
};

/// "/etc/fedmsg.d/x.py:3:1: what: way out"
std::string to_string(const Error& error);

struct Evaluated {
    encoding::Object config;                    ///< the dict named `config`
    std::map<std::string, Position> positions;  ///< top-level key of `config` -> where it was last set
    std::vector<Error>
        warnings;  ///< a lambda that became null, an import outside of the dialect that was caught, …
};

/// \param text  the whole file; \param file  its name, for messages only
/// Never hangs, never crashes: more than the documented number of steps, levels or bytes is an Error.
Result<Evaluated, Error> evaluate(std::string_view text, const std::string& file, const HostFacts& facts);

}  // namespace fedmsg::dialect
