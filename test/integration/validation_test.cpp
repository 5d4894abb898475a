/// fedmsg tail --validate while the world changes around it: revocations, another authority, floods of
/// strangers.
#include "support/bus.h"

#include "crypto/base64.h"
#include "encoding/write.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <random>
#include <thread>

namespace fedmsg::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

const std::string topic = "org.fedoraproject.dev.test.validation";

/// A site with an authority of its own, and a publisher that it hears.
class Site : public testing::Test {
  protected:
    std::string ssldir() const { return folder.path().string(); }
    std::string config() const {
        return folder.write("config.json", R"({"ssldir": ")" + ssldir() + R"(", "ca_cert_location": ")" +
                                               ssldir() + R"(/ca.crt", "crl_location": ")" + ssldir() +
                                               R"(/crl.pem"})");
    }
    Finished fedmsg_here(std::vector<std::string> words, std::string_view input = "") const {
        words.insert(words.end(), {"--config-filename", config()});
        return run(fedmsg(std::move(words)), input);
    }
    void certs(std::vector<std::string> words) const {
        words.insert(words.begin(), "certs");
        const auto result = fedmsg_here(std::move(words));
        ASSERT_EQ(result.status, 0) << result.errors;
    }
    /// A message of number `i`, signed by `certname`.
    std::string message(const std::string& certname, int i) const {
        const auto result =
            fedmsg_here({"sign", "--certname", certname},
                        R"({"topic": ")" + topic + R"(", "msg": {}, "i": )" + std::to_string(i) + "}");
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output.substr(0, result.output.size() - 1);
    }
    Process tail(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"tail", "--validate", "--query", "i", "--config-filename", config()};
        for (const auto& word : bus.as_endpoint()) words.push_back(word);
        words.insert(words.end(), more.begin(), more.end());
        Process process{fedmsg(std::move(words))};
        bus.wait_for_subscriber();
        return process;
    }

    TemporaryFolder folder;
    Bus bus;
};

TEST_F(Site, ARevocationCountsWithinTwoSeconds) {
    certs({"init-ca"});
    certs({"issue", "shell.a", "shell.b"});
    const auto from_a = message("shell-a", 1), from_b = message("shell-b", 2);
    auto shown = tail();
    bus.publish(topic, from_a);
    bus.publish(topic, from_b);
    EXPECT_EQ(shown.next_line(), "1");
    EXPECT_EQ(shown.next_line(), "2");

    certs({"revoke", "shell.a"});
    const auto revoked = Clock::now();
    // Each time one of a, and then one of b, which comes in any case.
    for (bool still_valid = true; still_valid;) {
        bus.publish(topic, from_a);
        bus.publish(topic, from_b);
        still_valid = shown.next_line() == "1";
        if (still_valid) {
            EXPECT_EQ(shown.next_line(), "2");
        }
    }
    EXPECT_LT(Clock::now() - revoked, sanitized ? 10s : 2s);
    EXPECT_EQ(shown.terminate(), 0);
    EXPECT_THAT(shown.errors(),
                HasSubstr(topic + ": revoked: the certificate of \"shell-a\" was revoked on "));
}

TEST_F(Site, AnAuthorityIsReplacedWithoutAGap) {
    certs({"init-ca", "--ca-name", "Old CA"});
    certs({"issue", "shell.old"});
    const auto from_old = message("shell-old", 1);
    const auto old_ca = read_file(folder / "ca.crt"), old_crl = read_file(folder / "crl.pem");
    auto shown = tail();
    bus.publish(topic, from_old);
    EXPECT_EQ(shown.next_line(), "1");

    for (const auto* name : {"ca.crt", "ca.key", "crl.pem", "index.txt"})
        std::filesystem::rename(folder / name, folder / (std::string{"old."} + name));
    certs({"init-ca", "--ca-name", "New CA"});
    certs({"issue", "shell.new"});
    const auto from_new = message("shell-new", 2);
    folder.write("ca.crt", read_file(folder / "ca.crt") + old_ca);
    folder.write("crl.pem", read_file(folder / "crl.pem") + old_crl);
    while (shown.output().find("2") == std::string::npos) {
        bus.publish(topic, from_new);
        shown.pump(-1, Clock::now() + 10ms);
    }
    bus.publish(topic, from_old);
    auto line = shown.next_line();
    while (line == "2") line = shown.next_line();
    EXPECT_EQ(line, "1");
    EXPECT_EQ(shown.terminate(), 0);
}

