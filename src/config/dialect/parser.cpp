#include "config/dialect/parser.h"

#include "config/dialect/lexer.h"
#include "config/dialect/string_literal.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace fedmsg::dialect {
namespace {

using Kind = ExpressionKind;
using Expressions = std::vector<const Expression*>;

struct BinaryOperator {
    std::string_view token;
    int strength;
    Operator op;
};

constexpr BinaryOperator binary_operators[] = {
    {"|", 1, Operator::bit_or},        {"^", 2, Operator::bit_xor},      {"&", 3, Operator::bit_and},
    {"<<", 4, Operator::left_shift},   {">>", 4, Operator::right_shift}, {"+", 5, Operator::add},
    {"-", 5, Operator::subtract},      {"*", 6, Operator::multiply},     {"/", 6, Operator::divide},
    {"//", 6, Operator::floor_divide}, {"%", 6, Operator::modulo},
};

struct AugmentedOperator {
    std::string_view token;
    Operator op;
};

constexpr AugmentedOperator augmented_operators[] = {
    {"+=", Operator::add},     {"-=", Operator::subtract},      {"*=", Operator::multiply},
    {"/=", Operator::divide},  {"//=", Operator::floor_divide}, {"%=", Operator::modulo},
    {"**=", Operator::power},  {"<<=", Operator::left_shift},   {">>=", Operator::right_shift},
    {"&=", Operator::bit_and}, {"|=", Operator::bit_or},        {"^=", Operator::bit_xor},
};

/// Reserved words that start what the dialect leaves out.
constexpr std::string_view words_outside[] = {"async",    "await", "class", "global",
                                              "nonlocal", "with",  "yield"};

constexpr std::string_view future_features[] = {
    "absolute_import", "annotations",   "barry_as_FLUFL", "division",         "generators",
    "generator_stop",  "nested_scopes", "print_function", "unicode_literals", "with_statement"};

class Parser {
  public:
    Parser(Machine& m, std::string_view source) : m_{m}, source_{source}, tokens_{tokenize(source)} {}

    Program run() {
        std::vector<const Statement*> statements;
        while (token().kind != TokenKind::end) {
            if (token().kind == TokenKind::indent) fail("unexpected indent");
            statement(statements);
        }
        return {copy(statements), std::move(names_)};
    }

  private:
    /// The names bound in the function or comprehension that is being read.
    struct Scope {
        std::vector<Symbol> locals;  // in the order of their binding
        std::unordered_set<Symbol> bound;
        bool comprehension = false;
    };

    class Nested {
      public:
        explicit Nested(Parser& parser) : depth_{parser.depth_} {
            if (++depth_ > max_nesting) {
                --depth_;
                throw Failure{parser.token().at,
                              "more than " + std::to_string(max_nesting) + " expressions inside each other",
                              "make it flatter"};
            }
        }
        ~Nested() { --depth_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;

      private:
        int& depth_;
    };

    // Tokens.

    [[nodiscard]] const Token& token(std::size_t ahead = 0) const {
        return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
    }

    [[noreturn]] void fail(std::string_view what) const { fail(token().at, what); }
    [[noreturn]] static void fail(Offset at, std::string_view what, std::string_view way_out = {}) {
        throw Failure{at, "syntax error: " + std::string{what}, std::string{way_out}};
    }

    [[noreturn]] void unexpected() const {
        const Token& t = token();
        if (t.kind == TokenKind::name && std::ranges::count(words_outside, t.text))
            throw outside(t.at, "`" + std::string{t.text} + "`");
        if (t.text == "...") throw outside(t.at, "`...`");
        if (t.text == "@") throw outside(t.at, "`@`");
        if (t.kind == TokenKind::end || t.kind == TokenKind::newline)
            fail("invalid syntax: the line ends too early");
        if (t.kind == TokenKind::indent) fail("unexpected indent");
        if (t.kind == TokenKind::dedent) fail("unexpected unindent");
        fail("invalid syntax at `" + std::string{t.text} + "`");
    }

    [[nodiscard]] bool at(std::string_view text, std::size_t ahead = 0) const {
        const Token& t = token(ahead);
        return (t.kind == TokenKind::punctuation || t.kind == TokenKind::name) && same(t.text, text);
    }

    bool take(std::string_view text) {
        if (!at(text)) return false;
        ++next_;
        return true;
    }

    Offset expect(std::string_view text) {
        const Offset where = token().at;
        if (!take(text)) {
            if (text == ":" && token().kind == TokenKind::newline) fail("expected ':'");
            unexpected();
        }
        return where;
    }

    [[nodiscard]] bool at_identifier() const {
        return token().kind == TokenKind::name && !is_keyword(token().text);
    }

