#include "services/hub/bookmark.h"

#include "encoding/write.h"
#include "util/error.h"
#include "util/file_lock.h"
#include "util/new_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fedmsg::services::hub {
namespace {

constexpr mode_t ours_alone = 0600;

std::string text_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

Bookmark::Bookmark(const std::string& folder, const std::string& consumer, bool as_string)
    : path_{folder + "/" + consumer},
      journal_{path_ + ".finished"},
      consumer_{consumer},
      as_string_{as_string} {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw SetupError("cannot make " + folder + ": " + error.message());
    open_journal();
    if (file_ < 0) throw SetupError("cannot open " + journal_ + ": " + error_text(errno));
    if (!lock_file(file_)) {
        ::close(file_);
        throw SetupError(journal_ + " is in use: another hub runs with the same status_directory");
    }
}

Bookmark::~Bookmark() {
    if (file_ >= 0) ::close(file_);
}

void Bookmark::open_journal() {
    file_ = ::open(journal_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, ours_alone);
}

/// \returns how many lines it has
std::size_t Bookmark::read_journal(const std::string& path, Found& found, std::optional<double>& first) {
    std::ifstream file{path, std::ios::binary};
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line); ++lines) {
        const auto document = encoding::Document::parse(line);
        if (!document || document->root().elements().size() != 2) continue;  // cut by the end of the power
        const auto entry = document->root().elements();
        found.finished.add(entry[1].text());
        if (const auto sent = entry[0].number()) first = std::min(first.value_or(*sent), *sent);
    }
    return lines;
}

Bookmark::Found Bookmark::find() {
    Found found;
    struct stat state {};
    if (::stat(path_.c_str(), &state) != 0) return found;
    auto status = read_status(text_of(path_));
    if (!status) {
        log::error(consumer_, "nothing is fetched of what was missed: {} is no status: {}", path_,
                   status.error().text);
        return found;
    }
    is_new_ = false;
    std::optional<double> first;
    read_journal(journal_ + ".old", found, first);
    lines_ = read_journal(journal_, found, first);
    // A clock that is ahead, or none: not later than it was noted.
    const auto noted = static_cast<double>(state.st_mtim.tv_sec);
    found.since = std::min(status->timestamp.value_or(noted), noted);
    if (first) found.since = std::min(found.since, std::max(found.since - overtaking, *first));
    if (status->finished && !status->msg_id.empty()) found.finished.add(status->msg_id);
    found.status = *std::move(status);
    return found;
}

void Bookmark::begun(const MessagePtr& message) {
    bool first = false;
    {
        const std::lock_guard lock{mutex_};
        const auto [place, is_new] = places_.try_emplace(message.get(), next_);
        if (!is_new) {
            if (!in_hand_.at(place->second).expired()) return;
            in_hand_.erase(place->second);
            place->second = next_;
        }
        in_hand_.emplace(next_++, message);
        changed_ = true;
        first = is_new_;
    }
    if (first) save();  // without a status nothing would be fetched after a crash
}

void Bookmark::finished(const MessagePtr& message) {
    const std::lock_guard lock{mutex_};
    const auto found = places_.find(message.get());
    if (found == places_.end()) return;
    in_hand_.erase(found->second);
    places_.erase(found);
    last_ = message;
    changed_ = true;
    note(*message);
}

void Bookmark::note(const Message& message) {
    if (message.msg_id.empty()) return;
    std::string line = "[";
    line += message.timestamp.empty() ? std::string_view{"null"} : message.timestamp;
    line += ',';
    encoding::write_string(message.msg_id, line);
    line += "]\n";
    if (lines_ >= Seen::usual) {  // the last ones are in the file before it
        ::rename(journal_.c_str(), (journal_ + ".old").c_str());
        ::close(file_);
        open_journal();
        if (file_ >= 0) ::flock(file_, LOCK_EX | LOCK_NB);  // made just now: nobody else has it
        lines_ = 0;
    }
    ++lines_;
    if (file_ >= 0 && ::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size())) return;
    if (trouble_limit_.pass())
        log::error(consumer_, "cannot write {}: {}: messages may come twice after a crash", journal_,
                   error_text(errno));
}

void Bookmark::hold() {
    save();
    const std::lock_guard lock{mutex_};
    held_ = true;
}

void Bookmark::release() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_ = true;
}

void Bookmark::save() {
    const std::lock_guard one_at_a_time{saving_};
    MessagePtr message;
    bool finished = false;
    {
        const std::lock_guard lock{mutex_};
        if (!changed_ || held_) return;
        while (!in_hand_.empty() && !(message = in_hand_.begin()->second.lock())) {
            std::erase_if(places_, [&](const auto& p) { return p.second == in_hand_.begin()->first; });
            in_hand_.erase(in_hand_.begin());
        }
        if (!message) {
            message = last_;
            finished = true;
        }
        changed_ = false;
        if (!message) return;
        is_new_ = false;
    }
    try {
        NewFiles files;
        files.add(path_, status_text(message->topic, message->text(), as_string_, finished), ours_alone);
        files.commit();
    } catch (const SetupError& e) {
        const std::lock_guard lock{mutex_};
        changed_ = true;
        if (trouble_limit_.pass()) log::error(consumer_, "{}", e.what());
    }
}

}  // namespace fedmsg::services::hub
