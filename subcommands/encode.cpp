/// fedmsg encode: the reference encoder as a filter. Manual: man/fedmsg-encode.1
#include "cli/call.h"
#include "encoding/splitter.h"
#include "encoding/write.h"
#include "loop/input.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/output.h"

#include <unistd.h>

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    bool pretty = false, sort_keys = false, unicode = false, document = false;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.flag("pretty", a.pretty, "indented, keys in the order of the input");
    options.flag("sort-keys", a.sort_keys, "with --pretty: keys sorted");
    options.flag("unicode", a.unicode, "real characters instead of \\uXXXX, for human eyes");
    options.flag("document", a.document, "the input must be exactly one value");
    return options;
}

/// Encodes every value that is complete. \param flush  while there is more to come. \throws SetupError naming
/// line and column
std::size_t encode(encoding::Splitter& values, const encoding::Style& style, bool flush) {
    std::size_t count = 0;
    for (auto value = values.next(); value; value = values.next()) {
        if (!*value) {
            if (flush) output().flush();  // what came before is good
            throw SetupError("standard input: " + to_string(value->error()));
        }
        ++count;
        encoding::write((*value)->root(), style, output().buffer());
        output().write("\n");
        if (flush) output().flush_if_large();
    }
    return count;
}

asio::awaitable<void> encode_all(Loop& loop, encoding::Style style, bool one) {
    Input input{loop, STDIN_FILENO};
    encoding::Splitter values;
    std::size_t count = 0;
    bool more = true;
    while (more) {
        const auto chunk = co_await input.read();
        more = chunk.has_value();
        if (more)
            values.feed(*chunk);
        else
            values.finish();
        count += encode(values, style, !one);
        if (one && count > 1)
            throw SetupError("standard input: --document takes one value, and there is another one");
        if (!one) output().flush();  // otherwise when it is known that there is only one
    }
    if (one && count == 0) throw SetupError("standard input: --document takes one value, and there is none");
}

void run(cli::Call& call) {
    Arguments a;
    call.parse_without_config(describe(a));
    if (a.sort_keys && !a.pretty) throw UsageError("--sort-keys goes with --pretty: lines are always sorted");
    const encoding::Style style{
        .sort_keys = a.sort_keys || !a.pretty, .indented = a.pretty, .unicode = a.unicode};
    Loop loop;
    loop.run(encode_all(loop, style, a.document));
}

}  // namespace

const cli::Subcommand encode{.name = "encode",
                             .summary = "write JSON as it is signed and published",
                             .group = cli::Group::inspect,
                             .run = run};

}  // namespace fedmsg::subcommands