    std::string_view identifier() {
        if (!at_identifier()) unexpected();
        return tokens_[next_++].text;
    }

    // Names.

    Symbol symbol(std::string_view name) {
        if (const auto found = symbols_.find(name); found != symbols_.end()) return found->second;
        const auto made = static_cast<Symbol>(names_.size());
        names_.push_back(m_.str(name));
        symbols_.emplace(names_.back()->text, made);
        return made;
    }

    const Str* str(std::string_view name) { return names_[symbol(name)]; }

    void bind(Symbol name, bool past_comprehensions = false) {
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
            if (past_comprehensions && scope->comprehension) continue;
            if (scope->bound.insert(name).second) scope->locals.push_back(name);
            return;
        }
    }

    // Nodes.

    template <class T, class... A>
    T* node(A&&... a) {
        return m_.make<T>(std::forward<A>(a)...);
    }

    template <class T>
    std::span<const T> copy(const std::vector<T>& items) {
        return m_.copy(std::span<const T>{items});
    }

    // Statements.

    void statement(std::vector<const Statement*>& to) {
        const Token& t = token();
        if (t.kind == TokenKind::name) {
            if (const Statement* compound = compound_statement(t)) {
                to.push_back(compound);
                return;
            }
        }
        do {
            if (token().kind == TokenKind::newline) break;
            to.push_back(simple_statement());
        } while (take(";"));
        if (token().kind != TokenKind::newline) after_statement();
        ++next_;
    }

    /// Nothing fits here: say what may have been meant.
    [[noreturn]] void after_statement() const {
        const Token& before = tokens_[next_ - 1];
        const bool one_line =
            source_.substr(before.at, token().at - before.at).find('\n') == std::string_view::npos;
        if (one_line && (before.text == "print" || before.text == "exec"))
            fail(before.at, "missing parentheses in call to '" + std::string{before.text} + "'",
                 "this is Python 2: put what follows in parentheses");
        if (one_line && before.text == "match") throw outside(before.at, "`match`");
        if (at(":") && one_line) throw outside(token().at, "an annotation");
        unexpected();
    }

    const Statement* compound_statement(const Token& t) {
        if (t.text == "if") return if_statement();
        if (t.text == "for") return for_statement();
        if (t.text == "while") return while_statement();
        if (t.text == "def") return def_statement();
        if (t.text == "try") return try_statement();
        return nullptr;
    }

    Block block() {
        expect(":");
        std::vector<const Statement*> statements;
        if (token().kind != TokenKind::newline) {
            if (token().kind == TokenKind::name &&
                std::ranges::count(
                    std::initializer_list<std::string_view>{"if", "for", "while", "def", "try"},
                    token().text))
                unexpected();
            statement(statements);
            return copy(statements);
        }
        ++next_;
        if (token().kind != TokenKind::indent) fail("expected an indented block");
        ++next_;
        while (token().kind != TokenKind::dedent) {
            if (token().kind == TokenKind::indent) fail("unexpected indent");
            statement(statements);
        }
        ++next_;
        return copy(statements);
    }

    Block else_block() { return take("else") ? block() : Block{}; }

    const Statement* if_statement() {
        const Offset where = token().at;
        std::vector<If::Branch> branches;
        do {
            ++next_;
            const Expression* test = named_expression();
            branches.push_back({test, block()});
        } while (at("elif"));
        return node<If>(Statement{StatementKind::if_, where}, copy(branches), else_block());
    }

    Block loop_body() {
        ++loops_;
        const Block body = block();
        --loops_;
        return body;
    }

    const Statement* while_statement() {
        const Offset where = expect("while");
        const Expression* test = named_expression();
        const Block body = loop_body();
        return node<While>(Statement{StatementKind::while_, where}, test, body, else_block());
    }

    const Statement* for_statement() {
        const Offset where = expect("for");
        const Expression* target = target_list();
        expect("in");
        const Expression* iterable = expression_list();
        const Block body = loop_body();
        return node<For>(Statement{StatementKind::for_, where}, target, iterable, body, else_block());
    }

    const Statement* def_statement() {
        const Offset where = expect("def");
        const std::string_view name = identifier();
        bind(symbol(name));
        expect("(");
        const auto info = function(str(name), where, ")", [this](FunctionInfo& f) {
            if (at("->")) throw outside(token().at, "an annotation");
            f.body = block();
        });
        return node<Def>(Statement{StatementKind::def, where}, symbol(name), info);
    }

