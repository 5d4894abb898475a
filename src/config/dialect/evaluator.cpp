#include "config/dialect/evaluator.h"

#include "config/dialect/builtins.h"
#include "config/dialect/format.h"
#include "config/dialect/operations.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

std::string quoted(std::string_view name) { return "'" + std::string{name} + "'"; }

/// "2 required positional arguments: 'a' and 'b'"
std::string enumerate(const std::vector<std::string>& names, std::string_view kind) {
    const std::size_t n = names.size();
    std::string text =
        std::to_string(n) + " required " + std::string{kind} + " argument" + (n == 1 ? "" : "s") + ": ";
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) text += i + 1 < n ? ", " : n > 2 ? ", and " : " and ";
        text += names[i];
    }
    return text;
}

/// Runs the clauses of a comprehension, one element at a time.
class Generator final : public Iterator {
  public:
    Generator(Evaluator& evaluator, const Comprehension& e, Scope* scope, Iterator* first)
        : evaluator_{evaluator},
          e_{e},
          scope_{scope},
          sources_{evaluator.copy(std::span<Iterator* const>{std::vector<Iterator*>(e.clauses.size())})} {
        sources_[0] = first;
    }
    [[nodiscard]] std::string_view name() const override { return "generator"; }

    /// Goes on to the next element, whose names are bound then; false at the end.
    bool step(Machine& m) {
        for (;;) {
            const Value item = sources_[clause_]->next(m);
            if (!item) {
                if (clause_ == 0) return false;
                --clause_;
                continue;
            }
            const auto& clause = e_.clauses[clause_];
            evaluator_.assign(clause.target, item);
            if (!std::ranges::all_of(clause.conditions, [&](const Expression* test) {
                    return truthy(evaluator_.evaluate(test));
                }))
                continue;
            if (clause_ + 1 == e_.clauses.size()) return true;
            const Value inner = evaluator_.evaluate(e_.clauses[clause_ + 1].iterable);
            m.at = e_.clauses[clause_ + 1].iterable->at;
            sources_[++clause_] = iterate(m, inner);
        }
    }

  private:
    Value advance(Machine& m) override {
        if (running_) m.raise("ValueError", "generator already executing");
        if (finished_) return {};
        const Offset at = m.at;
        running_ = finished_ = true;  // also after an exception
        const Running running{running_};
        const Evaluator::Inside inside{evaluator_, scope_};
        if (!step(m)) return {};
        const Value element = evaluator_.evaluate(e_.element);
        finished_ = false;
        m.at = at;
        return element;
    }

    struct Running {
        bool& flag;
        ~Running() { flag = false; }
    };

    Evaluator& evaluator_;
    const Comprehension& e_;
    Scope* scope_;
    std::span<Iterator*> sources_;  // of each clause
    std::size_t clause_ = 0;
    bool running_ = false, finished_ = false;
};

}  // namespace

Value Evaluator::run(const Program& program) {
    program_ = &program;
    Scope file{nullptr, nullptr, copy(std::span<const Value>{std::vector<Value>(program.names.size())})};
    const Inside inside{*this, &file};
    execute(program.body);
    for (std::size_t i = 0; i < program.names.size(); ++i)
        if (program.names[i]->text == "config") return file.values[i];
    return {};
}

// Statements.

Evaluator::Flow Evaluator::execute(Block block) {
    for (const Statement* s : block)
        if (const Flow flow = execute(s); flow != Flow::next) return flow;
    return Flow::next;
}

