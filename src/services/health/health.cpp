#include "services/health/health.h"

#include <fmt/format.h>

#include <algorithm>

namespace fedmsg::services {
namespace {

using Kind = HealthProblem::Kind;

const encoding::Node* find_part(encoding::Node frame, std::string_view role, std::string_view name) {
    const auto* parts = frame.find(role);
    if (parts == nullptr) return nullptr;
    for (const auto& part : parts->elements())
        if (part.find_string("name") == name) return &part;
    return nullptr;
}

void look_at(const std::string& name, encoding::Node part, const HealthQuestion& question,
             std::vector<HealthProblem>& problems) {
    const auto number = [&part](std::string_view key) {
        const auto* node = part.find(key);
        return node == nullptr ? std::nullopt : node->integer();
    };
    if (const auto backlog = number("backlog");
        backlog && question.max_backlog && *backlog > *question.max_backlog)
        problems.push_back({Kind::backlog, name,
                            fmt::format("\"{}\" has a backlog of {}, more than {}!", name, *backlog,
                                        *question.max_backlog)});
    if (const auto count = number("exceptions");
        count && question.max_exceptions && *count > *question.max_exceptions)
        problems.push_back({Kind::exceptions, name,
                            fmt::format("\"{}\" has had {} exceptions, more than {}!", name, *count,
                                        *question.max_exceptions)});
}

}  // namespace

std::vector<HealthProblem> judge(encoding::Node frame, const HealthQuestion& question) {
    std::vector<HealthProblem> problems;
    const auto look_for = [&](std::string_view role, const std::vector<std::string>& names) {
        for (const auto& name : names) {
            const auto* part = find_part(frame, role, name);
            if (part == nullptr) {
                problems.push_back({Kind::missing, name, fmt::format("\"{}\" is not active!", name)});
                continue;
            }
            const auto* initialized = part->find("initialized");
            if (initialized == nullptr || !initialized->truthy())
                problems.push_back(
                    {Kind::uninitialized, name, fmt::format("\"{}\" is not initialized!", name)});
            look_at(name, *part, question, problems);
        }
    };
    look_for("consumers", question.consumers);
    look_for("producers", question.producers);
    if (!question.consumers.empty() || !question.producers.empty()) return problems;
    for (const auto* role : {"consumers", "producers"})
        if (const auto* parts = frame.find(role))
            for (const auto& part : parts->elements())
                look_at(std::string{part.find_string("name").value_or("")}, part, question, problems);
    return problems;
}

std::string summary(const std::vector<HealthProblem>& problems) {
    if (problems.empty()) return "All consumers and producers are active!";
    switch (std::ranges::min(problems, {}, &HealthProblem::kind).kind) {
        case Kind::missing: return "some consumers or producers are missing";
        case Kind::uninitialized: return "some consumers or producers are not initialized";
        case Kind::backlog: return "some consumers are behind";
        case Kind::exceptions: return "some consumers or producers have failed";
    }
    return "";
}

}  // namespace fedmsg::services
