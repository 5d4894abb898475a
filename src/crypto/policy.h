#pragma once
/// \file
/// Who may publish on a topic. Source: spec "Signing, validation, authorization", step 5; fedmsg 1.1.7,
/// crypto/utils.py `validate_policy`.

#include "encoding/value.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fedmsg::crypto {

/// Topics and names are compared exactly: no prefix, no asterisk, no other case.
struct Policy {
    /// The names of a list; a string instead of a list allows every name that is a part of it, as Python's
    /// `in` does.
    using Signers = std::variant<std::vector<std::string>, std::string>;

    std::map<std::string, Signers, std::less<>> topics{};  ///< `routing_policy`
    bool nitpicky = false;                                 ///< `routing_nitpicky`

    /// `routing_policy` as it is configured: {topic: [names]}. What is neither list nor string allows nobody.
    static Policy of(const encoding::Value* topics, bool nitpicky);

    /// Nothing when `signer` may sign it; else why not. \param topic  nothing where the message has none
    [[nodiscard]] std::optional<std::string> refusal(std::optional<std::string_view> topic,
                                                     std::string_view signer) const;
};

}  // namespace fedmsg::crypto