    const Statement* try_statement() {
        const Offset where = expect("try");
        const Block body = block();
        std::vector<Try::Handler> handlers;
        while (at("except")) {
            Try::Handler handler{expect("except"), nullptr, false, 0, {}};
            if (at("*")) throw outside(token().at, "`except*`");
            if (!at(":")) {
                handler.type = expression();
                if (at(","))
                    fail(token().at, "multiple exception types must be parenthesized",
                         "write `except (A, B):`, or `except A as e:`");
                if (take("as")) {
                    handler.named = true;
                    handler.symbol = symbol(identifier());
                    bind(handler.symbol);
                }
            }
            if (!handlers.empty() && !handlers.back().type)
                fail(handlers.back().at, "default 'except:' must be last");
            handler.body = block();
            handlers.push_back(handler);
        }
        const Block otherwise = handlers.empty() ? Block{} : else_block();
        const bool has_finally = take("finally");
        if (handlers.empty() && !has_finally) fail("expected 'except' or 'finally' block");
        const Block finally = has_finally ? block() : Block{};
        return node<Try>(Statement{StatementKind::try_, where}, body, copy(handlers), otherwise, finally);
    }

    const Statement* simple_statement() {
        const Token& t = token();
        if (t.kind == TokenKind::name) {
            if (t.text == "pass") return word(StatementKind::pass);
            if (t.text == "break" || t.text == "continue") {
                if (loops_ == 0) fail("'" + std::string{t.text} + "' outside loop");
                return word(t.text == "break" ? StatementKind::break_ : StatementKind::continue_);
            }
            if (t.text == "return") return return_statement();
            if (t.text == "del") return del_statement();
            if (t.text == "assert") return assert_statement();
            if (t.text == "import") return import_statement();
            if (t.text == "from") return from_statement();
            if (t.text == "raise") return raise_statement();
        }
        return expression_statement();
    }

    const Statement* word(StatementKind kind) { return node<Statement>(kind, tokens_[next_++].at); }

    [[nodiscard]] bool at_statement_end() const { return token().kind == TokenKind::newline || at(";"); }

    const Statement* return_statement() {
        const Offset where = expect("return");
        if (functions_ == 0) fail(where, "'return' outside function");
        return node<ExpressionStatement>(Statement{StatementKind::return_, where},
                                         at_statement_end() ? nullptr : expression_list());
    }

    const Statement* del_statement() {
        const Offset where = expect("del");
        const Expression* targets = expression_list();
        std::vector<const Expression*> flat;
        flatten_deleted(targets, flat);
        return node<Delete>(Statement{StatementKind::del, where}, copy(flat));
    }

    void flatten_deleted(const Expression* target, Expressions& to) {
        if (target->kind == Kind::tuple || target->kind == Kind::list) {
            for (const Expression* item : static_cast<const Sequence*>(target)->items)
                flatten_deleted(item, to);
            return;
        }
        if (target->kind != Kind::name && target->kind != Kind::subscript) {
            if (target->kind == Kind::attribute) throw outside(target->at, "deleting an attribute");
            fail(target->at, "cannot delete this");
        }
        check_target(target);
        to.push_back(target);
    }

    const Statement* assert_statement() {
        const Offset where = expect("assert");
        const Expression* test = expression();
        return node<Assert>(Statement{StatementKind::assert_, where}, test,
                            take(",") ? expression() : nullptr);
    }

    std::string dotted_name() {
        std::string name{identifier()};
        while (take(".")) name.append(".").append(identifier());
        return name;
    }

    const Statement* import_statement() {
        const Offset where = expect("import");
        std::vector<Import::Alias> aliases;
        do {
            const std::string module = dotted_name();
            const bool whole = take("as");
            const std::string_view name =
                whole ? identifier() : str(module.substr(0, module.find('.')))->text;
            aliases.push_back({m_.str(module), symbol(name), whole});
            bind(aliases.back().symbol);
        } while (take(","));
        return node<Import>(Statement{StatementKind::import, where}, copy(aliases));
    }

    const Statement* from_statement() {
        const Offset where = expect("from");
        bool relative = false;
        while (at(".") || at("...")) {
            relative = true;
            ++next_;
        }
        const std::string module = relative && at("import") ? std::string{} : dotted_name();
        expect("import");
        if (at("*")) throw outside(token().at, "`from " + module + " import *`");
        const bool parenthesized = take("(");
        std::vector<FromImport::Alias> aliases;
        do {
            if (parenthesized && !aliases.empty() && at(")")) break;
            const Offset name_at = token().at;
            const std::string_view name = identifier();
            const std::string_view as = take("as") ? identifier() : name;
            if (module == "__future__") {
                if (!std::ranges::count(future_features, name))
                    fail(name_at, "future feature " + std::string{name} + " is not defined");
                continue;
            }
            aliases.push_back({str(name), symbol(as)});
            bind(aliases.back().symbol);
        } while (take(","));
        if (parenthesized) expect(")");
        if (module == "__future__") return node<Statement>(StatementKind::pass, where);
        return node<FromImport>(Statement{StatementKind::from_import, where}, m_.str(module), relative,
                                copy(aliases));
    }