Evaluator::Flow Evaluator::execute(const Statement* s) {
    tick();
    at = s->at;
    switch (s->kind) {
        case StatementKind::expression: evaluate(static_cast<const ExpressionStatement*>(s)->value); break;
        case StatementKind::assign: {
            const auto& a = *static_cast<const Assign*>(s);
            const Value value = evaluate(a.value);
            for (const Expression* target : a.targets) assign(target, value);
            break;
        }
        case StatementKind::augmented: assign_augmented(*static_cast<const Augmented*>(s)); break;
        case StatementKind::del:
            for (const Expression* target : static_cast<const Delete*>(s)->targets) delete_target(target);
            break;
        case StatementKind::if_: return execute_if(*static_cast<const If*>(s));
        case StatementKind::while_: return execute_while(*static_cast<const While*>(s));
        case StatementKind::for_: return execute_for(*static_cast<const For*>(s));
        case StatementKind::def: {
            const auto& d = *static_cast<const Def*>(s);
            bind_name(d.symbol, make_function(d.function));
            break;
        }
        case StatementKind::return_: {
            const Expression* value = static_cast<const ExpressionStatement*>(s)->value;
            returned_ = value ? evaluate(value) : Value::none();
            return Flow::returned;
        }
        case StatementKind::pass: break;
        case StatementKind::break_: return Flow::broken;
        case StatementKind::continue_: return Flow::continued;
        case StatementKind::assert_: {
            const auto& a = *static_cast<const Assert*>(s);
            if (truthy(evaluate(a.test))) break;
            const Value message = a.message ? evaluate(a.message) : Value{};
            at = s->at;
            raise(*find_exception("AssertionError"), message ? tuple({message}) : tuple({}));
        }
        case StatementKind::import: import(*static_cast<const Import*>(s)); break;
        case StatementKind::from_import: import_names(*static_cast<const FromImport*>(s)); break;
        case StatementKind::raise: execute_raise(*static_cast<const Raise*>(s));
        case StatementKind::try_: return execute_try(*static_cast<const Try*>(s));
    }
    return Flow::next;
}

Evaluator::Flow Evaluator::execute_if(const If& s) {
    for (const auto& branch : s.branches)
        if (truthy(evaluate(branch.test))) return execute(branch.body);
    return execute(s.otherwise);
}

Evaluator::Flow Evaluator::execute_while(const While& s) {
    while (truthy(evaluate(s.test))) {
        const Flow flow = execute(s.body);
        if (flow == Flow::broken) return Flow::next;
        if (flow == Flow::returned) return flow;
    }
    return execute(s.otherwise);
}

Evaluator::Flow Evaluator::execute_for(const For& s) {
    const Value iterable = evaluate(s.iterable);
    at = s.iterable->at;
    Iterator* items = iterate(*this, iterable);
    while (const Value item = items->next(*this)) {
        assign(s.target, item);
        const Flow flow = execute(s.body);
        if (flow == Flow::broken) return Flow::next;
        if (flow == Flow::returned) return flow;
        at = s.iterable->at;
    }
    return execute(s.otherwise);
}

Evaluator::Flow Evaluator::execute_try(const Try& s) {
    Flow flow = Flow::next;
    try {
        flow = execute_guarded(s);
    } catch (const Raised&) {
        // A `return`, `break` or `continue` in `finally` swallows the exception.
        if (const Flow last = execute(s.finally); last != Flow::next) return last;
        throw;
    }
    const Value returned = returned_;
    if (const Flow last = execute(s.finally); last != Flow::next) return last;
    returned_ = returned;
    return flow;
}

Evaluator::Flow Evaluator::execute_guarded(const Try& s) {
    try {
        if (const Flow flow = execute(s.body); flow != Flow::next) return flow;
    } catch (const Raised& raised) {
        return handle(s, raised);
    }
    return execute(s.otherwise);
}

Evaluator::Flow Evaluator::handle(const Try& s, const Raised& raised) {
    const Level level{*this};
    const Exception& exception = *raised.exception;
    for (const auto& handler : s.handlers) {
        if (!catches(handler, exception)) continue;
        if (is_exception(*exception.type, "ImportError"))
            warn({exception.at, dialect::str(*this, &exception) + ": the file goes on without it", {}});
        struct Handled {
            const Exception*& now;
            const Exception* before;
            ~Handled() { now = before; }
        };
        const Handled restored{handled_, std::exchange(handled_, &exception)};
        if (handler.named) bind_name(handler.symbol, &exception);
        const Flow flow = execute(handler.body);
        if (handler.named) bind_name(handler.symbol, {});
        return flow;
    }
    throw raised;
}

