#include "config/keys.h"
#include "config/load.h"
#include "encoding/write.h"
#include "unit/config/tree.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;
using test::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Checked check(std::string_view key, const std::string& value) {
    Merged merged;
    merged.values[key] = json(value);
    return check_config(merged);
}

std::vector<std::string> texts(const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const Finding& finding : findings) result.push_back(to_string(finding));
    return result;
}

// --- Every key: values that are refused, and values that are taken
// -------------------------------------------------

struct Values {
    std::vector<std::string> bad;
    std::vector<std::string> good;
};

const Values a_boolean{{"0", "1", "null", R"("true")", "[]"}, {"true", "false"}};
const Values a_count{{"-1", "1.0", "true", R"("5")", "null", "2147483648"}, {"0", "1", "2147483647"}};
const Values a_duration{{"-0.1", "true", R"("1s")", "null", "1e10", "NaN", "Infinity"}, {"0", "1", "0.25"}};
const Values from_minus_one{{"-2", "0.5", "false", "null"}, {"-1", "0", "1000"}};
const Values a_string{{"1", "true", "[]", "{}"}, {R"("x")", R"("")"}};
const Values a_path_or_null{{"1", R"("")", R"("http://x/y")", "[]"}, {R"("/x/y")", R"("x")", "null"}};
const Values a_path{{"1", R"("")", R"("ftp://x/y")", "null"}, {R"("/x/y")", R"("~/x")"}};
const Values a_source{{"1", R"("")", R"("http://x/y")", R"("https://")", "{}"},
                      {R"("/x")", R"("https://x/y")"}};
const Values a_port{{"0", "65536", "80.0", R"("80")"}, {"1", "65535"}};
const Values a_port_or_null{{"0", "65536", "true", R"("80")"}, {"1", "65535", "null"}};
const Values a_dict_of_strings{{"[]", "null", R"("x")", R"({"a": 1})", R"({"a": ["b"]})"},
                               {"{}", R"({"a": "b"})"}};
const Values a_string_or_null{{"1", "true", "[]", "{}"}, {R"("x")", "null"}};
const Values a_database{{"1", R"("")", R"("mysql://x/y")", "[]"},
                        {R"("/x.sqlite")", R"("sqlite:///x")", R"("postgresql://u@h/d")",
                         R"("postgresql+psycopg2://u@h/d")", "null"}};
const Values addresses{{"1", "null", "{}", R"("x")", R"(["tcp://x"])", "[null]"},
                       {R"("tcp://x:1")", R"(["tcp://x:1", "ipc:///y"])", "[]"}};

const std::map<std::string, Values> cases{
    {"topic_prefix", a_string},
    {"environment", {{"1", "null", "[]"}, {R"("dev")", R"("prod")"}}},
    {"topic_prefix_re", a_string},
    {"endpoints",
     {{"[]", "null", R"("tcp://x:1")", R"({"a": 1})", R"({"a": {"b": "tcp://x:1"}})", R"({"a": "tcp://x"})",
       R"({"a": ["tcp://x:1", 5]})"},
      {"{}", R"({"a": "tcp://x:1", "b": ["tcp://x:1"], "c": null, "d": [], "e": [null]})"}}},
    {"srv_endpoints",
     {{"{}", "null", R"("example.org")", "[1]", R"(["a b"])"}, {"[]", R"(["example.org"])"}}},
    {"relay_inbound", addresses},
    {"relay_outbound", {{"1", R"("x")", "[5]", "{}"}, {R"("tcp://x:1")", R"(["tcp://x:1"])", "null"}}},
    {"replay_endpoints",
     {{"[]", "null", R"({"a": ["tcp://x:1"]})", R"({"a": null})", R"({"a": "x"})"},
      {"{}", R"({"a": "tcp://x:1"})"}}},
    {"active", a_boolean},
    {"name", a_string_or_null},
    {"post_init_sleep", a_duration},
    {"timeout", a_duration},
    {"persistent_store", a_database},
    {"high_water_mark", a_count},
    {"io_threads", {{"0", "1025", "1.5", "true"}, {"1", "1024"}}},
    {"zmq_enabled", a_boolean},
    {"zmq_strict", a_boolean},
    {"zmq_linger", from_minus_one},
    {"zmq_tcp_keepalive", {{"-2", "2", "true", "1.0"}, {"-1", "0", "1"}}},
    {"zmq_tcp_keepalive_cnt", from_minus_one},
    {"zmq_tcp_keepalive_idle", from_minus_one},
    {"zmq_tcp_keepalive_intvl", from_minus_one},
    {"zmq_reconnect_ivl", from_minus_one},
    {"zmq_reconnect_ivl_max", a_count},
    {"zmq_max_message_size", {{"-1", "1e6", R"("16M")", "99999999999999999999"}, {"0", "4294967296"}}},
    {"sign_messages", a_boolean},
    {"validate_signatures", a_boolean},
    {"crypto_backend", {{R"("x508")", R"("")", R"("x509 gpg")", "1", "null"}, {R"("x509")", R"("gpg")"}}},
    {"crypto_validate_backends", {{R"("x509")", R"(["pgp"])", "[1]", "null"}, {"[]", R"(["x509", "gpg"])"}}},
    {"signature_library", {{R"("gnutls")", "true"}, {R"("botan")", R"("openssl")"}}},
    {"signature_digest", {{R"("md5")", "1"}, {R"("sha1")", R"("sha256")"}}},
    {"validate_digests", {{R"("sha1")", R"(["md5"])"}, {R"(["sha1"])"}}},
    {"min_rsa_bits", {{"1023", "true", "1e4"}, {"1024", "2048"}}},
    {"crypto_workers", {{"0", "1025", "1.0"}, {"1", "null"}}},
    {"ssldir", a_path},
    {"ca_cert_location", a_source},
    {"ca_cert_cache", a_path_or_null},
    {"ca_cert_cache_expiry", a_count},
    {"crl_location", a_source},
    {"crl_cache", a_path_or_null},
    {"crl_cache_expiry", a_count},
    {"certnames", a_dict_of_strings},
    {"certname", a_string_or_null},
    {"cert_prefix", a_string_or_null},
    {"gpg_home", a_path},
    {"gpg_signing_key", a_string_or_null},
    {"gpg_keys", a_dict_of_strings},
    {"routing_policy",
     {{"[]", "null", R"({"t": 1})", R"({"t": [1]})", R"({"t": null})"},
      {"{}", R"({"t": ["x"]})", R"({"t": "x"})"}}},
    {"routing_nitpicky", a_boolean},
    {"fedmsg.consumers.gateway.port", a_port},
    {"fedmsg.consumers.gateway.high_water_mark", a_count},
    {"consumers", {{"[]", "null", R"({"a": "b"})"}, {"{}", R"({"a": {"command": ["b"]}})"}}},
    {"status_directory", a_path_or_null},
    {"datagrepper_url",
     {{"1", R"("x")", R"("https://")", R"("ftp://x/")", R"("https://x y")"},
      {R"("https://x/raw")", R"("http://x/raw")", "null"}}},
    {"skip_last_message", a_boolean},
    {"moksha.monitoring.socket", {{"1", R"("/run/x")", "[]"}, {R"("ipc:///run/x")", "null"}}},
    {"moksha.monitoring.socket.mode",
     {{"770", R"("789")", R"("0o770")", R"("")", R"("77777")"}, {R"("770")", "null"}}},
    {"moksha.workers_per_consumer", {{"0", "1025", "true"}, {"1"}}},
    {"moksha.blocking_mode", a_boolean},
    {"moksha.livesocket.websocket.port", a_port_or_null},
    {"metrics_listen",
     {{"9941", R"("x")", R"("x:65536")", R"("::1:9941")", R"("http://x:1")", "[]"},
      {R"("127.0.0.1:9941")", R"(":0")", R"("[::1]:9941")", "null"}}},
    {"datanommer.enabled", a_boolean},
    {"datanommer.sqlalchemy.url", a_database},
    {"irc", {{"{}", "null", "[1]", R"(["irc.libera.chat"])"}, {"[]", R"([{"network": "x"}])"}}},
    {"irc_color_lookup", a_dict_of_strings},
    {"irc_default_color", a_string_or_null},
    {"irc_method", {{R"("shout")", "1", "null"}, {R"("msg")", R"("notice")"}}},
    {"irc_shortener", a_string_or_null},
    {"fas", {{"1", "[]", R"("")"}, {R"({"a": "b"})", R"("/etc/fas.json")", "null"}}},
    {"stomp_uri", a_string_or_null},
    {"stomp_heartbeat", {{"-1", "0.5", R"("5")", "true"}, {"0", "5000", "null"}}},
    {"stomp_user", a_string_or_null},
    {"stomp_pass", a_string_or_null},
    {"stomp_ssl_crt", a_path_or_null},
    {"stomp_ssl_cert", a_path_or_null},
    {"stomp_ssl_key", a_path_or_null},
    {"stomp_queue", a_string_or_null},
    {"stomp_ack_mode", {{R"("never")", "1"}, {R"("client-individual")", "null"}}},
    {"logging", {{"[]", "null", R"({"version": 2})"}, {"{}", R"({"version": 1})"}}},
};

struct NamedKey {
    std::size_t index;
    const ConfigKey& operator*() const { return config_keys()[index]; }
};

void PrintTo(const NamedKey& key, std::ostream* out) { *out << (*key).name; }

class KnownKey : public testing::TestWithParam<NamedKey> {
  protected:
    const ConfigKey& key = *GetParam();
};

TEST_P(KnownKey, RefusesWhatItDoesNotAllow) {
    const auto found = cases.find(std::string{key.name});
    ASSERT_NE(found, cases.end()) << "no cases for " << key.name;
    for (const std::string& bad : found->second.bad) {
        const Checked checked = check(key.name, bad);
        ASSERT_THAT(checked.errors, Not(IsEmpty())) << key.name << " = " << bad;
        EXPECT_THAT(checked.errors[0].text, HasSubstr(key.name));
    }
}

TEST_P(KnownKey, TakesWhatItAllows) {
    for (const std::string& good : cases.at(std::string{key.name}).good) {
        EXPECT_THAT(texts(check(key.name, good).errors), IsEmpty()) << key.name << " = " << good;
    }
}

TEST_P(KnownKey, TakesItsDefaultAndItsExample) {
    const bool has_telling_default = !key.may_be_null() && key.fallback != "{}" && key.fallback != "[]";
    EXPECT_EQ(key.example.empty(), has_telling_default) << "an example is for what the default does not show";
    for (const std::string_view value : {key.fallback, key.example}) {
        if (value.empty()) continue;
        EXPECT_THAT(texts(check(key.name, std::string{value}).errors), IsEmpty()) << value;
    }
}

std::vector<NamedKey> all_keys() {
    std::vector<NamedKey> keys;
    for (std::size_t i = 0; i < config_keys().size(); ++i) keys.push_back({i});
    return keys;
}

INSTANTIATE_TEST_SUITE_P(Keys, KnownKey, testing::ValuesIn(all_keys()), [](const auto& instance) {
    std::string name{(*instance.param).name};
    std::ranges::replace(name, '.', '_');
    return name;
});

// --- The table as a whole
// ------------------------------------------------------------------------------------------

TEST(Keys, HaveUniqueNamesAndStandByGroup) {
    std::map<std::string_view, int> names;
    std::vector<std::string_view> groups;
    for (const ConfigKey& key : config_keys()) {
        EXPECT_EQ(names[key.name]++, 0) << key.name;
        if (groups.empty() || groups.back() != key.group) groups.push_back(key.group);
    }
    auto unique = groups;
    std::ranges::sort(unique);
    EXPECT_EQ(std::ranges::adjacent_find(unique), unique.end());
}

TEST(Keys, GiveTheDefaultsOfTheTypedConfig) {
    Merged merged;
    merged.values = default_values();
    const Checked checked = check_config(merged);
    EXPECT_THAT(texts(checked.errors), IsEmpty());
    EXPECT_THAT(texts(checked.warnings), IsEmpty());
    const Config& loaded = checked.config;
    const Config plain;
    for (const ConfigKey& key : config_keys()) {
        std::visit(
            [&](auto field) {
                if constexpr (!std::is_same_v<decltype(field), std::monostate>) {
                    EXPECT_TRUE(loaded.*field == plain.*field) << key.name;
                }
            },
            key.field);
    }
}

// --- Errors and warnings
// -------------------------------------------------------------------------------------------

TEST(Checking, ReportsAllErrorsAtOnce) {
    Object values;
    for (const auto& [name, value] : cases) values[name] = json(value.bad.front());
    Merged merged;
    merged.values = values;
    const Checked checked = check_config(merged);
    std::string all;
    for (const std::string& text : texts(checked.errors)) all += text + "\n";
    for (const auto& [name, value] : cases) EXPECT_THAT(all, HasSubstr(name)) << all;
    EXPECT_GE(checked.errors.size(), cases.size());
}

TEST(Checking, SaysWhatIsAllowed) {
    const auto error = [](const char* key, const char* value) { return check(key, value).errors.at(0).text; };
    EXPECT_EQ(error("high_water_mark", "-1"), "high_water_mark is -1: must be an integer, 0 or more");
    EXPECT_EQ(error("io_threads", "true"), "io_threads is true: must be an integer from 1 to 1024");
    EXPECT_EQ(error("active", "1"), "active is 1: must be true or false");
    EXPECT_EQ(error("timeout", "\"2s\""), "timeout is \"2s\": must be a number of seconds, 0 or more");
    EXPECT_EQ(error("crypto_backend", "\"pgp\""), "crypto_backend is \"pgp\": must be one of x509, gpg");
    EXPECT_EQ(error("crypto_validate_backends", "5"),
              "crypto_validate_backends is 5: must be a list of any of x509, gpg");
    EXPECT_EQ(error("relay_inbound", "5"),
              "relay_inbound is 5: must be an address such as tcp://HOST:PORT, or a list of them");
    EXPECT_EQ(error("relay_inbound", R"(["tcp://x:1", "tcp://x"])"),
              "relay_inbound[1] is \"tcp://x\": has no port: write tcp://HOST:PORT");
    EXPECT_EQ(error("endpoints", R"({"a.b": ["tcp://x:0"]})"),
              "endpoints[\"a.b\"][0] is \"tcp://x:0\": port `0` is not a number from 1 to 65535");
    EXPECT_EQ(error("routing_policy", R"({"t": 5})"),
              "routing_policy[\"t\"] is 5: must be a string, or a list of them");
    EXPECT_EQ(error("certnames", R"({"t": 1})"), "certnames[\"t\"] is 1: must be a string");
}

TEST(Checking, WarnsOfAPolicyThatIsAString) {
    const auto checked = check("routing_policy", R"({"t": "x", "u": ["y"]})");
    EXPECT_TRUE(checked.errors.empty());
    ASSERT_EQ(checked.warnings.size(), 1U);
    EXPECT_EQ(
        checked.warnings[0].text,
        "routing_policy[\"t\"] is \"x\": a string lets every name sign that is a part of it, so write a "
        "list");
}

TEST(Checking, CutsLongValuesAndHidesSecrets) {
    const std::string text = check("timeout", '"' + std::string(1000, 'x') + '"').errors.at(0).text;
    EXPECT_LT(text.size(), 150U);
    EXPECT_EQ(check("stomp_pass", R"(["hunter2"])").errors.at(0).text, "stomp_pass: must be a string");
}

TEST(Checking, KeepsTheDefaultOfAWrongKey) { EXPECT_EQ(check("io_threads", "0").config.io_threads, 1); }

TEST(Checking, SuggestsTheKeyThatWasMeant) {
    const auto warnings = [](const char* key) { return texts(check(key, "1").warnings); };
    EXPECT_THAT(warnings("endpoint"), ElementsAre("unknown key: did you mean endpoints?"));
}

TEST(Checking, WarnsOfAnUnusualEnvironment) {
    EXPECT_THAT(texts(check("environment", "\"qa\"").warnings),
                ElementsAre("environment is \"qa\": usually it is dev, stg or prod"));
    EXPECT_EQ(check("environment", "\"qa\"").config.environment, "qa");
}

struct Typo {
    const char* written;
    const char* meant;
};

TEST(SimilarKey, FindsTypingErrorsAndLeavesOtherKeysAlone) {
    for (const Typo& typo :
         {Typo{"endpoint", "endpoints"}, Typo{"routing_polcy", "routing_policy"},
          Typo{"fedmsg.consumers.gateway.prot", "fedmsg.consumers.gateway.port"},
          Typo{"enviroment", "environment"}, Typo{"hihg_water_mark", "high_water_mark"},
          Typo{"relay-inbound", "relay_inbound"}, Typo{"zmq_tcp_keepalive_int", "zmq_tcp_keepalive_cnt"}}) {
        EXPECT_EQ(similar_key(typo.written), typo.meant) << typo.written;
    }
    for (const char* own :
         {"busmon.consumers.enabled", "fedmsg.consumers.gateway.enabled", "fmn.sqlalchemy.uri", "mailer",
          "pdc_url", "endpoints", "x", "", "summershum.enabled", "gw_port"}) {
        EXPECT_EQ(similar_key(own), std::nullopt) << own;
    }
}

}  // namespace
}  // namespace fedmsg