    const Statement* raise_statement() {
        const Offset where = expect("raise");
        const Expression* exception = at_statement_end() ? nullptr : expression();
        const Expression* cause = exception && take("from") ? expression() : nullptr;
        return node<Raise>(Statement{StatementKind::raise, where}, exception, cause);
    }

    const Statement* expression_statement() {
        const Offset where = token().at;
        const Expression* value = expression_list();
        if (at("=")) {
            Expressions targets;
            while (take("=")) {
                targets.push_back(target(value));
                value = expression_list();
            }
            return node<Assign>(Statement{StatementKind::assign, where}, copy(targets), value);
        }
        for (const auto& [text, op] : augmented_operators) {
            if (!take(text)) continue;
            if (value->kind != Kind::name && value->kind != Kind::subscript && value->kind != Kind::attribute)
                fail(value->at, "this is an illegal expression for augmented assignment");
            const Expression* augmented = target(value);
            return node<Augmented>(Statement{StatementKind::augmented, where}, op, augmented,
                                   expression_list());
        }
        return node<ExpressionStatement>(Statement{StatementKind::expression, where}, value);
    }

    // Targets of assignments.

    const Expression* target(const Expression* e) {
        if (e->kind == Kind::starred) fail(e->at, "starred assignment target must be in a list or tuple");
        check_target(e);
        return e;
    }

    void check_target(const Expression* e) {
        if (e->kind == Kind::name) {
            bind(static_cast<const Name*>(e)->symbol);
        } else if (e->kind == Kind::tuple || e->kind == Kind::list) {
            int stars = 0;
            for (const Expression* item : static_cast<const Sequence*>(e)->items) {
                const bool starred = item->kind == Kind::starred;
                if (starred && ++stars > 1) fail(item->at, "multiple starred expressions in assignment");
                check_target(starred ? static_cast<const Starred*>(item)->value : item);
            }
        } else if (e->kind == Kind::subscript) {
            if (static_cast<const Subscript*>(e)->index->kind == Kind::slice)
                throw outside(e->at, "changing a slice");
        } else if (e->kind == Kind::attribute) {
            throw outside(e->at, "assignment to an attribute");
        } else {
            fail(e->at, "cannot assign to this expression");
        }
    }

    /// Of `for`, up to `in`.
    const Expression* target_list() {
        const Offset where = token().at;
        Expressions items;
        bool is_tuple = false;
        do {
            if (is_tuple && at("in")) break;
            const Offset item_at = token().at;
            items.push_back(take("*") ? node<Starred>(Expression{Kind::starred, item_at}, binary(1))
                                      : binary(1));
            is_tuple |= at(",");
        } while (take(","));
        return target(is_tuple ? node<Sequence>(Expression{Kind::tuple, where}, copy(items)) : items[0]);
    }

    // Expressions, from the weakest to the strongest.

    [[nodiscard]] bool starts_expression() const {
        const Token& t = token();
        if (t.kind == TokenKind::number || t.kind == TokenKind::string) return true;
        if (t.kind == TokenKind::name) {
            return !is_keyword(t.text) || std::ranges::count(words_outside, t.text) ||
                   std::ranges::count(
                       std::initializer_list<std::string_view>{"None", "True", "False", "not", "lambda"},
                       t.text);
        }
        return t.kind == TokenKind::punctuation &&
               std::ranges::count(
                   std::initializer_list<std::string_view>{"(", "[", "{", "-", "+", "~", "*", "..."}, t.text);
    }

    /// One expression, or a tuple without parentheses.
    const Expression* expression_list() {
        const Offset where = token().at;
        const Expression* first = starred_or_named();
        if (!at(",")) {
            if (first->kind == Kind::starred && !at("="))
                fail(first->at, "can't use starred expression here");
            return first;
        }
        Expressions items{first};
        while (take(",") && starts_expression()) items.push_back(starred_or_named());
        return node<Sequence>(Expression{Kind::tuple, where}, copy(items));
    }

    const Expression* starred_or_named() {
        const Offset where = token().at;
        if (take("*")) return node<Starred>(Expression{Kind::starred, where}, binary(1));
        return named_expression();
    }

    const Expression* named_expression() {
        const Offset where = token().at;
        if (at_identifier() && at(":=", 1)) {
            const Symbol name = symbol(identifier());
            ++next_;
            bind(name, true);
            return node<Named>(Expression{Kind::named, where}, name, expression());
        }
        return expression();
    }