bool Evaluator::catches(const Try::Handler& handler, const Exception& exception) {
    if (!handler.type) return true;
    const Value types = evaluate(handler.type);
    at = handler.at;
    const auto matches = [&](Value type) {
        if (!type.is(Type::type) || !is_exception(*type.type_info, "BaseException"))
            raise("TypeError", "catching classes that do not inherit from BaseException is not allowed");
        return is_exception(*exception.type, type.type_info->name);
    };
    if (!types.is(Type::tuple)) return matches(types);
    tick(types.tuple->items.size());
    return std::ranges::any_of(types.tuple->items, matches);
}

void Evaluator::assign_augmented(const Augmented& s) {
    if (s.target->kind == ExpressionKind::name) {
        const auto& name = *static_cast<const Name*>(s.target);
        const Value before = look_up(name);
        const Value operand = evaluate(s.value);
        at = s.at;
        bind_name(name.symbol, in_place(*this, s.op, before, operand));
        return;
    }
    const auto& subscript = *static_cast<const Subscript*>(s.target);
    const Value object = evaluate(subscript.object);
    const Value index = evaluate(subscript.index);
    at = s.at;
    const Value before = get_item(*this, object, index);
    const Value operand = evaluate(s.value);
    at = s.at;
    set_item(*this, object, index, in_place(*this, s.op, before, operand));
}

void Evaluator::delete_target(const Expression* target) {
    if (target->kind == ExpressionKind::name) {
        look_up(*static_cast<const Name*>(target));
        bind_name(static_cast<const Name*>(target)->symbol, {});
        return;
    }
    const auto& subscript = *static_cast<const Subscript*>(target);
    const Value object = evaluate(subscript.object);
    const Value index = evaluate(subscript.index);
    at = target->at;
    delete_item(*this, object, index);
}

Value Evaluator::import_or_raise(const Str& module) {
    if (const Value found = import_module(*this, module.text)) return found;
    raise("ModuleNotFoundError", "No module named " + quoted(module.text));
}

void Evaluator::import(const Import& s) {
    for (const auto& alias : s.aliases) {
        const Value whole = import_or_raise(*alias.module);
        const std::string_view top = alias.module->text.substr(0, alias.module->text.find('.'));
        bind_name(alias.symbol, alias.whole ? whole : import_module(*this, top));
    }
}

void Evaluator::import_names(const FromImport& s) {
    if (s.relative) raise("ImportError", "attempted relative import with no known parent package");
    const Value module = import_or_raise(*s.module);
    for (const auto& alias : s.aliases)
        bind_name(alias.symbol, import_from(*this, *module.module, *alias.name));
}

const Exception* Evaluator::to_exception(Value v) {
    if (v.is(Type::exception)) return v.exception;
    if (v.is(Type::type) && is_exception(*v.type_info, "BaseException"))
        return make<Exception>(v.type_info, tuple({}), at);
    raise("TypeError", "exceptions must derive from BaseException");
}

void Evaluator::execute_raise(const Raise& s) {
    if (!s.exception) {
        if (!handled_) raise("RuntimeError", "No active exception to reraise");
        throw Raised{handled_};
    }
    const Value v = evaluate(s.exception);
    if (s.cause) evaluate(s.cause);
    at = s.at;
    const Exception* exception = to_exception(v);
    raise(*exception->type, exception->arguments);
}

// Names.

Scope* Evaluator::new_scope(const ScopeInfo& info, Scope* outer) {
    tick(info.locals.size() / 8);
    auto* scope = make<Scope>(&info, outer, std::span<Value>{});
    auto* values =
        static_cast<Value*>(memory()->allocate(info.locals.size() * sizeof(Value), alignof(Value)));
    scope->values = {values, info.locals.size()};
    std::uninitialized_fill(scope->values.begin(), scope->values.end(), Value{});
    return scope;
}