/// How often a file was opened.
class Opened {
  public:
    explicit Opened(const std::string& path) : descriptor_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)} {
        EXPECT_GE(::inotify_add_watch(descriptor_, path.c_str(), IN_OPEN), 0);
    }
    ~Opened() { ::close(descriptor_); }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

    [[nodiscard]] int times() {
        alignas(inotify_event) std::array<char, 4096> buffer{};
        for (ssize_t size = 0; (size = ::read(descriptor_, buffer.data(), buffer.size())) > 0;)
            count_ += static_cast<int>(size / static_cast<ssize_t>(sizeof(inotify_event)));
        return count_;
    }

  private:
    int descriptor_;
    int count_ = 0;
};

/// Copies of a signed message, each with a certificate that nobody has seen before: the signature of its CA
/// is another one.
class Strangers {
  public:
    explicit Strangers(const std::string& message) {
        const auto document = parse_json(message);
        envelope_ = encoding::to_value(document.root());
        const auto pem = from_base64(text_at(document.root(), "certificate"));
        const auto begin = pem.find(begin_line) + begin_line.size(), end = pem.find("-----END");
        der_ = from_base64(pem.substr(begin, end - begin));
    }
    std::string next() {
        auto der = der_;
        for (std::size_t i = der.size() - 200; i < der.size(); ++i) der[i] = static_cast<char>(random_());
        envelope_["certificate"] = crypto::encode_base64(
            std::string{begin_line} + "\n" + crypto::encode_base64(der) + "-----END CERTIFICATE-----\n");
        return encoding::dumps(envelope_);
    }

  private:
    static constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
    encoding::Value envelope_;
    std::string der_;
    std::mt19937 random_{1};
};

long most_memory_kib(pid_t pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    return std::stol(status.substr(status.find("VmHWM:") + 6));
}

TEST_F(Site, AFloodOfStrangersKeepsNobodyWaiting) {
    certs({"init-ca"});
    certs({"issue", "shell.a"});
    const auto good = message("shell-a", 1), last = message("shell-a", 3);
    const auto foreign_keys = data_file("crypto/keys").string();
    auto sign_foreign = fedmsg({"sign", "--certname", "foreign.phx2.example.org", "--config-filename",
                                folder.write("foreign.json", R"({"ssldir": ")" + foreign_keys + "\"}")});
    const auto foreign =
        run(std::move(sign_foreign), R"({"topic": ")" + topic + R"(", "msg": {}, "i": 2})").output;

    const int flood = sanitized ? 2000 : 20000, count = sanitized ? 200 : 2000;
    Opened ca{ssldir() + "/ca.crt"}, crl{ssldir() + "/crl.pem"};
    Bus strangers_bus;
    auto shown = tail({"--endpoint", "strangers=" + strangers_bus.address()});
    strangers_bus.wait_for_subscriber();
    std::thread flooding{[&] {
        // Every other one claims to be of our own authority.
        Strangers of_another_ca{foreign}, of_ours{good};
        for (int i = 0; i < flood; ++i)
            strangers_bus.publish(topic, i % 2 == 0 ? of_another_ca.next() : of_ours.next());
        strangers_bus.publish(topic, last);
    }};
    // What comes now overtakes the flood, which is under way when it has been complained of.
    EXPECT_THAT(shown.error_line_with("untrusted"), HasSubstr(topic));
    for (int i = 0; i < count; ++i) bus.publish(topic, good);
    for (int i = 0; i < count; ++i) ASSERT_EQ(shown.next_line(), "1") << i;
    EXPECT_EQ(shown.next_line(), "3");
    flooding.join();
    EXPECT_LT(most_memory_kib(shown.pid()), sanitized ? 600'000 : 60'000);
    EXPECT_EQ(shown.terminate(), 0);
    EXPECT_THAT(shown.errors(),
                HasSubstr("not shown, as they do not validate: " + std::to_string(flood) + " untrusted"));
    // At the start, and once for a suspicion at most.
    EXPECT_LE(ca.times(), 2);
    EXPECT_LE(crl.times(), 2);
}

}  // namespace
}  // namespace fedmsg::test