    const Expression* expression() {
        const Nested nested{*this};
        const Offset where = token().at;
        if (take("lambda")) {
            const auto info = function(m_.str("<lambda>"), where, ":",
                                       [this](FunctionInfo& f) { f.result = expression(); });
            return node<Lambda>(Expression{Kind::lambda, where}, info);
        }
        const Expression* then = disjunction();
        if (!take("if")) return then;
        const Expression* test = disjunction();
        expect("else");
        return node<Conditional>(Expression{Kind::conditional, where}, test, then, expression());
    }

    const Expression* disjunction() { return boolean("or"); }

    const Expression* boolean(std::string_view word) {
        const bool is_or = word == "or";
        const Offset where = token().at;
        const auto operand = [&] { return is_or ? boolean("and") : inversion(); };
        const Expression* first = operand();
        if (!at(word)) return first;
        Expressions operands{first};
        while (take(word)) operands.push_back(operand());
        return node<Boolean>(Expression{Kind::boolean, where}, is_or, copy(operands));
    }

    const Expression* inversion() {
        const Offset where = token().at;
        if (!take("not")) return comparison();
        const Nested nested{*this};
        return node<Unary>(Expression{Kind::unary, where}, '!', inversion());
    }

    const Expression* comparison() {
        const Offset where = token().at;
        const Expression* first = binary(1);
        std::vector<Comparison::Link> links;
        for (;;) {
            Comparator comparator{};
            if (take("<"))
                comparator = Comparator::less;
            else if (take("<="))
                comparator = Comparator::less_equal;
            else if (take("=="))
                comparator = Comparator::equal;
            else if (take("!="))
                comparator = Comparator::not_equal;
            else if (take(">"))
                comparator = Comparator::greater;
            else if (take(">="))
                comparator = Comparator::greater_equal;
            else if (take("in"))
                comparator = Comparator::in;
            else if (at("not") && at("in", 1)) {
                next_ += 2;
                comparator = Comparator::not_in;
            } else if (take("is"))
                comparator = take("not") ? Comparator::is_not : Comparator::is;
            else
                break;
            links.push_back({comparator, binary(1)});
        }
        if (links.empty()) return first;
        return node<Comparison>(Expression{Kind::comparison, where}, first, copy(links));
    }

    /// Operators that bind at least as strongly as `strength`, from left to right.
    const Expression* binary(int strength) {
        const Offset where = token().at;
        const Expression* left = unary();
        for (;;) {
            const Token& t = token();
            const bool punctuation = t.kind == TokenKind::punctuation;
            const auto found = std::ranges::find_if(binary_operators, [&](const BinaryOperator& b) {
                return punctuation && same(t.text, b.token);
            });
            if (found == std::end(binary_operators) || found->strength < strength) {
                if (at("@")) throw outside(t.at, "`@`");
                return left;
            }
            ++next_;
            left =
                node<Binary>(Expression{Kind::binary, where}, found->op, left, binary(found->strength + 1));
        }
    }

    const Expression* unary() {
        const Offset where = token().at;
        for (const std::string_view op : {"-", "+", "~"}) {
            if (!take(op)) continue;
            const Nested nested{*this};
            return node<Unary>(Expression{Kind::unary, where}, op[0], unary());
        }
        const Expression* base = primary();
        if (!take("**")) return base;
        const Nested nested{*this};
        return node<Binary>(Expression{Kind::binary, where}, Operator::power, base, unary());
    }

    const Expression* primary() {
        const Offset where = token().at;
        const Expression* e = atom();
        for (int chain = 0;; ++chain) {
            if (chain > max_depth / 2)
                fail("more than " + std::to_string(max_depth / 2) +
                     " calls and attributes one after another");
            if (take(".")) {
                e = node<Attribute>(Expression{Kind::attribute, where}, e, str(identifier()));
            } else if (take("(")) {
                e = node<Call>(Expression{Kind::call, where}, e, arguments());
            } else if (take("[")) {
                e = node<Subscript>(Expression{Kind::subscript, where}, e, index());
                expect("]");
            } else {
                return e;
            }
        }
    }