Value Evaluator::look_up(const Name& name) {
    at = name.at;
    const Str& text = *program_->names[name.symbol];
    for (const Scope* scope = scope_; scope; scope = scope->outer) {
        Value found;
        if (!scope->info) {
            found = scope->values[name.symbol];
        } else {
            tick(scope->info->locals.size() / 32);
            const auto local = std::ranges::find(scope->info->locals, name.symbol);
            if (local == scope->info->locals.end()) continue;
            found = scope->values[static_cast<std::size_t>(local - scope->info->locals.begin())];
            if (!found && scope == scope_)
                raise("UnboundLocalError", "cannot access local variable " + quoted(text.text) +
                                               " where it is not associated with a value");
            if (!found)
                raise("NameError", "cannot access free variable " + quoted(text.text) +
                                       " where it is not associated with a value in enclosing scope");
        }
        if (found.is(Type::foreign)) refuse("`" + std::string{found.string->text} + "`");
        if (found) return found;
    }
    if (const Value found = find_builtin(*this, text.text)) return found;
    raise("NameError", "name " + quoted(text.text) + " is not defined");
}

void Evaluator::bind_name(Symbol symbol, Value value) {
    for (Scope* scope = scope_;; scope = scope->outer) {
        if (!scope->info) {
            scope->values[symbol] = value;
            return;
        }
        tick(scope->info->locals.size() / 32);
        const auto local = std::ranges::find(scope->info->locals, symbol);
        // A name that is not there belongs further out: `:=` in a comprehension binds around it.
        if (local == scope->info->locals.end()) continue;
        scope->values[static_cast<std::size_t>(local - scope->info->locals.begin())] = value;
        return;
    }
}

void Evaluator::assign(const Expression* target, Value value) {
    if (target->kind == ExpressionKind::name) {
        bind_name(static_cast<const Name*>(target)->symbol, value);
    } else if (target->kind == ExpressionKind::subscript) {
        const auto& subscript = *static_cast<const Subscript*>(target);
        const Value object = evaluate(subscript.object);
        const Value index = evaluate(subscript.index);
        at = target->at;
        set_item(*this, object, index, value);
    } else {
        at = target->at;
        unpack(*static_cast<const Sequence*>(target), value);
    }
}

void Evaluator::unpack(const Sequence& targets, Value value) {
    const Level level{*this};
    Iterator* source = nullptr;
    if (!is_number(value) && !value.is(Type::none)) source = iterate(*this, value);
    if (!source)
        raise("TypeError", "cannot unpack non-iterable " + std::string{type_name(value)} + " object");
    const std::size_t wanted = targets.items.size();
    const auto star = std::ranges::find(targets.items, ExpressionKind::starred, &Expression::kind);
    const bool starred = star != targets.items.end();
    Values items = values();
    // One more than wanted is enough to know that there are too many.
    while (starred || items.size() <= wanted) {
        const Value item = source->next(*this);
        if (!item) break;
        items.push_back(item);
    }
    if (!starred && items.size() > wanted)
        raise("ValueError", "too many values to unpack (expected " + std::to_string(wanted) + ")");
    if (items.size() < wanted - (starred ? 1 : 0))
        raise("ValueError",
              "not enough values to unpack (expected " + std::string{starred ? "at least " : ""} +
                  std::to_string(wanted - (starred ? 1 : 0)) + ", got " + std::to_string(items.size()) + ")");
    std::size_t next = 0;
    for (const Expression* target : targets.items) {
        if (target->kind != ExpressionKind::starred) {
            assign(target, items[next++]);
            continue;
        }
        const std::size_t rest = items.size() + 1 - wanted;
        assign(static_cast<const Starred*>(target)->value, list_of(std::span{items}.subspan(next, rest)));
        next += rest;
    }
}

// Expressions.

