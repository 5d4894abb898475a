#include "encoding/document.h"

#include "encoding/key_prefix.h"
#include "encoding/scan.h"
#include "encoding/token.h"

#include <fmt/format.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>
#include <vector>

namespace fedmsg::encoding {

// RapidJSON has the grammar: what may follow what. It hands two tokens to us, because version 1.1 differs
// from Python there: read_string (lone surrogates, UTF-8) and read_number (digits kept as they are; no Inf,
// no -NaN; integers and exponents of any size). It recurses, which is faster than its iterative parser;
// DocumentBuilder stops it at max_depth, before it uses more than a few hundred KiB of stack.
//
// Nodes are collected on one stack. A closing bracket moves the values of its array or object from there into
// the arena, where they stand in a row.

using Reason = ParseError::Reason;

/// Memory that is given out in pieces and freed as a whole. The first block also has the text.
struct Document::Arena {
    Arena* next;
    char* free;
    char* end;

    static Arena* make(std::size_t room, Arena* next) {
        void* block = std::malloc(sizeof(Arena) + room);
        if (block == nullptr) throw std::bad_alloc{};
        char* const first = static_cast<char*>(block) + sizeof(Arena);
        return new (block) Arena{next, first, first + room};
    }
};

void Document::Free::operator()(Arena* block) const {
    while (block != nullptr) std::free(std::exchange(block, block->next));
}

namespace {

constexpr std::size_t first_room = 512;         // for the nodes of a short message
constexpr std::size_t most_room = 1024 * 1024;  // of a block, unless one array needs more

/// Pairwise comparison of keys is faster than sorting up to here.
constexpr std::size_t few_members = 32;

template <class T>
constexpr std::size_t padded(std::size_t bytes) {
    return (bytes + alignof(T) - 1) / alignof(T) * alignof(T);
}

/// A vector of nodes that grows by realloc, so that a large one is not copied, and keeps its memory for the
/// next text.
class NodeStack {
  public:
    NodeStack() = default;
    NodeStack(const NodeStack&) = delete;
    NodeStack& operator=(const NodeStack&) = delete;
    ~NodeStack() { std::free(first_); }

    void push(const Node& node) {
        if (top_ == end_) grow();
        new (top_++) Node{node};
    }
    /// The topmost `count` nodes, valid until the next push.
    const Node* pop(std::size_t count) { return top_ -= count; }
    void clear() {
        top_ = first_;
        if (end_ - first_ > kept) {
            std::free(first_);
            first_ = top_ = end_ = nullptr;
        }
    }

  private:
    static constexpr std::ptrdiff_t kept = 64 * 1024;  // nodes: 1 MiB a thread

    void grow() {
        const auto used = static_cast<std::size_t>(top_ - first_);
        const auto room = std::max<std::size_t>(256, 2 * used);
        void* const moved = std::realloc(static_cast<void*>(first_), room * sizeof(Node));
        if (moved == nullptr) throw std::bad_alloc{};
        first_ = static_cast<Node*>(moved);
        top_ = first_ + used;
        end_ = first_ + room;
    }

    Node* first_ = nullptr;
    Node* top_ = nullptr;
    Node* end_ = nullptr;
};

/// Of equal keys, the first gets the last one's value and the others go. Returns how many members remain.
std::size_t merge_duplicates(Member* members, std::size_t count) {
    if (count <= few_members) {
        Member* end = members;
        std::uint64_t seen = 0;  // a bit for each key: most of them are new, and need not be looked for
        for (const Member* m = members; m != members + count; ++m) {
            const std::uint64_t bit = std::uint64_t{1}
                                      << (padded_key_prefix(m->key) * 0x9e3779b97f4a7c15 >> 58);
            Member* same = end;
            if ((seen & bit) != 0)
                same = std::find_if(members, end, [m](const Member& other) { return other.key == m->key; });
            seen |= bit;
            if (same == end) {
                *end++ = *m;
            } else {
                same->value = m->value;
            }
        }
        return static_cast<std::size_t>(end - members);
    }
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [members](std::uint32_t a, std::uint32_t b) {
        const int compared = members[a].key.compare(members[b].key);
        return compared != 0 ? compared < 0 : a < b;
    });
    std::vector<bool> gone;
    for (std::size_t i = 1, first = 0; i < count; ++i) {
        if (members[order[i]].key != members[order[first]].key) {
            first = i;
            continue;
        }
        members[order[first]].value = members[order[i]].value;
        gone.resize(count);
        gone[order[i]] = true;
    }
    if (gone.empty()) return count;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (!gone[i]) members[kept++] = members[i];
    return kept;
}

bool keys_ascend(const Member* members, std::size_t count) {
    for (std::size_t i = 1; i < count; ++i) {
        const auto before = padded_key_prefix(members[i - 1].key), prefix = padded_key_prefix(members[i].key);
        if (before > prefix || (before == prefix && members[i - 1].key >= members[i].key)) return false;
    }
    return true;
}

/// The text as RapidJSON's stream.
struct Cursor {
    using Ch = char;