    std::span<const Call::Argument> arguments() {
        std::vector<Call::Argument> out;
        std::unordered_set<const Str*> names;
        bool keywords = false;
        while (!take(")")) {
            const Offset where = token().at;
            if (take("**")) {
                keywords = true;
                out.push_back({expression(), nullptr, 2, where});
            } else if (take("*")) {
                out.push_back({expression(), nullptr, 1, where});
            } else if (at_identifier() && at("=", 1)) {
                const Str* name = str(identifier());
                ++next_;
                if (!names.insert(name).second)
                    fail(where, "keyword argument repeated: " + std::string{name->text});
                keywords = true;
                out.push_back({expression(), name, 0, where});
            } else {
                const Expression* value = named_expression();
                if (at("for"))
                    value = comprehension(Comprehension::Makes::generator, where, value, nullptr);
                else if (keywords)
                    fail(where, "positional argument follows keyword argument");
                if (value->kind == Kind::comprehension &&
                    static_cast<const Comprehension*>(value)->makes == Comprehension::Makes::generator &&
                    source_[value->at] != '(' && (!out.empty() || !at(")")))
                    fail(where, "generator expression must be parenthesized");
                out.push_back({value, nullptr, 0, where});
            }
            if (!take(",") && !at(")")) unexpected();
        }
        return copy(out);
    }

    const Expression* index() {
        const Offset where = token().at;
        const Expression* first = slice();
        if (!at(",")) return first;
        Expressions items{first};
        while (take(",") && !at("]")) items.push_back(slice());
        for (const Expression* item : items)
            if (item->kind == Kind::slice) throw outside(item->at, "a slice in a tuple");
        return node<Sequence>(Expression{Kind::tuple, where}, copy(items));
    }

    const Expression* slice() {
        const Offset where = token().at;
        const auto part = [this] { return at(":") || at("]") || at(",") ? nullptr : expression(); };
        const Expression* lower = at(":") ? nullptr : named_expression();
        if (!take(":")) return lower;
        const Expression* upper = part();
        const Expression* step = take(":") ? part() : nullptr;
        return node<Slice>(Expression{Kind::slice, where}, lower, upper, step);
    }

    const Expression* atom() {
        const Token t = token();
        if (t.kind == TokenKind::string) return strings();
        if (t.kind == TokenKind::number) {
            ++next_;
            return constant(t.at, number_literal(t));
        }
        if (t.kind == TokenKind::name) {
            if (take("None")) return constant(t.at, Value::none());
            if (take("True")) return constant(t.at, true);
            if (take("False")) return constant(t.at, false);
            return node<Name>(Expression{Kind::name, t.at}, symbol(identifier()));
        }
        if (take("(")) return parenthesized(t.at);
        if (take("[")) return list_display(t.at);
        if (take("{")) return dict_or_set_display(t.at);
        unexpected();
    }

    const Expression* constant(Offset where, Value value) {
        return node<Constant>(Expression{Kind::constant, where}, value);
    }

    Value number_literal(const Token& t) {
        m_.at = t.at;
        const bool hexadecimal = t.text.size() > 1 && (t.text[1] | 0x20) == 'x';
        if (!hexadecimal && t.text.find_first_of(".eE") != std::string_view::npos) {
            const auto real = parse_double(t.text);
            if (!real) fail(t.at, "invalid decimal literal");
            return *real;
        }
        const auto whole = parse_integer(m_, t.text, 0);
        if (!whole) fail(t.at, "invalid decimal literal");
        return *whole;
    }

    const Expression* parenthesized(Offset where) {
        if (take(")"))
            return node<Sequence>(Expression{Kind::tuple, where}, std::span<const Expression* const>{});
        const Expression* first = starred_or_named();
        if (at("for") || at("async")) {
            const Expression* generator =
                comprehension(Comprehension::Makes::generator, where, first, nullptr);
            expect(")");
            return generator;
        }
        if (!at(",")) {
            if (first->kind == Kind::starred) fail(first->at, "cannot use starred expression here");
            expect(")");
            return first;
        }
        Expressions items{first};
        while (take(",") && !at(")")) items.push_back(starred_or_named());
        expect(")");
        return node<Sequence>(Expression{Kind::tuple, where}, copy(items));
    }

    const Expression* list_display(Offset where) {
        Expressions items;
        while (!at("]")) {
            items.push_back(starred_or_named());
            if (items.size() == 1 && (at("for") || at("async"))) {
                const Expression* made = comprehension(Comprehension::Makes::list, where, items[0], nullptr);
                expect("]");
                return made;
            }
            if (!take(",")) break;
        }
        expect("]");
        return node<Sequence>(Expression{Kind::list, where}, copy(items));
    }

    const Expression* dict_or_set_display(Offset where) {
        std::vector<DictDisplay::Item> pairs;
        Expressions items;
        while (!at("}")) {
            const bool first = pairs.empty() && items.empty();
            if (items.empty() && take("**")) {
                pairs.push_back({nullptr, binary(1)});
            } else {
                const Expression* key = starred_or_named();
                const bool pair = at(":") && items.empty() && key->kind != Kind::starred;
                if (!pair && !pairs.empty()) fail("':' expected after dictionary key");
                if (pair) ++next_;
                const Expression* value = pair ? expression() : nullptr;
                if (first && (at("for") || at("async"))) {
                    const Expression* made = comprehension(
                        pair ? Comprehension::Makes::dict : Comprehension::Makes::set, where, key, value);
                    expect("}");
                    return made;
                }
                if (pair)
                    pairs.push_back({key, value});
                else
                    items.push_back(key);
            }
            if (!take(",")) break;
        }
        expect("}");
        if (!items.empty()) return node<Sequence>(Expression{Kind::set, where}, copy(items));
        return node<DictDisplay>(Expression{Kind::dict, where}, copy(pairs));
    }