Value Evaluator::evaluate(const Expression* e) {
    const Level level{*this};
    tick();
    switch (e->kind) {
        case ExpressionKind::constant: return static_cast<const Constant*>(e)->value;
        case ExpressionKind::joined_string: return evaluate_joined(*static_cast<const JoinedString*>(e));
        case ExpressionKind::name: return look_up(*static_cast<const Name*>(e));
        case ExpressionKind::list:
        case ExpressionKind::tuple:
        case ExpressionKind::set: return evaluate_sequence(*static_cast<const Sequence*>(e));
        case ExpressionKind::dict: return evaluate_dict(*static_cast<const DictDisplay*>(e));
        case ExpressionKind::comprehension:
            return evaluate_comprehension(*static_cast<const Comprehension*>(e));
        case ExpressionKind::unary: {
            const auto& u = *static_cast<const Unary*>(e);
            const Value operand = evaluate(u.operand);
            at = e->at;
            return u.op == '!' ? Value{!truthy(operand)} : unary(*this, u.op, operand);
        }
        case ExpressionKind::binary: return evaluate_binary(*static_cast<const Binary*>(e));
        case ExpressionKind::boolean: return evaluate_boolean(*static_cast<const Boolean*>(e));
        case ExpressionKind::comparison: return evaluate_comparison(*static_cast<const Comparison*>(e));
        case ExpressionKind::conditional: {
            const auto& c = *static_cast<const Conditional*>(e);
            return evaluate(truthy(evaluate(c.test)) ? c.then : c.otherwise);
        }
        case ExpressionKind::call: return evaluate_call(*static_cast<const Call*>(e));
        case ExpressionKind::attribute: {
            const auto& a = *static_cast<const Attribute*>(e);
            const Value object = evaluate(a.object);
            at = e->at;
            return get_attribute(*this, object, *a.name);
        }
        case ExpressionKind::subscript: return evaluate_subscript(*static_cast<const Subscript*>(e));
        case ExpressionKind::lambda: return make_function(static_cast<const Lambda*>(e)->function);
        case ExpressionKind::named: {
            const auto& n = *static_cast<const Named*>(e);
            const Value value = evaluate(n.value);
            bind_name(n.symbol, value);
            return value;
        }
        case ExpressionKind::slice:
        case ExpressionKind::starred: break;
    }
    at = e->at;
    fail("syntax error: this is no expression", {});
}

std::string Evaluator::joined_text(const JoinedString& e) {
    std::string text;
    for (const auto& piece : e.pieces) {
        if (piece.literal) {
            text += piece.literal->text;
        } else {
            const Value value = convert(*this, evaluate(piece.expression), piece.conversion);
            at = piece.expression->at;
            text += format_value(*this, value, piece.spec ? joined_text(*piece.spec) : std::string{});
        }
        check_text(text.size());
    }
    return text;
}

Value Evaluator::evaluate_joined(const JoinedString& e) { return text(joined_text(e)); }

Value Evaluator::evaluate_sequence(const Sequence& e) {
    Values items = values();
    items.reserve(e.items.size());
    for (const Expression* item : e.items) {
        if (item->kind != ExpressionKind::starred) {
            items.push_back(evaluate(item));
            continue;
        }
        const Value more = evaluate(static_cast<const Starred*>(item)->value);
        at = item->at;
        for_each(*this, more, [&](Value v) { items.push_back(v); });
    }
    if (e.kind == ExpressionKind::list) return make<List>(std::move(items));
    if (e.kind == ExpressionKind::tuple) return tuple(items);
    Set* made = set();
    at = e.at;
    for (const Value item : items) made->members.set(*this, item, Value::none(), at);
    return made;
}

Value Evaluator::evaluate_dict(const DictDisplay& e) {
    Dict* made = dict();
    for (const auto& item : e.items) {
        if (!item.key) {
            const Value more = evaluate(item.value);
            at = item.value->at;
            if (!more.is(Type::dict))
                raise("TypeError", quoted(type_name(more)) + " object is not a mapping");
            update(*this, *made, more);
            continue;
        }
        const Value key = evaluate(item.key);
        const Value value = evaluate(item.value);
        at = item.key->at;
        made->set(*this, key, value, at);
    }
    return made;
}

Value Evaluator::evaluate_comprehension(const Comprehension& e) {
    const Value iterable = evaluate(e.clauses[0].iterable);
    at = e.clauses[0].iterable->at;
    Iterator* first = iterate(*this, iterable);
    Scope* scope = new_scope(e.scope, scope_);
    auto* generator = make<Generator>(*this, e, scope, first);
    if (e.makes == Comprehension::Makes::generator) return generator;

    const Inside inside{*this, scope};
    Values items = values();
    Dict* pairs = dict();
    while (generator->step(*this)) {
        const Value element = evaluate(e.element);
        if (e.makes == Comprehension::Makes::list) {
            items.push_back(element);
            continue;
        }
        const Value value = e.value ? evaluate(e.value) : Value::none();
        at = e.element->at;
        pairs->set(*this, element, value, at);
    }
    at = e.at;
    if (e.makes == Comprehension::Makes::list) return make<List>(std::move(items));
    if (e.makes == Comprehension::Makes::dict) return pairs;
    return make<Set>(std::move(*pairs));
}

