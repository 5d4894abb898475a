#include "config/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace fedmsg {
namespace {

using namespace std::string_literals;

class GoodEndpoint : public testing::TestWithParam<std::string> {};

TEST_P(GoodEndpoint, IsAccepted) { EXPECT_EQ(endpoint_error(GetParam()).value_or(""), ""); }

INSTANTIATE_TEST_SUITE_P(Endpoint, GoodEndpoint,
                         testing::Values("tcp://127.0.0.1:2003", "tcp://*:4001", "tcp://127.0.0.1:*",
                                         "tcp://eth0:1", "tcp://app01.phx2.fedoraproject.org:65535",
                                         "tcp://a_b-c.d:1", "tcp://x.:1", "tcp://[::1]:6",
                                         "tcp://[fe80::1%eth0]:6", "tcp://[::ffff:1.2.3.4]:*",
                                         "ipc:///var/run/fedmsg/x.socket", "ipc://relative",
                                         "ipc://@abstract", "ipc://*", "ipc://" + std::string(107, 'x'),
                                         "inproc://a b"));

struct Bad {
    std::string address;
    std::string error;
};

class BadEndpoint : public testing::TestWithParam<Bad> {};

TEST_P(BadEndpoint, IsToldWhatIsWrong) {
    EXPECT_EQ(endpoint_error(GetParam().address).value_or(""), GetParam().error);
}

constexpr const char* no_transport = "has no transport: write tcp://HOST:PORT, ipc://PATH or inproc://NAME";
constexpr const char* no_port = "has no port: write tcp://HOST:PORT";

INSTANTIATE_TEST_SUITE_P(
    Endpoint, BadEndpoint,
    testing::Values(Bad{"", no_transport}, Bad{"127.0.0.1:2003", no_transport}, Bad{"tcp:/x:1", no_transport},
                    Bad{"http://x:1", "transport `http` is not one of tcp, ipc, inproc"},
                    Bad{"TCP://x:1", "transport `TCP` is not one of tcp, ipc, inproc"},
                    Bad{"://x", "transport `` is not one of tcp, ipc, inproc"}, Bad{"tcp://", no_port},
                    Bad{"tcp://x", no_port}, Bad{"tcp://x:", no_port}, Bad{"tcp://[::1]", no_port},
                    Bad{"tcp://:1", "has no host: write tcp://HOST:PORT"},
                    Bad{"tcp://x:0", "port `0` is not a number from 1 to 65535"},
                    Bad{"tcp://x:65536", "port `65536` is not a number from 1 to 65535"},
                    Bad{"tcp://x:99999999999999", "port `99999999999999` is not a number from 1 to 65535"},
                    Bad{"tcp://x:-1", "port `-1` is not a number from 1 to 65535"},
                    Bad{"tcp://x:+1", "port `+1` is not a number from 1 to 65535"},
                    Bad{"tcp://x:1/", "port `1/` is not a number from 1 to 65535"},
                    Bad{"tcp://x:80 ", "port `80 ` is not a number from 1 to 65535"},
                    Bad{"tcp://x:%i", "port `%i` is not a number from 1 to 65535"},
                    Bad{"tcp:// x:1", "` x` is neither a host name nor an address"},
                    Bad{"tcp://x/y:1", "`x/y` is neither a host name nor an address"},
                    Bad{"tcp://a..b:1", "`a..b` is neither a host name nor an address"},
                    Bad{"tcp://" + std::string(64, 'x') + ":1",
                        "`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`"
                        " is neither a host name nor an address"},
                    Bad{"tcp://256.0.0.1:1", "`256.0.0.1` is neither a host name nor an address"},
                    Bad{"tcp://h\0st:1"s, "`h\0st` is neither a host name nor an address"s},
                    Bad{"tcp://::1:6", "an IPv6 address stands in brackets: [::1]"},
                    Bad{"tcp://a:1:2", "has more than one port: `a:1`"},
                    Bad{"tcp://[::g]:1", "`[::g]` is not an IPv6 address in brackets"},
                    Bad{"tcp://[::1:1", "`[::1` is not an IPv6 address in brackets"},
                    Bad{"ipc://", "has no path"},
                    Bad{"ipc://" + std::string(108, 'x'), "its path is longer than 107 bytes"},
                    Bad{"ipc://a\0b"s, "its path contains a null byte"}, Bad{"inproc://", "has no name"},
                    Bad{"inproc://" + std::string(256, 'x'), "its name is longer than 255 bytes"}));

TEST(DomainName, IsLabelsOfLettersDigitsAndHyphens) {
    for (const char* good :
         {"example.org", "a", "x-1.example.org.", "_fedmsg._tcp.example.org", "xn--bcher-kva.example"}) {
        EXPECT_TRUE(is_domain_name(good)) << good;
    }
    for (const char* bad : {"", ".", "a..b", ".a", "a b", "b\303\274cher.example", "a:1", "a/b"}) {
        EXPECT_FALSE(is_domain_name(bad)) << bad;
    }
    std::string longest(253, 'x');
    for (std::size_t i = 60; i < longest.size(); i += 60) longest[i] = '.';
    EXPECT_TRUE(is_domain_name(longest));
    EXPECT_FALSE(is_domain_name(longest + "x"));
}

TEST(ListenAddress, IsAHostAndAPort) {
    const auto parsed = [](std::string_view text) {
        const auto address = parse_listen_address(text);
        return address ? address->host + " " + std::to_string(address->port) : address.error();
    };
    EXPECT_EQ(parsed("127.0.0.1:9941"), "127.0.0.1 9941");
    EXPECT_EQ(parsed("app01.example.org:65535"), "app01.example.org 65535");
    EXPECT_EQ(parsed("[::1]:0"), "::1 0");
    EXPECT_EQ(parsed(":9941"), " 9941");
    EXPECT_EQ(parsed("*:9941"), " 9941");
    EXPECT_EQ(parsed("9941"), "has no port: write HOST:PORT");
    EXPECT_EQ(parsed("[::1]"), "has no port: write HOST:PORT");
    EXPECT_EQ(parsed("x:"), "port `` is not a number from 0 to 65535");
    EXPECT_EQ(parsed("x:65536"), "port `65536` is not a number from 0 to 65535");
    EXPECT_EQ(parsed("x:-1"), "port `-1` is not a number from 0 to 65535");
    EXPECT_EQ(parsed("::1:9941"), "an IPv6 address stands in brackets: [::1]");
    EXPECT_EQ(parsed("tcp://x:1"), "has a transport: write HOST:PORT");
}

}  // namespace
}  // namespace fedmsg