    const Expression* comprehension(Comprehension::Makes makes, Offset where, const Expression* element,
                                    const Expression* value) {
        if (element->kind == Kind::starred)
            fail(element->at, "iterable unpacking cannot be used in comprehension");
        scopes_.push_back({{}, {}, true});
        std::vector<Comprehension::Clause> clauses;
        while (at("for") || at("async")) {
            if (at("async")) unexpected();
            expect("for");
            const Expression* target = target_list();
            expect("in");
            const Expression* iterable = disjunction();
            Expressions conditions;
            while (take("if"))
                conditions.push_back(at_identifier() && at(":=", 1) ? named_expression() : disjunction());
            clauses.push_back({target, iterable, copy(conditions)});
        }
        const ScopeInfo scope{copy(scopes_.back().locals), true};
        scopes_.pop_back();
        return node<Comprehension>(Expression{Kind::comprehension, where}, makes, scope, element, value,
                                   copy(clauses));
    }

    // Functions.

    /// Parameters up to `close`, and what `read_body` reads behind it.
    template <class ReadBody>
    const FunctionInfo* function(const Str* name, Offset where, std::string_view close, ReadBody read_body) {
        // Defaults belong to the scope outside, so the names of parameters are bound after all of them were
        // read.
        const std::vector<Parameter> parameters = parameter_list(close);
        scopes_.push_back({});
        for (const Parameter& p : parameters) {
            if (scopes_.back().bound.contains(p.symbol))
                fail(where, "duplicate argument '" + std::string{p.name->text} + "' in function definition");
            bind(p.symbol);
        }
        const int loops = std::exchange(loops_, 0);
        ++functions_;
        auto* info = node<FunctionInfo>(name, where, ScopeInfo{}, copy(parameters), Block{}, nullptr);
        read_body(*info);
        --functions_;
        loops_ = loops;
        info->scope.locals = copy(scopes_.back().locals);
        scopes_.pop_back();
        return info;
    }

    std::vector<Parameter> parameter_list(std::string_view close) {
        using ParameterKind = Parameter::Kind;
        std::vector<Parameter> out;
        ParameterKind kind = ParameterKind::plain;
        bool fallbacks = false;
        while (!take(close)) {
            const Offset where = token().at;
            if (!out.empty() && out.back().kind == ParameterKind::keywords)
                fail("arguments cannot follow var-keyword argument");
            if (take("/")) {
                if (out.empty() || kind != ParameterKind::plain ||
                    out[0].kind == ParameterKind::positional_only)
                    fail(where, "invalid syntax at `/`");
                for (Parameter& p : out) p.kind = ParameterKind::positional_only;
            } else if (take("**")) {
                out.push_back(parameter(ParameterKind::keywords));
            } else if (take("*")) {
                if (kind == ParameterKind::keyword_only) fail(where, "* argument may appear only once");
                if (!at(","))
                    out.push_back(parameter(ParameterKind::rest));
                else if (at(close, 1))
                    fail(where, "named arguments must follow bare *");
                kind = ParameterKind::keyword_only;
            } else {
                Parameter p = parameter(kind);
                if (take("=")) {
                    p.fallback = expression();
                    fallbacks = true;
                } else if (fallbacks && kind == ParameterKind::plain) {
                    fail(where, "non-default argument follows default argument");
                }
                out.push_back(p);
            }
            if (!take(",") && !at(close)) {
                if (at(":")) throw outside(token().at, "an annotation");
                unexpected();
            }
        }
        return out;
    }

    Parameter parameter(Parameter::Kind kind) {
        const std::string_view name = identifier();
        return {kind, symbol(name), str(name), nullptr};
    }

    // Strings.

    /// Adjacent literals are one.
    const Expression* strings() {
        const Offset where = token().at;
        std::vector<JoinedString::Piece> pieces;
        std::string text;
        bool bytes = false, formatted = false;
        for (bool first = true; token().kind == TokenKind::string; first = false, ++next_) {
            const StringLiteral literal = open_literal(token());
            if (!first && literal.bytes != bytes) fail("cannot mix bytes and nonbytes literals");
            bytes = literal.bytes;
            formatted |= literal.formatted;
            if (literal.formatted) {
                Offset at = literal.begin;
                formatted_pieces(literal, at, 0, text, pieces);
            } else {
                text += unescape(source_, literal.begin, literal.end, literal);
            }
        }
        m_.at = where;
        if (!formatted) return constant(where, m_.text(text));
        flush(text, pieces);
        return node<JoinedString>(Expression{Kind::joined_string, where}, copy(pieces));
    }