Value Evaluator::evaluate_binary(const Binary& e) {
    // `a + b + c + …` leans to the left as deep as it is long: walk down there without recursion.
    boost::container::small_vector<const Binary*, 8> chain{&e};
    while (chain.back()->left->kind == ExpressionKind::binary)
        chain.push_back(static_cast<const Binary*>(chain.back()->left));
    Value result = evaluate(chain.back()->left);
    for (std::size_t i = chain.size(); i-- > 0;) {
        tick();
        const Value right = evaluate(chain[i]->right);
        at = e.at;
        result = binary(*this, chain[i]->op, result, right);
    }
    return result;
}

Value Evaluator::evaluate_boolean(const Boolean& e) {
    Value value;
    for (const Expression* operand : e.operands) {
        value = evaluate(operand);
        if (truthy(value) == e.is_or) break;
    }
    return value;
}

Value Evaluator::evaluate_comparison(const Comparison& e) {
    Value left = evaluate(e.first);
    for (const auto& link : e.links) {
        const Value right = evaluate(link.operand);
        at = e.at;
        if (!compare(*this, link.comparator, left, right)) return false;
        left = right;
    }
    return true;
}

Value Evaluator::evaluate_subscript(const Subscript& e) {
    const Value object = evaluate(e.object);
    if (e.index->kind != ExpressionKind::slice) {
        const Value index = evaluate(e.index);
        at = e.at;
        return get_item(*this, object, index);
    }
    const auto& slice = *static_cast<const Slice*>(e.index);
    const auto part = [&](const Expression* p) { return p ? evaluate(p) : Value::none(); };
    const Value lower = part(slice.lower), upper = part(slice.upper), step = part(slice.step);
    at = e.at;
    return get_slice(*this, object, lower, upper, step);
}

// Calls.

Value Evaluator::evaluate_call(const Call& e) {
    const Value callee = evaluate(e.callee);
    boost::container::small_vector<Value, 4> positional;
    boost::container::small_vector<Keyword, 4> keywords;
    bool names_unknown = false;  // before it runs: the parser has seen that literal ones differ
    for (const auto& argument : e.arguments) {
        const Value value = evaluate(argument.value);
        at = argument.at;
        if (argument.stars == 0) {
            if (argument.name)
                keywords.push_back({argument.name, value, argument.at});
            else
                positional.push_back(value);
        } else if (argument.stars == 1) {
            for_each(*this, value, [&](Value v) { positional.push_back(v); });
        } else {
            if (!value.is(Type::dict))
                raise("TypeError",
                      "argument after ** must be a mapping, not " + std::string{type_name(value)});
            tick(value.dict->size());
            for (const auto& entry : value.dict->entries()) {
                if (!entry.key) continue;
                if (!entry.key.is(Type::string)) raise("TypeError", "keywords must be strings");
                keywords.push_back({entry.key.string, entry.value, e.at});
            }
            names_unknown = true;
        }
    }
    at = e.at;
    if (names_unknown) {
        Dict* seen = dict();
        for (const Keyword& keyword : keywords) {
            if (seen->find(*this, keyword.name))
                raise("TypeError", "got multiple values for keyword argument " + quoted(keyword.name->text));
            seen->set(*this, keyword.name, Value::none(), at);
        }
    }
    return call(callee,
                Arguments{{positional.data(), positional.size()}, {keywords.data(), keywords.size()}});
}

Value Evaluator::call(Value callee, const Arguments& arguments) {
    const Level level{*this};
    tick();
    if (callee.is(Type::builtin)) return call_builtin(*callee.builtin, arguments);
    if (callee.is(Type::function)) return call_function(*callee.function, arguments);
    if (callee.is(Type::type)) {
        running = callee.type_info->name;
        return callee.type_info->construct(*this, *callee.type_info, arguments);
    }
    raise("TypeError", quoted(type_name(callee)) + " object is not callable");
}

