// What signing and validation cost beside the bare RSA operations of Botan with the same key.
//
//     bench-crypto FILE.jsonl FOLDER NAME ROUNDS MODULES
//
// FOLDER has ca.crt, crl.pem, NAME.key and NAME.crt (fedmsg certs makes them), MODULES what fedmsg loads. The
// messages are signed first. Prints one JSON object. Rounds of all contestants alternate; the median counts,
// because other work disturbs single rounds upwards.
#include "crypto/recently_used.h"
#include "crypto/signer.h"
#include "crypto/validator.h"
#include "encoding/write.h"

#include <botan/auto_rng.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace fedmsg;
using Clock = std::chrono::steady_clock;

struct Contestant {
    std::string name;
    std::function<void(std::size_t)> work;  // on the message of this number
    std::size_t threads = 1;
    std::vector<double> rounds{};  // nanoseconds a message, of wall time
};

void run_round(Contestant& c, std::size_t messages) {
    constexpr auto least =
        std::chrono::milliseconds{250};  // far above what the clock and one interruption add
    std::size_t done = 0;
    const auto start = Clock::now();
    auto spent = Clock::duration{};
    do {
        std::vector<std::thread> helpers;
        const auto share = [&](std::size_t thread) {
            for (auto i = thread; i < messages; i += c.threads) c.work(i);
        };
        for (std::size_t thread = 1; thread < c.threads; ++thread) helpers.emplace_back(share, thread);
        share(0);
        for (auto& helper : helpers) helper.join();
        done += messages;
        spent = Clock::now() - start;
    } while (spent < least);
    c.rounds.push_back(std::chrono::duration<double, std::nano>(spent).count() / static_cast<double>(done));
}

double median(std::vector<double> all) {
    std::ranges::sort(all);
    return all[all.size() / 2];
}

std::vector<std::string> signed_messages(const std::string& path, const crypto::Signer& signer) {
    std::ifstream file{path};
    std::vector<std::string> messages;
    for (std::string line; std::getline(file, line);) {
        const auto document = encoding::Document::parse(line);
        if (!document) throw std::runtime_error{to_string(document.error())};
        auto value = encoding::to_value(document->root());
        signer.sign(*value.object());
        messages.push_back(encoding::dumps(value));
    }
    if (messages.empty()) throw std::runtime_error{path + " has no lines"};
    return messages;
}

crypto::Validator::Settings trust(const std::string& folder) {
    Config config;
    config.ca_cert_location = folder + "/ca.crt";
    config.crl_location = folder + "/crl.pem";
    return crypto::Validator::Settings::of(config);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::cerr << "usage: bench-crypto FILE.jsonl FOLDER NAME ROUNDS MODULES\n";
        return 2;
    }
    const std::string folder = argv[2], name = argv[3];
    const int rounds = std::max(1, std::atoi(argv[4]));
    ::setenv("FEDMSG_MODULES", argv[5], 1);
    const crypto::Signer signer{folder, name, crypto::Digest::sha1};
    const crypto::Signer openssl_signer{folder, name, crypto::Digest::sha1, crypto::Signer::Library::openssl};
    const auto messages = signed_messages(argv[1], signer);
    const crypto::Validator validator{trust(folder)};

    // The bare operations, with keys and operations made once.
    Botan::AutoSeeded_RNG random;
    Botan::DataSource_Stream key_file{folder + "/" + name + ".key"};
    const auto key = Botan::PKCS8::load_key(key_file);
    Botan::PK_Signer bare_signer{*key, random, "EMSA3(SHA-160)"};
    Botan::PK_Verifier bare_verifier{*key, "EMSA3(SHA-160)"};
    const std::vector<std::uint8_t> bytes(20, 'x');
    const auto signature = bare_signer.sign_message(bytes, random);

    // The certificates of a bus, as the field has them, and the one that is asked for among them.
    crypto::RecentlyUsed<int> certificates{1024};
    const auto first = encoding::Document::parse(messages.front());
    const std::string certificate{*first->root().find_string("certificate")};
    for (int i = 0; i < 300; ++i)
        certificates.remember(std::to_string(i) + certificate, std::make_shared<const int>(i));
    certificates.remember(certificate, std::make_shared<const int>(300));

    const auto expect = [](bool holds) {
        if (!holds) throw std::runtime_error{"a verdict is wrong"};
    };
    const auto validate = [&](std::size_t i) {
        const auto document = encoding::Document::parse(messages[i]);
        expect(validator.validate(document->root()).valid());
    };
    std::vector<encoding::Object> unsigned_messages;
    for (const auto& message : messages)
        unsigned_messages.push_back(*encoding::to_value(encoding::Document::parse(message)->root()).object());
    Contestant contestants[] = {
        {"botan_verify", [&](std::size_t) { expect(bare_verifier.verify_message(bytes, signature)); }},
        {"validate", validate},
        {"validate_2_threads", validate, 2},
        {"certificate_cache", [&](std::size_t) { expect(certificates.find(certificate) != nullptr); }},
        {"botan_sign", [&](std::size_t) { (void)bare_signer.sign_message(bytes, random); }},
        {"sign", [&](std::size_t i) { signer.sign(unsigned_messages[i]); }},
        {"openssl_sign", [&](std::size_t i) { openssl_signer.sign(unsigned_messages[i]); }},
    };
    for (int i = 0; i < rounds; ++i)
        for (auto& c : contestants)
            run_round(
                c, c.name.ends_with("sign") ? std::min<std::size_t>(100, messages.size()) : messages.size());

    encoding::Object results;
    for (const auto& c : contestants) results[c.name] = median(c.rounds);
    const encoding::Object report{
        {"messages", static_cast<long>(messages.size())}, {"rounds", rounds}, {"ns_per_message", results}};
    std::cout << pretty_dumps(report) << '\n';
}
