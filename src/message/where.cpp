#include "message/where.h"

#include "message/column.h"
#include "message/compare.h"
#include "message/path.h"
#include "message/regex.h"
#include "util/error.h"
#include "util/utf8.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fedmsg::message {
namespace {

using encoding::Document;
using encoding::Kind;
using encoding::Node;

enum class Relation { equal, unequal, less, less_equal, greater, greater_equal };

using Operand = std::variant<Path, Document>;  // a literal is a document of its own

struct Constant {
    bool value;
};
struct Has {
    Path path;
};
struct IsTrue {
    Path path;
};
struct Comparison {
    Operand left;
    Relation relation;
    Operand right;
};
struct Search {
    Path path;
    Regex expression;
};

}  // namespace

struct Where::Term {
    struct All {
        std::vector<Term> terms;
    };
    struct Any {
        std::vector<Term> terms;
    };
    struct Not {
        std::unique_ptr<Term> term;
    };
    std::variant<Constant, Has, IsTrue, Comparison, Search, All, Any, Not> what;
};

namespace {

using Term = Where::Term;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool begins_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool continues_key(char c) { return begins_key(c) || is_digit(c) || c == '-'; }

class Parser {
  public:
    explicit Parser(std::string_view text) : text_{text} {
        if (text.size() > Where::max_size) {
            throw UsageError("where: more than " + std::to_string(Where::max_size) + " bytes");
        }
        if (!is_utf8(text)) throw UsageError("where: not UTF-8");
    }

    Term parse() {
        Term term = either();
        skip_space();
        if (at_ != text_.size()) fail(at_, "expected '&&', '||' or the end");
        return term;
    }