Value Evaluator::call_builtin(const Builtin& builtin, const Arguments& arguments) {
    running = builtin.info->name;
    if (builtin.unbound == Type::unset) return builtin.info->run(*this, builtin.self, arguments);
    if (arguments.positional.empty() || arguments.positional[0].type != builtin.unbound)
        raise("TypeError", "unbound method " + std::string{running} + "() needs an object of its own type");
    return builtin.info->run(*this, arguments.positional[0],
                             {arguments.positional.subspan(1), arguments.keywords});
}

Value Evaluator::make_function(const FunctionInfo* info) {
    std::vector<Value> fallbacks;
    fallbacks.reserve(info->parameters.size());
    for (const Parameter& p : info->parameters)
        fallbacks.push_back(p.fallback ? evaluate(p.fallback) : Value{});
    return make<Function>(info, scope_, copy(std::span<const Value>{fallbacks}));
}

Value Evaluator::call_function(const Function& function, const Arguments& arguments) {
    const Offset called_at = at;
    Scope* scope = new_scope(function.info->scope, function.outer);
    bind_parameters(function, arguments, scope->values);
    const Inside inside{*this, scope};
    Value result = Value::none();
    if (function.info->result) {
        result = evaluate(function.info->result);
    } else if (execute(function.info->body) == Flow::returned) {
        result = returned_;
    }
    at = called_at;
    return result;
}

void Evaluator::bind_parameters(const Function& function, const Arguments& arguments,
                                std::span<Value> values) {
    using Kind = Parameter::Kind;
    const auto parameters = function.info->parameters;  // the first names of the scope, in this order
    const std::string name = std::string{function.info->name->text} + "()";
    std::size_t used = 0;
    Dict* keywords = nullptr;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Kind kind = parameters[i].kind;
        if (kind == Kind::rest) {
            values[i] = tuple(arguments.positional.subspan(used));
            used = arguments.positional.size();
        } else if (kind == Kind::keywords) {
            values[i] = keywords = dict();
        } else if (kind != Kind::keyword_only && used < arguments.positional.size()) {
            values[i] = arguments.positional[used++];
        }
    }
    if (used < arguments.positional.size())
        raise("TypeError", name + " takes " + std::to_string(used) + " positional argument" +
                               (used == 1 ? "" : "s") + " but " +
                               std::to_string(arguments.positional.size()) +
                               (arguments.positional.size() == 1 ? " was" : " were") + " given");
    for (const Keyword& keyword : arguments.keywords) {
        tick(parameters.size() / 8);
        const auto parameter = std::ranges::find_if(parameters, [&](const Parameter& p) {
            return (p.kind == Kind::plain || p.kind == Kind::keyword_only) &&
                   p.name->text == keyword.name->text;
        });
        if (parameter == parameters.end()) {
            const bool positional_only = std::ranges::any_of(parameters, [&](const Parameter& p) {
                return p.kind == Kind::positional_only && p.name->text == keyword.name->text;
            });
            if (!keywords && positional_only)
                raise("TypeError", name +
                                       " got some positional-only arguments passed as keyword arguments: " +
                                       quoted(keyword.name->text));
            if (!keywords)
                raise("TypeError",
                      name + " got an unexpected keyword argument " + quoted(keyword.name->text));
            keywords->set(*this, keyword.name, keyword.value, keyword.at);
            continue;
        }
        Value& place = values[static_cast<std::size_t>(parameter - parameters.begin())];
        if (place)
            raise("TypeError", name + " got multiple values for argument " + quoted(keyword.name->text));
        place = keyword.value;
    }
    std::vector<std::string> missing, missing_keywords;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!values[i]) values[i] = function.fallbacks[i];
        if (values[i]) continue;
        auto& names = parameters[i].kind == Kind::keyword_only ? missing_keywords : missing;
        names.push_back(quoted(parameters[i].name->text));
    }
    if (!missing.empty()) raise("TypeError", name + " missing " + enumerate(missing, "positional"));
    if (!missing_keywords.empty())
        raise("TypeError", name + " missing " + enumerate(missing_keywords, "keyword-only"));
}

}  // namespace fedmsg::dialect
