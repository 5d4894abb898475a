#pragma once
/// \file
/// The syntax tree of a file. Its nodes live in the memory of the Machine.

#include "config/dialect/number.h"
#include "config/dialect/value.h"

#include <span>

namespace fedmsg::dialect {

/// A name in the file: names are numbered in the order of their appearance.
using Symbol = std::uint32_t;

enum class ExpressionKind : std::uint8_t {
    constant,
    joined_string,
    name,
    list,
    tuple,
    set,
    dict,
    comprehension,
    unary,
    binary,
    boolean,
    comparison,
    conditional,
    call,
    attribute,
    subscript,
    slice,
    lambda,
    starred,
    named,
};

struct Expression {
    ExpressionKind kind;
    Offset at;
};

/// The names that are bound in a function or comprehension: all others are looked up further out.
struct ScopeInfo {
    std::span<const Symbol> locals;
    bool comprehension = false;
};

struct Constant : Expression {
    Value value;
};

/// An f-string: pieces one after another.
struct JoinedString : Expression {
    struct Piece {
        const Str* literal;  ///< or null, and then:
        const Expression* expression;
        char conversion;           ///< 'r', 's', 'a', or '\0'
        const JoinedString* spec;  ///< may be null
    };
    std::span<const Piece> pieces;
};

struct Name : Expression {
    Symbol symbol;
};

/// Of a list, tuple or set.
struct Sequence : Expression {
    std::span<const Expression* const> items;
};

struct DictDisplay : Expression {
    struct Item {
        const Expression* key;  ///< null: `**value`
        const Expression* value;
    };
    std::span<const Item> items;
};

struct Comprehension : Expression {
    enum class Makes : std::uint8_t { list, set, dict, generator } makes;
    struct Clause {
        const Expression* target;
        const Expression* iterable;
        std::span<const Expression* const> conditions;
    };
    ScopeInfo scope;
    const Expression* element;  ///< the key, of a dict
    const Expression* value;    ///< of a dict
    std::span<const Clause> clauses;
};

struct Unary : Expression {
    char op;  ///< '+', '-', '~', '!' for `not`
    const Expression* operand;
};

struct Binary : Expression {
    Operator op;
    const Expression* left;
    const Expression* right;
};

/// `and`, `or`
struct Boolean : Expression {
    bool is_or;
    std::span<const Expression* const> operands;
};

enum class Comparator : std::uint8_t {
    less,
    less_equal,
    equal,
    not_equal,
    greater,
    greater_equal,
    in,
    not_in,
    is,
    is_not
};

struct Comparison : Expression {
    struct Link {
        Comparator comparator;
        const Expression* operand;
    };
    const Expression* first;
    std::span<const Link> links;
};

struct Conditional : Expression {
    const Expression* test;
    const Expression* then;
    const Expression* otherwise;
};

struct Call : Expression {
    struct Argument {
        const Expression* value;
        const Str* name;  ///< of a keyword argument
        int stars;        ///< 1: `*value`, 2: `**value`
        Offset at;        ///< of the name or the stars, where they are
    };
    const Expression* callee;
    std::span<const Argument> arguments;
};

struct Attribute : Expression {
    const Expression* object;
    const Str* name;
};

struct Subscript : Expression {
    const Expression* object;
    const Expression* index;
};

/// Only as the index of a Subscript. Parts may be null.
struct Slice : Expression {
    const Expression* lower;
    const Expression* upper;
    const Expression* step;
};

struct Starred : Expression {
    const Expression* value;
};

/// `name := value`
struct Named : Expression {
    Symbol symbol;
    const Expression* value;
};

struct Statement;
using Block = std::span<const Statement* const>;

struct Parameter {
    enum class Kind : std::uint8_t { positional_only, plain, rest, keyword_only, keywords } kind;
    Symbol symbol;
    const Str* name;
    const Expression* fallback;  ///< the default; may be null
};

struct FunctionInfo {
    const Str* name;
    Offset at;
    ScopeInfo scope;
    std::span<const Parameter> parameters;
    Block body;
    const Expression* result;  ///< of a lambda, which has no body
};

struct Lambda : Expression {
    const FunctionInfo* function;
};

enum class StatementKind : std::uint8_t {
    expression,
    assign,
    augmented,
    del,
    if_,
    while_,
    for_,
    def,
    return_,
    pass,
    break_,
    continue_,
    assert_,
    import,
    from_import,
    raise,
    try_,
};

/// `pass`, `break` and `continue` are nothing more than this.
struct Statement {
    StatementKind kind;
    Offset at;
};

/// `expression`, and `return_`, where it may be null.
struct ExpressionStatement : Statement {
    const Expression* value;
};

struct Assign : Statement {
    std::span<const Expression* const> targets;
    const Expression* value;
};

struct Augmented : Statement {
    Operator op;
    const Expression* target;
    const Expression* value;
};

struct Delete : Statement {
    std::span<const Expression* const> targets;
};

struct If : Statement {
    struct Branch {
        const Expression* test;
        Block body;
    };
    std::span<const Branch> branches;
    Block otherwise;
};

struct While : Statement {
    const Expression* test;
    Block body;
    Block otherwise;
};

struct For : Statement {
    const Expression* target;
    const Expression* iterable;
    Block body;
    Block otherwise;
};

struct Def : Statement {
    Symbol symbol;
    const FunctionInfo* function;
};

struct Assert : Statement {
    const Expression* test;
    const Expression* message;  ///< may be null
};

struct Import : Statement {
    struct Alias {
        const Str* module;  ///< "os.path"
        Symbol symbol;
        bool whole;  ///< `as` was given: the name stands for os.path, and not for os
    };
    std::span<const Alias> aliases;
};

struct FromImport : Statement {
    struct Alias {
        const Str* name;
        Symbol symbol;
    };
    const Str* module;
    bool relative;
    std::span<const Alias> aliases;
};

struct Raise : Statement {
    const Expression* exception;  ///< null: the one being handled
    const Expression* cause;      ///< may be null
};

struct Try : Statement {
    struct Handler {
        Offset at;
        const Expression* type;  ///< null: everything
        bool named;
        Symbol symbol;
        Block body;
    };
    Block body;
    std::span<const Handler> handlers;
    Block otherwise;
    Block finally;
};

/// A whole file.
struct Program {
    Block body;
    std::vector<const Str*> names;  ///< by Symbol
};

}  // namespace fedmsg::dialect
