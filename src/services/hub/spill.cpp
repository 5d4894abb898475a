#include "services/hub/spill.h"

#include "util/error.h"
#include "util/file_lock.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>
#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace fedmsg::services::hub {
namespace {

constexpr std::string_view magic = "fmspill1";
constexpr std::uint64_t header_size = 16;
/// So much is given back to the file system at once.
constexpr std::uint64_t hole = 1024 * 1024;
/// A larger size is not ours: frames are limited to far less.
constexpr std::uint32_t largest = 1U << 30;

struct RecordHeader {
    std::uint32_t topic, text, sum;
};

std::uint32_t sum_of(std::string_view topic, std::string_view text) {
    boost::crc_32_type crc;
    crc.process_bytes(topic.data(), topic.size());
    crc.process_bytes(text.data(), text.size());
    return crc.checksum();
}

bool read_all(int file, char* into, std::size_t size, std::uint64_t offset) {
    while (size > 0) {
        const auto got = ::pread(file, into, size, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into += got;
        size -= static_cast<std::size_t>(got);
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

}  // namespace

Spill::Spill(std::string path) : path_{std::move(path)} {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) throw SetupError("cannot open " + path_ + ": " + error_text(errno));
    if (!lock_file(file_)) {
        ::close(file_);
        throw SetupError(path_ + " is in use: another hub runs with the same status_directory");
    }
    scan();
}

Spill::~Spill() {
    write_header();
    if (begin_ == end_) ::unlink(path_.c_str());
    ::close(file_);
}

/// Finds the records of the hub before this one.
void Spill::scan() {
    std::array<char, header_size> header{};
    if (!read_all(file_, header.data(), header.size(), 0) ||
        !std::string_view{header.data(), 8}.starts_with(magic))
        return begin_anew();
    std::memcpy(&begin_, header.data() + magic.size(), sizeof begin_);
    begin_ = std::max(begin_, header_size);
    next_ = freed_ = begin_;
    const auto size = static_cast<std::uint64_t>(std::max<off_t>(::lseek(file_, 0, SEEK_END), 0));
    std::string bytes;
    for (end_ = begin_; end_ + sizeof(RecordHeader) <= size;) {
        RecordHeader record{};
        if (!read_all(file_, reinterpret_cast<char*>(&record), sizeof record, end_)) break;
        if (record.topic > largest || record.text > largest) break;
        const auto after = end_ + sizeof record + record.topic + record.text;
        if (after > size) break;
        bytes.resize(std::size_t{record.topic} + record.text);
        if (!read_all(file_, bytes.data(), bytes.size(), end_ + sizeof record)) break;
        const std::string_view all{bytes};
        if (sum_of(all.substr(0, record.topic), all.substr(record.topic)) != record.sum) break;
        end_ = after;
        ++unread_;
    }
    if (begin_ == end_) begin_anew();
    (void)!::ftruncate(file_, static_cast<off_t>(end_));
}

void Spill::begin_anew() {
    begin_ = next_ = end_ = freed_ = header_size;
    unread_ = 0;
    (void)!::ftruncate(file_, static_cast<off_t>(header_size));
    write_header();
}

void Spill::write_header() {
    std::array<char, header_size> header{};
    std::memcpy(header.data(), magic.data(), magic.size());
    std::memcpy(header.data() + magic.size(), &begin_, sizeof begin_);
    (void)!::pwrite(file_, header.data(), header.size(), 0);
}

std::optional<std::string> Spill::append(const Message& message) {
    const auto text = message.text();
    RecordHeader record{static_cast<std::uint32_t>(message.topic.size()),
                        static_cast<std::uint32_t>(text.size()), sum_of(message.topic, text)};
    const std::array<iovec, 3> parts{{{&record, sizeof record},
                                      {const_cast<char*>(message.topic.data()), message.topic.size()},
                                      {const_cast<char*>(text.data()), text.size()}}};
    const auto size = sizeof record + message.topic.size() + text.size();
    ssize_t written = 0;
    do written = ::pwritev(file_, parts.data(), parts.size(), static_cast<off_t>(end_));
    while (written < 0 && errno == EINTR);
    if (written != static_cast<ssize_t>(size)) {
        const int error = written < 0 ? errno : ENOSPC;
        (void)!::ftruncate(file_, static_cast<off_t>(end_));
        return error_text(error);
    }
    end_ += size;
    ++unread_;
    return std::nullopt;
}

std::optional<Spill::Record> Spill::read() {
    while (unread_ > 0) {
        RecordHeader record{};
        std::string bytes;
        bool whole = read_all(file_, reinterpret_cast<char*>(&record), sizeof record, next_);
        if (whole) {
            bytes.resize(std::size_t{record.topic} + record.text);
            whole = read_all(file_, bytes.data(), bytes.size(), next_ + sizeof record);
        }
        if (!whole) {  // somebody has cut it
            unread_ = 0;
            return std::nullopt;
        }
        next_ += sizeof record + bytes.size();
        --unread_;
        const std::string_view all{bytes};
        auto message = make_message(all.substr(0, record.topic), all.substr(record.topic));
        outstanding_.push_back({next_, message == nullptr});
        if (message) return Record{std::move(message), next_};
    }
    return std::nullopt;
}

void Spill::finish(Place place) {
    const auto found = std::lower_bound(outstanding_.begin(), outstanding_.end(), place,
                                        [](const Outstanding& o, Place p) { return o.place < p; });
    if (found == outstanding_.end() || found->place != place) return;
    found->finished = true;
    bool moved = false;
    for (; !outstanding_.empty() && outstanding_.front().finished; outstanding_.pop_front()) {
        begin_ = outstanding_.front().place;
        moved = true;
    }
    if (!moved) return;
    if (begin_ == end_) return begin_anew();
    write_header();
    if (begin_ - freed_ < hole) return;
    // The header stays. A file system that cannot do this keeps the bytes until all is read.
    constexpr std::uint64_t page = 4096;
    const auto from = std::max(freed_ / page * page, page), to = begin_ / page * page;
    if (to > from)
        (void)::fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                          static_cast<off_t>(to - from));
    freed_ = begin_;
}

}  // namespace fedmsg::services::hub
