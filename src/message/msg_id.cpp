#include "message/msg_id.h"

#include "util/error.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <new>

namespace fedmsg::message {
namespace {

constexpr std::size_t uuid_bytes = 16;
constexpr std::size_t uuid_characters = 36;

constexpr auto hex_pairs = [] {
    std::array<char, 512> pairs{};
    for (std::size_t i = 0; i < 256; ++i) {
        pairs[2 * i] = "0123456789abcdef"[i / 16];
        pairs[2 * i + 1] = "0123456789abcdef"[i % 16];
    }
    return pairs;
}();

void fill(unsigned char* bytes, std::size_t size) {
    while (size > 0) {
        const auto got = getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            throw SetupError(std::string{"cannot get random bytes from the kernel: "} + std::strerror(errno));
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
}

}  // namespace

struct MsgIdSource::Page {
    static constexpr std::uint32_t capacity = 255;  // with the count, one page of 4 KiB

    std::uint32_t left;  // in the page itself, so that the kernel wipes it together with the bytes
    alignas(uuid_bytes) std::array<std::array<unsigned char, uuid_bytes>, capacity> uuids;
};

MsgIdSource::MsgIdSource() : block_{Page::capacity} {
    static_assert(sizeof(Page) == 4096);
    void* memory = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw SetupError(std::string{"cannot get a page of memory: "} + std::strerror(errno));
    }
    if (madvise(memory, sizeof(Page), MADV_WIPEONFORK) != 0) block_ = 1;
    page_.reset(new (memory) Page{});
}

void MsgIdSource::Unmap::operator()(Page* page) const { munmap(page, sizeof(Page)); }

void MsgIdSource::append(int year, std::string& out) {
    if (page_->left == 0) {
        fill(page_->uuids.front().data(), block_ * uuid_bytes);
        page_->left = block_;
    }
    auto& uuid = page_->uuids[--page_->left];
    uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0F) | 0x40);  // version 4
    uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3F) | 0x80);  // variant of RFC 4122

    std::array<char, 16 + uuid_characters> text;
    char* p = std::to_chars(text.data(), text.data() + 15, year).ptr;
    std::memcpy(p, "-........-....-....-....-............", 1 + uuid_characters);
    ++p;
    constexpr std::array<std::size_t, uuid_bytes> places{0,  2,  4,  6,  9,  11, 14, 16,
                                                         19, 21, 24, 26, 28, 30, 32, 34};
    for (std::size_t i = 0; i < uuid_bytes; ++i)
        std::memcpy(p + places[i], &hex_pairs[2 * std::size_t{uuid[i]}], 2);
    p += uuid_characters;
    out.append(text.data(), static_cast<std::size_t>(p - text.data()));
}

std::string MsgIdSource::next(int year) {
    std::string id;
    id.reserve(5 + uuid_characters);
    append(year, id);
    return id;
}

int LocalYear::of(std::time_t when) {
    if (when >= begin_ && when < end_) return year_;
    std::tm local{};
    if (localtime_r(&when, &local) == nullptr) return year_;  // beyond any calendar
    const auto new_year = [](int year) {
        std::tm first{};
        first.tm_year = year;
        first.tm_mday = 1;
        first.tm_isdst = -1;
        return std::mktime(&first);
    };
    begin_ = new_year(local.tm_year);
    end_ = new_year(local.tm_year + 1);
    return year_ = local.tm_year + 1900;
}

}  // namespace fedmsg::message
