#include "subcommands/message_lines.h"

#include "encoding/splitter.h"
#include "loop/input.h"
#include "loop/ordered_pool.h"
#include "loop/until_stopped.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"
#include "util/utf8.h"

#include <set>
#include <vector>

namespace fedmsg::subcommands {
namespace {

/// Complaints of other wording that are remembered, so that each is told once.
constexpr std::size_t most_complaints = 1000;

struct Batch {
    struct Complaint {
        std::size_t line;  // in the batch, from 0
        std::string text;
    };
    std::string out;
    std::size_t lines = 0, bad = 0;
    std::vector<Complaint> complaints;
};

LineResult work_on_line(std::string_view line, const LineWork& work, std::string& out) {
    const auto document = encoding::Document::parse(line);
    if (!document) {
        // One line of input: of its own position only the column tells something.
        return work(nullptr,
                    "column " + std::to_string(document.error().column) + ": " + document.error().detail,
                    out);
    }
    const auto root = document->root();
    if (!root.is_object())
        return work(nullptr, "it is " + std::string{to_string(root.kind())} + ", not an object", out);
    return work(&root, {}, out);
}

/// \param text  whole lines; the last one may lack its end
Batch work_on_batch(std::string_view text, const LineWork& work) {
    Batch batch;
    for (; !text.empty(); ++batch.lines) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (rstrip(line).empty()) continue;
        auto result = work_on_line(line, work, batch.out);
        if (!result.good) ++batch.bad;
        if (!result.complaint.empty()) batch.complaints.push_back({batch.lines, std::move(result.complaint)});
    }
    return batch;
}

class Filter {
  public:
    Filter(std::string_view speaker, std::size_t workers, const LineWork& work, const LineInput& from)
        : speaker_{speaker}, work_{work}, from_{from}, pool_{loop_, workers} {}

    std::size_t run() {
        loop_.run(read());
        output().flush();
        return bad_;
    }

  private:
    asio::awaitable<void> read() {
        auto work = read_all();
        co_await until_stopped(std::move(work));
        co_await pool_.drain();
    }

    asio::awaitable<void> read_all() {
        Input input{loop_, from_.descriptor, from_.name};
        std::string text;  // the beginning of a line, and what follows it
        for (;;) {
            const auto chunk = co_await input.read();
            if (!chunk) break;
            const auto end = chunk->rfind('\n');
            if (end == chunk->npos) {
                text += *chunk;
                if (text.size() > encoding::max_stream_value)
                    throw SetupError(from_.name + ": a line is longer than 64 MiB: messages come one a line");
                continue;
            }
            text += chunk->substr(0, end + 1);
            auto batch = std::exchange(text, std::string{chunk->substr(end + 1)});
            co_await submit(std::move(batch));
        }
        if (!text.empty()) co_await submit(std::move(text));
    }

    asio::awaitable<void> submit(std::string text) {
        OrderedPool::Work work = [this, text = std::move(text)]() -> OrderedPool::Delivery {
            auto batch = std::make_shared<const Batch>(work_on_batch(text, work_));
            return [this, batch = std::move(batch)] { deliver(*batch); };
        };
        co_await pool_.submit(std::move(work));
    }

    void deliver(const Batch& batch) {
        for (const auto& [line, text] : batch.complaints) {
            if (told_.size() >= most_complaints || !told_.insert(text).second) continue;
            log::warning(speaker_, "line {}: {}", lines_ + line + 1, text);
        }
        lines_ += batch.lines;
        bad_ += batch.bad;
        output().write(batch.out);
        output().flush();
    }

    std::string speaker_;
    const LineWork& work_;
    const LineInput& from_;
    std::set<std::string> told_;
    std::size_t lines_ = 0, bad_ = 0;
    Loop loop_;
    OrderedPool pool_;  // last: its threads end before what they work with
};

}  // namespace

std::size_t work_on_lines(std::string_view speaker, std::size_t workers, const LineWork& work,
                          const LineInput& from) {
    return Filter{speaker, workers, work, from}.run();
}

}  // namespace fedmsg::subcommands
