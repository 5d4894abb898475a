#pragma once
/// \file
/// Runs the statements of a file.

#include "config/dialect/ast.h"
#include "config/dialect/machine.h"

#include <boost/container/small_vector.hpp>

namespace fedmsg::dialect {

/// The values of names in a function, a comprehension or the file.
struct Scope {
    const ScopeInfo* info;  ///< null: of the file, where a Symbol is the index
    Scope* outer;
    std::span<Value> values;
};

struct Function {
    const FunctionInfo* info;
    Scope* outer;
    std::span<const Value> fallbacks;  ///< by parameter; unset where it has none
};

class Evaluator final : public Machine {
  public:
    explicit Evaluator(const HostFacts& host) : Machine{host} {}

    /// \return the value of the name `config`; unset when there is none
    /// \throws Failure, Raised
    Value run(const Program& program);

    Value call(Value callee, const Arguments& arguments) override;
    using Machine::call;

    // For what evaluates lazily.
    Value evaluate(const Expression* e);
    void assign(const Expression* target, Value value);

    /// Puts another scope in force, as long as it lives.
    class Inside {
      public:
        Inside(Evaluator& e, Scope* scope) : evaluator_{e}, before_{e.scope_} { e.scope_ = scope; }
        ~Inside() { evaluator_.scope_ = before_; }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

      private:
        Evaluator& evaluator_;
        Scope* before_;
    };

  private:
    enum class Flow : std::uint8_t { next, broken, continued, returned };

    // Statements.
    Flow execute(Block block);
    Flow execute(const Statement* s);
    Flow execute_if(const If& s);
    Flow execute_while(const While& s);
    Flow execute_for(const For& s);
    Flow execute_try(const Try& s);
    Flow execute_guarded(const Try& s);
    Flow handle(const Try& s, const Raised& raised);
    [[nodiscard]] bool catches(const Try::Handler& handler, const Exception& exception);
    void assign_augmented(const Augmented& s);
    void delete_target(const Expression* target);
    void import(const Import& s);
    void import_names(const FromImport& s);
    Value import_or_raise(const Str& module);
    [[noreturn]] void execute_raise(const Raise& s);
    const Exception* to_exception(Value v);

    // Names.
    Value look_up(const Name& name);
    void bind_name(Symbol symbol, Value value);
    Scope* new_scope(const ScopeInfo& info, Scope* outer);

    // Expressions.
    Value evaluate_joined(const JoinedString& e);
    std::string joined_text(const JoinedString& e);
    Value evaluate_sequence(const Sequence& e);
    Value evaluate_dict(const DictDisplay& e);
    Value evaluate_comprehension(const Comprehension& e);
    Value evaluate_binary(const Binary& e);
    Value evaluate_boolean(const Boolean& e);
    Value evaluate_comparison(const Comparison& e);
    Value evaluate_call(const Call& e);
    Value evaluate_subscript(const Subscript& e);
    Value make_function(const FunctionInfo* info);
    void unpack(const Sequence& targets, Value value);

    Value call_function(const Function& function, const Arguments& arguments);
    Value call_builtin(const Builtin& builtin, const Arguments& arguments);
    void bind_parameters(const Function& function, const Arguments& arguments, std::span<Value> values);

    const Program* program_ = nullptr;
    Scope* scope_ = nullptr;
    Value returned_;
    const Exception* handled_ = nullptr;  // what a bare `raise` raises
};

}  // namespace fedmsg::dialect