  private:
    [[noreturn]] void fail(std::size_t at, const std::string& what) const {
        throw UsageError("where: column " + std::to_string(column(text_, at)) + ": " + what);
    }

    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) ++at_;
    }

    bool take(std::string_view token) {
        skip_space();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }

    Term either() {
        Term::Any any;
        do any.terms.push_back(both());
        while (take("||"));
        return any.terms.size() == 1 ? std::move(any.terms.front()) : Term{std::move(any)};
    }

    Term both() {
        Term::All all;
        do all.terms.push_back(term());
        while (take("&&"));
        return all.terms.size() == 1 ? std::move(all.terms.front()) : Term{std::move(all)};
    }

    Term term() {
        skip_space();
        const std::size_t begin = at_;
        const bool negated = !text_.substr(at_).starts_with("!=") && take("!");
        if (!negated && !take("(")) return test();
        if (++depth_ > Where::max_depth)
            fail(begin, "more than " + std::to_string(Where::max_depth) + " '(' and '!'");
        Term inner = negated ? term() : either();
        --depth_;
        if (negated) return {Term::Not{std::make_unique<Term>(std::move(inner))}};
        if (!take(")"))
            fail(at_, "expected ')' for the '(' in column " + std::to_string(column(text_, begin)));
        return inner;
    }

    /// What is neither joined, negated nor in parentheses.
    Term test() {
        const std::size_t begin = at_;
        if (begins_key(peek())) {
            const auto word = dotted();
            if (word == "has" && take("(")) {
                skip_space();
                if (!begins_key(peek())) fail(at_, "expected a path such as msg.user");
                Path path{dotted()};
                if (!take(")")) fail(at_, "expected ')' after the path");
                return {Has{std::move(path)}};
            }
            at_ = begin;
        }
        Operand left = operand("expected a path, a value, '!' or '('");
        const std::size_t after_left = at_;
        if (take("~")) {
            auto* path = std::get_if<Path>(&left);
            if (path == nullptr) fail(begin, "expected a path to the left of '~'");
            return {Search{std::move(*path), expression()}};
        }
        if (const auto sign = relation()) {
            const std::string expected =
                "expected a path or a value after '" + std::string{sign->first} + "'";
            return {Comparison{std::move(left), sign->second, operand(expected.c_str())}};
        }
        if (auto* path = std::get_if<Path>(&left)) return {IsTrue{std::move(*path)}};
        const Node literal = std::get<Document>(left).root();
        if (literal.kind() != Kind::boolean) {
            at_ = after_left;
            skip_space();
            fail(at_, "expected a comparison such as '==' after the value");
        }
        return {Constant{literal.boolean()}};
    }

    std::optional<std::pair<std::string_view, Relation>> relation() {
        constexpr std::array<std::pair<std::string_view, Relation>, 6> relations{{
            {"==", Relation::equal},
            {"!=", Relation::unequal},
            {"<=", Relation::less_equal},
            {">=", Relation::greater_equal},
            {"<", Relation::less},
            {">", Relation::greater},
        }};
        const auto* found = std::ranges::find_if(relations, [&](const auto& r) { return take(r.first); });
        if (found != relations.end()) return *found;
        if (peek() == '=') fail(at_, "expected '=='");
        return std::nullopt;
    }

    Operand operand(const char* expected) {
        skip_space();
        const char c = peek();
        if (c == '"' || c == '\'') return string();
        if (is_digit(c) || c == '-') return number();
        if (!begins_key(c)) fail(at_, expected);
        const auto word = dotted();
        if (word == "true" || word == "false" || word == "null") return literal(word, at_);
        return Path{word};
    }

    /// Keys and the dots between them.
    std::string_view dotted() {
        const std::size_t begin = at_;
        for (;;) {
            while (continues_key(peek())) ++at_;
            if (peek() != '.') return text_.substr(begin, at_ - begin);
            ++at_;
            if (!continues_key(peek())) fail(at_, "expected a key after '.'");
        }
    }

    Document number() {
        const std::size_t begin = at_;
        while (is_digit(peek()) ||
               (peek() != '\0' && std::string_view{"+-.eE"}.find(peek()) != std::string_view::npos)) {
            ++at_;
        }
        return literal(text_.substr(begin, at_ - begin), begin);
    }

    /// The inside of a string, as it is written; at_ is then behind it.
    std::string_view quoted() {
        const std::size_t begin = at_;
        const char quote = text_[at_++];
        while (peek() != quote) {
            if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
            if (at_ == text_.size()) fail(begin, "the string is not closed");
            ++at_;
        }
        return text_.substr(begin + 1, at_++ - begin - 1);
    }

    Document string() {
        const std::size_t begin = at_;
        const std::string_view inside = quoted();
        std::string json{'"'};  // without `\'`, and with `\"` in its place in single quotes
        for (std::size_t i = 0; i < inside.size(); ++i) {
            if (inside[i] == '\\') {
                if (inside[i + 1] != '\'') json += '\\';
                json += inside[++i];
            } else {
                if (inside[i] == '"') json += '\\';
                json += inside[i];
            }
        }
        return literal(json + '"', begin);
    }

    Regex expression() {
        skip_space();
        const std::size_t begin = at_;
        const char quote = peek();
        if (quote != '"' && quote != '\'') fail(at_, "expected a regular expression in quotes after '~'");
        const std::string_view inside = quoted();
        std::string pattern;
        for (std::size_t i = 0; i < inside.size(); ++i) {
            if (inside[i] == '\\') {
                if (inside[i + 1] != quote) pattern += '\\';
                ++i;
            }
            pattern += inside[i];
        }
        try {
            return Regex{pattern};
        } catch (const UsageError& e) {
            fail(begin, std::string{"in the regular expression: "} + e.what());
        }
    }

    Document literal(std::string_view json, std::size_t at) const {
        auto document = Document::parse(json);
        if (!document)
            fail(at, std::string{json.starts_with('"') ? "no JSON string: " : "no JSON number: "} +
                         document.error().detail);
        return std::move(*document);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

bool holds(Relation relation, std::partial_ordering order) {
    switch (relation) {
        case Relation::equal: return order == 0;
        case Relation::unequal: return order != 0;
        case Relation::less: return order < 0;
        case Relation::less_equal: return order <= 0;
        case Relation::greater: return order > 0;
        case Relation::greater_equal: return order >= 0;
    }
    return false;
}

/// The terms of a Where against one message.
struct Evaluation {
    Node envelope;
    std::uint64_t& gave_up;

    bool test(const Term& term) const { return std::visit(*this, term.what); }

    bool operator()(const Constant& constant) const { return constant.value; }
    bool operator()(const Has& has) const { return has.path.find(envelope) != nullptr; }
    bool operator()(const IsTrue& is_true) const {
        const auto* value = is_true.path.find(envelope);
        return value != nullptr && value->boolean();
    }
    bool operator()(const Comparison& c) const {
        const auto left = value_of(c.left), right = value_of(c.right);
        return left && right && holds(c.relation, compare(*left, *right));
    }
    bool operator()(const Search& search) const {
        const auto* value = search.path.find(envelope);
        if (value == nullptr || !value->is_string()) return false;
        const auto found = search.expression.search(value->text());
        if (found == Regex::Found::gave_up) ++gave_up;
        return found == Regex::Found::yes;
    }
    bool operator()(const Term::All& all) const {
        return std::ranges::all_of(all.terms, [&](const Term& term) { return test(term); });
    }
    bool operator()(const Term::Any& any) const {
        return std::ranges::any_of(any.terms, [&](const Term& term) { return test(term); });
    }
    bool operator()(const Term::Not& negation) const { return !test(*negation.term); }

    /// Nothing for what cannot be compared: a missing value, an array or an object.
    std::optional<Node> value_of(const Operand& operand) const {
        const auto* path = std::get_if<Path>(&operand);
        if (path == nullptr) return std::get<Document>(operand).root();
        const auto* node = path->find(envelope);
        if (node == nullptr || node->kind() == Kind::array || node->kind() == Kind::object)
            return std::nullopt;
        return *node;
    }
};

}  // namespace

Where::Where(std::string_view expression) : term_{std::make_unique<const Term>(Parser{expression}.parse())} {}
Where::Where(Where&&) noexcept = default;
Where& Where::operator=(Where&&) noexcept = default;
Where::~Where() = default;

bool Where::matches(Node envelope) { return Evaluation{envelope, gave_up_}.test(*term_); }

}  // namespace fedmsg::message