    void flush(std::string& text, std::vector<JoinedString::Piece>& pieces) {
        if (!text.empty()) pieces.push_back({m_.str(text), nullptr, '\0', nullptr});
        text.clear();
    }

    /// Reads to the end of the literal, or in a format spec to the `}` behind it.
    void formatted_pieces(const StringLiteral& literal, Offset& at, int depth, std::string& text,
                          std::vector<JoinedString::Piece>& pieces) {
        Offset plain = at;  // where characters start that are not yet in `text`
        const auto take_plain = [&] { text += unescape(source_, plain, at, literal); };
        while (at < literal.end) {
            const char c = source_[at];
            const bool doubled = at + 1 < literal.end && source_[at + 1] == c && depth == 0;
            if (c == '\\' && !literal.raw && at + 1 < literal.end) {
                // \N{NAME} has braces of its own.
                const auto close = source_.substr(at, 3) == "\\N{"
                                       ? source_.substr(0, literal.end).find('}', at)
                                       : std::string_view::npos;
                at = close == std::string_view::npos
                         ? at + (source_[at + 1] == '{' || source_[at + 1] == '}' ? 1 : 2)
                         : static_cast<Offset>(close + 1);
            } else if ((c == '{' || c == '}') && doubled) {
                take_plain();
                text += c;
                at += 2;
                plain = at;
            } else if (c == '{') {
                take_plain();
                replacement(literal, at, depth, text, pieces);
                plain = at;
            } else if (c == '}') {
                if (depth == 0) fail(at, "f-string: single '}' is not allowed");
                break;
            } else {
                ++at;
            }
        }
        take_plain();
    }

    /// `{expression!r:spec}`
    void replacement(const StringLiteral& literal, Offset& at, int depth, std::string& text,
                     std::vector<JoinedString::Piece>& pieces) {
        if (depth >= 2) fail(at, "f-string: expressions nested too deeply");
        const Nested nested{*this};
        const Offset open = at, begin = at + 1;
        at = find_expression_end(source_, begin, literal.end);
        if (source_.substr(begin, at - begin).find_first_not_of(" \t\n\f") == std::string_view::npos)
            fail(open, "f-string: empty expression not allowed");
        JoinedString::Piece piece{nullptr, embedded(begin, at), '\0', nullptr};
        const bool self_documenting = source_[at] == '=';
        if (self_documenting) {
            ++at;
            while (at < literal.end && (source_[at] == ' ' || source_[at] == '\t')) ++at;
            text += source_.substr(begin, at - begin);
        }
        if (at < literal.end && source_[at] == '!') {
            piece.conversion = at + 1 < literal.end ? source_[at + 1] : '\0';
            if (piece.conversion != 'r' && piece.conversion != 's' && piece.conversion != 'a')
                fail(at, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
            at += 2;
        }
        if (at < literal.end && source_[at] == ':') {
            const Offset spec_at = at++;
            std::string spec_text;
            std::vector<JoinedString::Piece> spec;
            formatted_pieces(literal, at, depth + 1, spec_text, spec);
            flush(spec_text, spec);
            piece.spec = node<JoinedString>(Expression{Kind::joined_string, spec_at}, copy(spec));
        } else if (self_documenting && !piece.conversion) {
            piece.conversion = 'r';
        }
        if (at >= literal.end || source_[at] != '}') fail(open, "f-string: expecting '}'");
        ++at;
        flush(text, pieces);
        pieces.push_back(piece);
    }

    const Expression* embedded(Offset begin, Offset end) {
        std::vector<Token> outer = std::exchange(tokens_, tokenize_expression(source_, begin, end));
        const std::size_t next = std::exchange(next_, 0);
        const Expression* value = expression_list();
        if (token().kind != TokenKind::end) unexpected();
        tokens_ = std::move(outer);
        next_ = next;
        return value;
    }

    Machine& m_;
    std::string_view source_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    int depth_ = 0;
    int loops_ = 0;
    int functions_ = 0;
    std::vector<Scope> scopes_;  // without that of the file: its names are all names
    std::vector<const Str*> names_;
    std::unordered_map<std::string_view, Symbol> symbols_;
};

}  // namespace

Program parse(Machine& m, std::string_view source) { return Parser{m, source}.run(); }

}  // namespace fedmsg::dialect
