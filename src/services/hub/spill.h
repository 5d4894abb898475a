#pragma once
/// \file
/// Messages on the disk that memory has no room for, first in, first out.
///
/// The file begins with a header of 16 bytes: "fmspill1", and as 8 bytes little-endian the offset of the
/// first record that is not finished. A record is the sizes of topic and text (4 bytes each), the CRC-32 (ISO
/// 3309) of both, topic, text. What a crash of the hub has cut is found by its size or its sum and left out;
/// what was read and not finished is there again. (Not synchronized: a crash of the machine may take the last
/// seconds.) Finished records are given back to the file system as the reading goes on.

#include "services/hub/message.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace fedmsg::services::hub {

/// Used by one thread at a time.
class Spill {
  public:
    /// Where a record ends, by which finish() knows it; 0 is none.
    using Place = std::uint64_t;

    /// \throws SetupError  when the file cannot be opened or is in use, naming it
    explicit Spill(std::string path);
    ~Spill();
    Spill(const Spill&) = delete;
    Spill& operator=(const Spill&) = delete;

    /// \returns why it could not be written: "No space left on device"; nothing: it is there
    [[nodiscard]] std::optional<std::string> append(const Message& message);

    struct Record {
        MessagePtr message;
        Place place;
    };
    /// The next one that was not read yet; nothing when there is none.
    std::optional<Record> read();
    /// That record will not be needed again. In any order.
    void finish(Place place);

    /// Records that read() has not given.
    [[nodiscard]] std::uint64_t unread() const { return unread_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    void scan();
    void begin_anew();
    void write_header();

    struct Outstanding {
        Place place;
        bool finished;
    };
    std::string path_;
    int file_ = -1;
    std::uint64_t begin_ = 0;  // of the first record that is not finished
    std::uint64_t next_ = 0;   // of the first record that was not read
    std::uint64_t end_ = 0;
    std::uint64_t unread_ = 0;
    std::uint64_t freed_ = 0;              // up to here the file has a hole
    std::deque<Outstanding> outstanding_;  // read, in order
};

}  // namespace fedmsg::services::hub
