/// What is in the file of `crl_location`, wherever it came from.
#include "trust.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace fedmsg;
using namespace fedmsg::crypto;

namespace {

const std::string ca = fuzz::read_file("keys/ca.crt");
const std::string good = fuzz::read_file("keys/shell-app01.phx2.example.org.crt");
const std::string revoked = fuzz::read_file("keys/revoked.phx2.example.org.crt");
const auto list = fuzz::blocks(fuzz::read_file("keys/crl.pem")).front();
const auto empty_list = fuzz::blocks(fuzz::read_file("keys/crl-empty.pem")).front();

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const auto& module = x509_module();
    (void)module.read_crl({"crl", text});
    const auto store = module.make_trust_store(
        {.ca = {"ca", ca}, .crl = x509::Text{"crl", text}, .digests = {Digest::sha1}});
    const auto all = fuzz::blocks(text);
    const auto has = [&](const std::string& der) { return std::ranges::find(all, der) != all.end(); };
    // Nothing is cleared but by a list of our CA.
    if (store->check(good, fuzz::some_day).valid() && !has(list) && !has(empty_list)) std::abort();
    if (store->check(revoked, fuzz::some_day).valid() && !has(empty_list)) std::abort();
    return 0;
}
