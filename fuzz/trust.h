#pragma once
/// \file
/// The keys of the reference cases, for the targets that look at signatures. All that is valid is known, so
/// whatever else passes is a forgery.

#include "crypto/base64.h"
#include "crypto/module.h"
#include "crypto/pem.h"
#include "crypto/validator.h"
#include "crypto/x509/module.h"
#include "encoding/write.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::fuzz {

inline const std::string folder = FEDMSG_TEST_DATA "/crypto/";

/// 2025, when all that is not named otherwise is valid.
inline constexpr std::chrono::sys_days some_day = std::chrono::year{2025} / 6 / 1;

inline std::string read_file(const std::string& name) {
    std::ifstream file{folder + name, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.empty()) std::abort();
    return text;
}

/// The content of the blocks of a PEM text, in DER.
inline std::vector<std::string> blocks(std::string_view pem) {
    std::vector<std::string> result;
    std::size_t offset = 0;
    while (const auto block = crypto::next_pem_block(pem, offset))
        result.push_back(crypto::decode_base64(block->body).value_or(""));
    return result;
}

/// The messages of the reference cases that are valid with ca.crt and crl.pem.
inline std::vector<encoding::Value> good_messages() {
    std::vector<encoding::Value> result;
    const auto cases = encoding::loads(read_file("x509.json"));
    for (const auto& c : *cases->array()) {
        const auto& object = *c.object();
        const auto* config = object.find("config")->object();
        const bool usual = *config->find("ca_cert_location")->string() == "keys/ca.crt" &&
                           config->find("crl_location") != nullptr &&
                           config->find("crl_location")->string() != nullptr;
        if (usual && object.find("expect")->truthy())
            result.push_back(*encoding::loads(*object.find("message")->string()));
    }
    if (result.size() < 50) std::abort();
    return result;
}

/// As configured for the reference cases, on `some_day`.
inline const crypto::Validator& validator() {
    static const crypto::Validator the_one = [] {
        crypto::Clocks clocks;
        clocks.date = [] { return std::chrono::system_clock::time_point{some_day}; };
        crypto::Validator::Settings settings;
        settings.ca = crypto::open_source(folder + "keys/ca.crt", std::chrono::seconds{0}, clocks);
        settings.crl = crypto::open_source(folder + "keys/crl.pem", std::chrono::seconds{0}, clocks);
        settings.clocks = clocks;
        return crypto::Validator{std::move(settings)};
    }();
    return the_one;
}

}  // namespace fedmsg::fuzz
