#include "config/dialect/machine.h"

#include "config/dialect/builtins.h"
#include "config/dialect/text.h"

#include <algorithm>

namespace fedmsg::dialect {

Failure outside(Offset at, std::string_view construct) {
    return {at, std::string{construct} + " is outside of the configuration dialect",
            std::string{literal_or_json}};
}

const Str* Machine::str(std::string_view text) {
    check_text(text.size());
    tick_bytes(text.size());
    const auto kept = copy(std::span{text.data(), text.size()});
    return make<Str>(std::string_view{kept.data(), kept.size()}, count_characters(text));
}

List* Machine::list(std::size_t reserve) {
    auto* made = make<List>(values());
    made->items.reserve(reserve);
    return made;
}

List* Machine::list_of(std::span<const Value> items) {
    tick(items.size());
    auto* made = list(items.size());
    made->items.assign(items.begin(), items.end());
    return made;
}

const Tuple* Machine::tuple(std::span<const Value> items, std::span<const std::string_view> fields) {
    tick(items.size());
    return make<Tuple>(copy(items), fields);
}

void Machine::check_text(std::size_t bytes) {
    if (bytes > max_text)
        fail("a string of more than " + std::to_string(max_text) + " bytes", "make it shorter");
}

void Machine::raise(const TypeInfo& type, const Tuple* arguments) {
    tick(100);  // unwinding takes about as long as so many expressions
    throw Raised{make<Exception>(&type, arguments, at)};
}

void Machine::raise(std::string_view type, Value argument) {
    raise(*find_exception(type), tuple({argument}));
}

void Machine::raise(std::string_view type, std::string_view message) { raise(type, text(message)); }

void Machine::refuse(std::string_view construct) const { throw outside(at, construct); }

void Machine::fail(std::string what, std::string_view way_out) const {
    throw Failure{at, std::move(what), std::string{way_out}};
}

void Machine::too_much_work() const {
    fail("evaluation takes more than " + std::to_string(max_steps) + " steps", literal_or_json);
}

void Machine::too_deep() {
    fail("more than " + std::to_string(max_depth) + " levels of calls, operators or values inside each other",
         "make it flatter");
}

void Machine::Budget::take(std::size_t bytes) {
    taken_ += bytes;
    if (taken_ > max_memory)
        machine_.fail("evaluation takes more than " + std::to_string(max_memory >> 20) + " MiB of memory",
                      literal_or_json);
}

void* Machine::Budget::do_allocate(std::size_t bytes, std::size_t alignment) {
    take(bytes);
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
}

void Machine::Budget::do_deallocate(void* p, std::size_t bytes, std::size_t alignment) {
    std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
}

void fit_arguments(Machine& m, const Arguments& a, std::span<const std::string_view> names,
                   std::size_t required, std::span<Value> to) {
    const std::string called = std::string{m.running} + "()";
    if (a.positional.size() > names.size())
        m.raise("TypeError", called + " takes at most " + std::to_string(names.size()) + " argument" +
                                 (names.size() == 1 ? "" : "s") + " (" + std::to_string(a.positional.size()) +
                                 " given)");
    std::ranges::copy(a.positional, to.begin());
    for (const Keyword& keyword : a.keywords) {
        const auto name = std::ranges::find(names, keyword.name->text);
        if (name == names.end() || name->empty())
            m.raise("TypeError",
                    "'" + std::string{keyword.name->text} + "' is an invalid keyword argument for " + called);
        Value& place = to[static_cast<std::size_t>(name - names.begin())];
        if (place)
            m.raise("TypeError", "argument for " + called + " given twice: '" + std::string{*name} + "'");
        place = keyword.value;
    }
    for (std::size_t i = 0; i < required; ++i)
        if (!to[i])
            m.raise("TypeError", called + " takes at least " + std::to_string(required) + " argument" +
                                     (required == 1 ? "" : "s") + " (" +
                                     std::to_string(a.positional.size() + a.keywords.size()) + " given)");
}

}  // namespace fedmsg::dialect
