#include "crypto/policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace fedmsg::crypto {
namespace {

bool allows(const Policy::Signers& signers, std::string_view signer) {
    if (const auto* text = std::get_if<std::string>(&signers)) return text->find(signer) != text->npos;
    return std::ranges::find(std::get<0>(signers), signer) != std::get<0>(signers).end();
}

}  // namespace

Policy Policy::of(const encoding::Value* topics, bool nitpicky) {
    Policy policy{.nitpicky = nitpicky};
    if (topics == nullptr || topics->object() == nullptr) return policy;
    for (const auto& [topic, names] : *topics->object()) {
        if (const auto* text = names.string()) {
            policy.topics[topic] = *text;
            continue;
        }
        std::vector<std::string> list;
        if (names.array() != nullptr)
            for (const auto& name : *names.array())
                if (name.string() != nullptr) list.push_back(*name.string());
        policy.topics[topic] = std::move(list);
    }
    return policy;
}

std::optional<std::string> Policy::refusal(std::optional<std::string_view> topic,
                                           std::string_view signer) const {
    const auto found = topic ? topics.find(*topic) : topics.end();
    if (found != topics.end()) {
        if (allows(found->second, signer)) return std::nullopt;
        return fmt::format(
            "routing_policy does not let {} sign {}: add the name there, or find out who sends this", signer,
            *topic);
    }
    if (!nitpicky) return std::nullopt;
    return fmt::format(
        "routing_policy does not name the topic {}, and routing_nitpicky refuses such: add the topic with {}",
        topic ? *topic : "(none)", signer);
}

}  // namespace fedmsg::crypto
