#include "config/dialect.h"

#include "config/dialect/builtins.h"
#include "config/dialect/evaluator.h"
#include "config/dialect/operations.h"
#include "config/dialect/parser.h"
#include "config/dialect/text.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

/// Of lists and dicts inside each other in the result: what reads it, recurses.
constexpr std::size_t max_value_depth = 200;

/// LF line ends and no byte order mark: as Python reads a text file.
std::string normalize(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        out += text[i] == '\r' ? '\n' : text[i];
    }
    return out;
}

/// Turns places into lines and columns, quickly when each is behind the one before.
class Places {
  public:
    explicit Places(std::string_view source) : source_{source} {}

    Position at(std::size_t offset) {
        offset = std::min(offset, source_.size());
        if (offset < offset_) *this = Places{source_};
        for (; offset_ < offset; ++offset_) {
            const auto byte = static_cast<unsigned char>(source_[offset_]);
            if (byte == '\n')
                position_ = {position_.line + 1, 1};
            else if ((byte & 0xc0) != 0x80)
                ++position_.column;
        }
        return position_;
    }

  private:
    std::string_view source_;
    std::size_t offset_ = 0;
    Position position_{1, 1};
};

/// Values of the file to JSON.
class Converter {
  public:
    explicit Converter(Machine& m) : m_{m} {}

    encoding::Object object(const Dict& dict) {
        const Inside inside{*this, &dict};
        std::vector<encoding::Object::Member> members;
        members.reserve(dict.size());
        for (const auto& entry : dict.entries()) {
            if (!entry.key) continue;
            m_.at = entry.at;
            std::string name = key(entry.key);
            take(name.size() + sizeof(encoding::Object::Member));
            members.emplace_back(std::move(name), value(entry.value));
        }
        return encoding::Object::of(std::move(members));
    }

  private:
    /// Keeps watch over what holds itself.
    class Inside {
      public:
        Inside(Converter& c, const void* container) : converter_{c} {
            if (std::ranges::count(c.inside_, container))
                c.m_.fail("a value that holds itself", "take it out of itself");
            if (c.inside_.size() >= max_value_depth)
                c.m_.fail(
                    "more than " + std::to_string(max_value_depth) + " lists and dicts inside each other",
                    "make it flatter");
            c.inside_.push_back(container);
        }
        ~Inside() { converter_.inside_.pop_back(); }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

      private:
        Converter& converter_;
    };

    void take(std::size_t bytes) {
        m_.tick();
        taken_ += bytes;
        if (taken_ > max_result)
            m_.fail("a configuration of more than " + std::to_string(max_result >> 20) + " MiB",
                    "make it smaller");
    }

    encoding::Value value(Value v) {
        take(sizeof(encoding::Value));
        if (v.is(Type::none)) return nullptr;
        if (v.is(Type::boolean)) return v.boolean;
        if (v.is(Type::integer)) return v.integer;
        if (v.is(Type::big)) return encoding::BigInteger{digits(m_, v)};
        if (v.is(Type::real)) return v.real;
        if (v.is(Type::string)) {
            take(v.string->text.size());
            return v.string->text;
        }
        if (v.is(Type::list)) return array(v.list->items, v.list);
        if (v.is(Type::tuple)) return array(v.tuple->items, v.tuple);
        if (v.is(Type::dict)) return object(*v.dict);
        if (v.is(Type::set)) return sorted(*v.set);
        if (v.is(Type::function)) {
            const FunctionInfo& info = *v.function->info;
            m_.warn({info.at,
                     std::string{info.result ? "a lambda" : "a function"} + " in `config` becomes null",
                     "write what it gives"});
            return nullptr;
        }
        m_.fail("a value of the type " + std::string{type_name(v)} + " in `config`",
                v.is(Type::view) || v.is(Type::range) || v.is(Type::iterator) ? "wrap it in list(…)"
                                                                              : literal_or_json);
    }

    encoding::Value array(std::span<const Value> items, const void* container) {
        const Inside inside{*this, container};
        encoding::Array made;
        made.reserve(items.size());
        for (const Value item : items) made.push_back(value(item));
        return made;
    }

    encoding::Value sorted(const Set& set) {
        Values items = m_.values();
        for (const auto& entry : set.members.entries())
            if (entry.key) items.push_back(entry.key);
        sort(m_, items, {}, false);
        return array(items, &set);
    }