    char* at;
    const char* begin;

    [[nodiscard]] Ch Peek() const { return *at; }
    Ch Take() { return *at++; }
    [[nodiscard]] std::size_t Tell() const { return static_cast<std::size_t>(at - begin); }
};

struct Failure {
    Reason reason = Reason::syntax;
    std::size_t offset = 0;
    const char* detail = nullptr;  // null: nothing failed
};

}  // namespace

/// Receives RapidJSON's events.
class DocumentBuilder {
  public:
    DocumentBuilder(NodeStack& stack, std::string_view text) : stack_{stack} {
        const std::size_t text_room = padded<Member>(text.size() + 1 + scan_padding);
        block_room_ = std::clamp(2 * text.size(), first_room, most_room);
        document_.arena_.reset(Document::Arena::make(text_room + block_room_, nullptr));
        text_ = document_.arena_->free;
        document_.arena_->free += text_room;
        if (!text.empty()) std::memcpy(text_, text.data(), text.size());
        std::memset(text_ + text.size(), 0, text_room - text.size());
    }

    DocumentBuilder(const DocumentBuilder&) = delete;
    DocumentBuilder& operator=(const DocumentBuilder&) = delete;
    ~DocumentBuilder() { stack_.clear(); }

    [[nodiscard]] char* text() const { return text_; }
    [[nodiscard]] const Failure& failure() const { return failure_; }

    Document finish() {
        document_.root_ = *stack_.pop(1);
        return std::move(document_);
    }

    /// False after a failure, which stops RapidJSON.
    bool take(const Token& token, Cursor& in) {
        in.at = token.next;
        if (token.detail != nullptr) {
            failure_ = {token.reason, in.Tell(), token.detail};
            return false;
        }
        push(token.kind, token.text);
        return true;
    }
    void push(Kind kind, std::string_view text) {
        Node node;
        node.kind_ = kind;
        node.size_ = static_cast<std::uint32_t>(text.size());
        node.text_ = text.data();
        stack_.push(node);
    }

    bool Null() {
        stack_.push({});
        return true;
    }
    bool Bool(bool value) {
        Node node;
        node.kind_ = Kind::boolean;
        node.size_ = value;
        stack_.push(node);
        return true;
    }
    bool StartArray() { return ++depth_ <= max_depth; }
    bool StartObject() { return ++depth_ <= max_depth; }
    bool EndArray(rapidjson::SizeType count) {
        --depth_;
        Node node;
        node.kind_ = Kind::array;
        node.size_ = count;
        auto* const elements = allocate<Node>(count);
        std::uninitialized_copy_n(stack_.pop(count), count, elements);
        node.elements_ = elements;
        stack_.push(node);
        return true;
    }
    bool EndObject(rapidjson::SizeType count) {
        --depth_;
        auto* const members = allocate<Member>(count);
        const Node* const pairs = stack_.pop(2 * std::size_t{count});
        for (std::size_t i = 0; i < count; ++i)
            new (members + i) Member{{pairs[2 * i].text_, pairs[2 * i].size_}, pairs[2 * i + 1]};
        Node node;
        node.kind_ = Kind::object;
        node.sorted_ = keys_ascend(members, count);
        node.size_ = node.sorted_ ? count : static_cast<std::uint32_t>(merge_duplicates(members, count));
        node.members_ = members;
        stack_.push(node);
        return true;
    }

  private:
    template <class T>
    T* allocate(std::size_t count) {
        const std::size_t bytes = padded<Member>(count * sizeof(T));
        auto* block = document_.arena_.get();
        if (static_cast<std::size_t>(block->end - block->free) < bytes) {
            block_room_ = std::min(2 * block_room_, most_room);
            block = Document::Arena::make(std::max(bytes, block_room_), block);
            static_cast<void>(document_.arena_.release());  // the new block owns it
            document_.arena_.reset(block);
        }
        return reinterpret_cast<T*>(std::exchange(block->free, block->free + bytes));
    }

