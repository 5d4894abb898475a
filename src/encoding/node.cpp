#include "encoding/document.h"
#include "encoding/number.h"

#include <algorithm>
#include <charconv>

namespace fedmsg::encoding {

std::string_view Node::text() const {
    const bool has_text = kind_ == Kind::string || kind_ == Kind::integer || kind_ == Kind::real;
    return has_text ? std::string_view{text_, size_} : std::string_view{};
}

std::optional<std::int64_t> Node::integer() const {
    if (kind_ != Kind::integer) return std::nullopt;
    std::int64_t value = 0;
    if (std::from_chars(text_, text_ + size_, value).ec != std::errc{}) return std::nullopt;
    return value;
}

std::optional<double> Node::number() const {
    if (kind_ != Kind::integer && kind_ != Kind::real) return std::nullopt;
    return to_double(text());
}

std::span<const Node> Node::elements() const {
    if (kind_ != Kind::array) return {};
    return {elements_, size_};
}

std::span<const Member> Node::members() const {
    if (kind_ != Kind::object) return {};
    return {members_, size_};
}

const Node* Node::find(std::string_view key) const {
    const auto all = members();
    const auto found = std::ranges::find(all, key, &Member::key);
    return found == all.end() ? nullptr : &found->value;
}

std::optional<std::string_view> Node::find_string(std::string_view key) const {
    const Node* found = find(key);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return found->text();
}

bool Node::truthy() const {
    switch (kind_) {
        case Kind::null: return false;
        case Kind::integer: return text() != "0";
        case Kind::real: return number() != 0.0;
        case Kind::boolean:
        case Kind::string:
        case Kind::array:
        case Kind::object: return size_ != 0;
    }
    return false;
}

Value to_value(Node node) {
    switch (node.kind()) {
        case Kind::null: return {};
        case Kind::boolean: return node.boolean();
        case Kind::integer:
            if (const auto i = node.integer()) return *i;
            return BigInteger{std::string{node.text()}};
        case Kind::real: return *node.number();
        case Kind::string: return node.text();
        case Kind::array: {
            Array array;
            array.reserve(node.elements().size());
            for (const Node& element : node.elements()) array.push_back(to_value(element));
            return array;
        }
        case Kind::object: {
            std::vector<Object::Member> members;
            members.reserve(node.members().size());
            for (const auto& [key, value] : node.members()) members.emplace_back(key, to_value(value));
            return Object::of(std::move(members));
        }
    }
    return {};
}

}  // namespace fedmsg::encoding
