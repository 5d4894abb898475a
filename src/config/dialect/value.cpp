#include "config/dialect/value.h"

#include "config/dialect/operations.h"

#include <algorithm>

namespace fedmsg::dialect {

std::int64_t Range::size() const {
    // Unsigned: the distance of two 64-bit integers may need all 64 bits.
    const auto distance = [](std::int64_t from, std::int64_t to) {
        return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    };
    if (step > 0 ? start >= stop : start <= stop) return 0;
    const std::uint64_t span = step > 0 ? distance(start, stop) : distance(stop, start);
    const std::uint64_t stride =
        step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    const std::uint64_t count = (span - 1) / stride + 1;
    return static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX));
}

std::int64_t Range::at(std::int64_t i) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) +
                                     static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(step));
}

namespace {

/// Up to so many keys, looking at each is as fast as the table.
constexpr std::size_t table_from = 8;

}  // namespace

std::size_t Dict::position(Machine& m, Value key, std::uint64_t hash) const {
    const auto matches = [&](std::size_t i) {
        m.tick();
        const Entry& e = entries_[i];
        return e.hash == hash && e.key && (identical(m, e.key, key) || equal(m, e.key, key));
    };
    if (slots_.empty()) {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (entries_[i].hash == hash && matches(i)) return i;
        return entries_.size();
    }
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask)
        if (matches(slots_[slot] - 1)) return slots_[slot] - 1;
    return entries_.size();
}

Value* Dict::find(Machine& m, Value key) {
    const std::size_t i = position(m, key, hash(m, key));
    return i < entries_.size() ? &entries_[i].value : nullptr;
}

void Dict::set(Machine& m, Value key, Value value, Offset at) {
    refuse_when_read_only(m);
    const std::uint64_t h = hash(m, key);
    const std::size_t i = position(m, key, h);
    if (i < entries_.size()) {
        entries_[i].value = value;
        entries_[i].at = at;
        return;
    }
    entries_.push_back({key, value, h, at});
    ++size_;
    // At most half of the slots are taken, so that searches are short and end.
    if (slots_.empty() && entries_.size() <= table_from) return;
    if (entries_.size() * 2 > slots_.size())
        rebuild();
    else
        insert_slot(h, static_cast<std::uint32_t>(entries_.size()));
}

bool Dict::erase(Machine& m, Value key) {
    refuse_when_read_only(m);
    const std::size_t i = position(m, key, hash(m, key));
    if (i >= entries_.size()) return false;
    --size_;
    entries_[i].key = {};
    entries_[i].value = {};
    // Without this, a dict that is used as a stack would grow for ever.
    while (slots_.empty() && !entries_.empty() && !entries_.back().key) entries_.pop_back();
    return true;
}

void Dict::clear(Machine& m) {
    refuse_when_read_only(m);
    entries_.clear();
    slots_.clear();
    size_ = 0;
}

void Dict::refuse_when_read_only(Machine& m) const {
    if (read_only) m.refuse("changing os.environ");
}

void Dict::insert_slot(std::uint64_t hash, std::uint32_t entry) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = entry;
}

void Dict::rebuild() {
    std::erase_if(entries_, [](const Entry& e) { return !e.key; });
    std::size_t slots = 4 * table_from;
    while (slots < entries_.size() * 4) slots *= 2;
    slots_.assign(slots, 0);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) insert_slot(entries_[i].hash, i + 1);
}

Value Iterator::next(Machine& m) {
    const Machine::Level level{m};
    m.tick();
    return advance(m);
}

}  // namespace fedmsg::dialect