    NodeStack& stack_;
    Document document_;
    char* text_ = nullptr;
    std::size_t block_room_ = 0;
    int depth_ = 0;
    Failure failure_;
};

}  // namespace fedmsg::encoding

namespace rapidjson {

using fedmsg::encoding::Cursor;
using fedmsg::encoding::DocumentBuilder;

template <>
template <>
inline void Reader::ParseString<kParseNoFlags>(Cursor& in, DocumentBuilder& build, bool) {
    char* const first = in.at + 1;
    char* const end = fedmsg::encoding::next_special(first);
    if (*end == '"') {  // most strings have nothing to decode
        build.push(fedmsg::encoding::Kind::string, {first, end});
        in.at = end + 1;
    } else if (!build.take(fedmsg::encoding::read_string(first), in)) {
        SetParseError(kParseErrorTermination, in.Tell());
    }
}

template <>
template <>
inline void Reader::ParseNumber<kParseNoFlags>(Cursor& in, DocumentBuilder& build) {
    if (!build.take(fedmsg::encoding::read_number(in.at), in))
        SetParseError(kParseErrorTermination, in.Tell());
}

}  // namespace rapidjson

namespace fedmsg::encoding {
namespace {

const char* explain_key(std::string_view rest) {
    return rest.starts_with('}') ? "expected a key; there is none after the last ','"
                                 : "expected a key in double quotes";
}

/// RapidJSON's error in our terms.
Failure explain(rapidjson::ParseErrorCode code, std::size_t offset, std::string_view text) {
    const auto syntax = [offset](const char* detail) { return Failure{Reason::syntax, offset, detail}; };
    const auto rest = text.substr(offset);
    switch (static_cast<int>(code)) {
        case rapidjson::kParseErrorDocumentEmpty:
            if (rest.empty()) return {Reason::empty, offset, "expected a value, found nothing"};
            return syntax("expected a value");  // and found NUL
        case rapidjson::kParseErrorDocumentRootNotSingular:
            return {Reason::trailing_text, offset, "expected nothing more after the value"};
        case rapidjson::kParseErrorObjectMissName: return syntax(explain_key(rest));
        case rapidjson::kParseErrorObjectMissColon: return syntax("expected ':' after the key");
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket: return syntax("expected ',' or '}'");
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket: return syntax("expected ',' or ']'");
        case rapidjson::kParseErrorTermination:  // by StartArray or StartObject, behind the bracket
            return {Reason::too_deep, offset - 1, "brackets are nested more than 500 deep"};
        default: break;
    }
    // RapidJSON stops inside a misspelt `null`: name its start.
    while (offset > 0 && text[offset - 1] >= 'a' && text[offset - 1] <= 'z') --offset;
    return {Reason::syntax, offset, explain_value(text.substr(offset))};
}

ParseError locate(Failure failure, std::string_view text) {
    if (failure.offset < text.size() && text[failure.offset] == '\0')
        failure.detail = "JSON has no NUL bytes; in a string it is written as \\u0000";
    const auto before = text.substr(0, failure.offset);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return {.reason = failure.reason,
            .offset = failure.offset,
            .line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
            .column = 1 + static_cast<std::size_t>(
                              std::ranges::count_if(before.substr(line_start), begins_character)),
            .detail = failure.detail};
}

}  // namespace

std::string to_string(const ParseError& error) {
    return fmt::format("line {}, column {}: {}", error.line, error.column, error.detail);
}

Result<Document, ParseError> Document::parse(std::string_view text) {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
        return ParseError{Reason::syntax, 0, 1, 1, "a text of 4 GiB or more is not read"};
    thread_local NodeStack stack;  // its memory is used again, message after message
    DocumentBuilder build{stack, text};
    Cursor in{build.text(), build.text()};
    const auto parsed = rapidjson::Reader{}.Parse<rapidjson::kParseNoFlags>(in, build);
    if (build.failure().detail != nullptr) return locate(build.failure(), text);
    if (parsed.IsError()) return locate(explain(parsed.Code(), parsed.Offset(), text), text);
    if (in.Tell() != text.size())  // RapidJSON took a NUL for the end
        return locate({Reason::trailing_text, in.Tell(), "expected nothing more after the value"}, text);
    return build.finish();
}

Result<Value, ParseError> loads(std::string_view text) {
    auto document = Document::parse(text);
    if (!document) return document.error();
    return to_value(document->root());
}

}  // namespace fedmsg::encoding