    /// As json.dumps does it.
    std::string key(Value v) {
        if (v.is(Type::string)) return std::string{v.string->text};
        if (v.is(Type::none)) return "null";
        if (v.is(Type::boolean)) return v.boolean ? "true" : "false";
        if (is_integral(v)) return digits(m_, v);
        if (v.is(Type::real)) return repr(v.real);
        m_.fail("a key of the type " + std::string{type_name(v)} + " in `config`", "use a string");
    }

    Machine& m_;
    std::size_t taken_ = 0;
    std::vector<const void*> inside_;
};

std::string way_out_of(const Exception& exception) {
    if (is_exception(*exception.type, "ImportError"))
        return "of Python's modules the dialect has getpass, multiprocessing, os, os.path, platform, socket "
               "and sys; " +
               std::string{literal_or_json};
    return is_exception(*exception.type, "NameError") ? std::string{literal_or_json} : std::string{};
}

class Evaluation {
  public:
    Evaluation(std::string_view text, const std::string& file, const HostFacts& facts)
        : source_{normalize(text)}, file_{file}, machine_{facts} {}

    Result<Evaluated, Error> run() {
        try {
            return result();
        } catch (const Failure& failure) {
            return error(failure);
        } catch (const Raised& raised) {
            return error(uncaught(*raised.exception));
        }
    }

  private:
    Evaluated result() {
        check_source();
        const Program program = parse(machine_, source_);
        const Value config = machine_.run(program);
        machine_.at = 0;
        if (!config) machine_.fail("there is no `config` in this file", "write `config = {…}`");
        if (!config.is(Type::dict))
            machine_.fail("`config` is no dict, but of the type " + std::string{type_name(config)},
                          "write `config = {…}`");
        Evaluated evaluated;
        Converter converter{machine_};
        evaluated.config = converter.object(*config.dict);
        evaluated.positions = positions(*config.dict);
        for (const Failure& warning : machine_.warnings) evaluated.warnings.push_back(error(warning));
        return evaluated;
    }

    std::map<std::string, Position> positions(const Dict& config) const {
        std::vector<const Dict::Entry*> entries;
        for (const auto& entry : config.entries())
            if (entry.key.is(Type::string)) entries.push_back(&entry);
        std::ranges::sort(entries, {}, &Dict::Entry::at);
        std::map<std::string, Position> out;
        Places places{source_};
        for (const auto* entry : entries) out.emplace(entry->key.string->text, places.at(entry->at));
        return out;
    }

    void check_source() {
        if (source_.size() > max_source)
            machine_.fail("a file of more than " + std::to_string(max_source >> 10) + " KiB",
                          "split it into several files");
        if (const std::size_t nul = source_.find('\0'); nul != std::string::npos)
            throw Failure{
                static_cast<Offset>(nul), "syntax error: source code cannot contain null bytes", {}};
        if (const std::size_t invalid = find_invalid_utf8(source_); invalid != std::string_view::npos)
            throw Failure{static_cast<Offset>(invalid), "the file is not UTF-8", "save it as UTF-8"};
    }

    Failure uncaught(const Exception& exception) {
        std::string what{exception.type->name};
        try {
            const std::string text = str(machine_, &exception);
            if (!text.empty()) what += ": " + text.substr(0, character_offset(text, max_message));
        } catch (const Failure& failure) {
            return failure;  // a message that holds itself
        } catch (const Raised&) {
            // Its argument cannot be shown: the name of the exception must do.
        }
        return {exception.at, what, way_out_of(exception)};
    }

    /// Of an exception: longer ones help nobody.
    static constexpr std::size_t max_message = 1000;

    [[nodiscard]] Error error(const Failure& failure) const {
        return {file_, Places{source_}.at(failure.at), failure.what, failure.way_out};
    }

    std::string source_;
    const std::string& file_;
    Evaluator machine_;
};

}  // namespace

std::string to_string(const Error& error) {
    std::string text = error.file + ":" + std::to_string(error.at.line) + ":" +
                       std::to_string(error.at.column) + ": " + error.what;
    return error.way_out.empty() ? text : text + ": " + error.way_out;
}

Result<Evaluated, Error> evaluate(std::string_view text, const std::string& file, const HostFacts& facts) {
    return Evaluation{text, file, facts}.run();
}

}  // namespace fedmsg::dialect
