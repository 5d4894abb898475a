#include "config/keys.h"

#include "encoding/document.h"
#include "util/nearest.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace fedmsg {
namespace {

constexpr std::int64_t most_threads = 1024;  // far above any machine's cores; a typing error is larger
constexpr std::int64_t largest_port = 65535;
constexpr std::int64_t any_size = std::numeric_limits<std::int64_t>::max();

// The same format and times as the Python system's, but on stderr: stdout belongs to the command's output.
constexpr std::string_view default_logging = R"({
    "version": 1,
    "formatters": {"bare": {"datefmt": "%Y-%m-%d %H:%M:%S",
                            "format": "[%(asctime)s][%(name)10s %(levelname)7s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "bare", "level": "INFO",
                             "stream": "ext://sys.stderr"}},
    "loggers": {"fedmsg": {"level": "INFO", "propagate": false, "handlers": ["console"]},
                "moksha": {"level": "INFO", "propagate": false, "handlers": ["console"]}}})";

// clang-format off
const ConfigKey keys[] = {
    {.group = "Topics", .name = "topic_prefix", .scalar = Scalar::text, .fallback = R"("org.fedoraproject")",
     .doc = "First words of every topic that is published: the site's reversed domain.",
     .field = &Config::topic_prefix},
    {.group = "Topics", .name = "environment", .scalar = Scalar::text, .fallback = R"("dev")",
     .doc = "The word after the prefix. It keeps development, staging and production apart on shared hosts; "
            "a word other than dev, stg or prod gives a warning.",
     .field = &Config::environment},
    {.group = "Topics", .name = "topic_prefix_re", .scalar = Scalar::text,
     .doc = "Regular expression of the prefix and environment of all topics of the site. When absent it is made from "
            "topic_prefix: dots escaped, then one word of letters.",
     .example = R"("org\\.fedoraproject\\.[a-z]+")",
     .field = &Config::topic_prefix_re},

    {.group = "Addresses", .name = "endpoints", .scalar = Scalar::endpoint, .shape = Shape::map_of_one_or_list,
     .fallback = R"({"relay_outbound": ["tcp://127.0.0.1:4001"]})",
     .doc = "Who publishes where. The key is SERVICE.HOST (or any name given with --name), the value its addresses: a "
            "publisher binds the first that is free, a subscriber connects to every address of every name. One process "
            "needs one address. None and an empty list stand for a service without any. When set, it replaces the "
            "default.",
     .field = &Config::endpoints},
    {.group = "Addresses", .name = "srv_endpoints", .scalar = Scalar::domain, .shape = Shape::list, .fallback = "[]",
     .doc = "Domains whose DNS records _fedmsg._tcp.DOMAIN (SRV) name further publishers; they are added to endpoints "
            "under the name of the domain. A domain that does not answer gives a warning.",
     .example = R"(["example.org"])",
     .field = &Config::srv_endpoints},
    {.group = "Addresses", .name = "relay_inbound", .scalar = Scalar::endpoint, .shape = Shape::one_or_list,
     .fallback = R"("tcp://127.0.0.1:2003")",
     .doc = "Where the relay takes messages from programs that do not bind an address of their own, such as "
            "fedmsg logger.",
     .field = &Config::relay_inbound},
    {.group = "Addresses", .name = "relay_outbound", .scalar = Scalar::endpoint, .shape = Shape::one_or_list,
     .doc = "Where the relay publishes what it took: another way to write the endpoint named relay_outbound, and the "
            "one that counts when both are there.",
     .example = R"(["tcp://relay.example.org:4001"])"},
    {.group = "Addresses", .name = "replay_endpoints", .scalar = Scalar::endpoint, .shape = Shape::map_of_one,
     .fallback = "{}",
     .doc = "For names of endpoints, the address that hands out messages a subscriber has missed.",
     .example = R"({"bodhi.app01": "tcp://app01.example.org:3900"})",
     .field = &Config::replay_endpoints},

    {.group = "Publishing", .name = "active", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Publish by connecting to relay_inbound instead of binding an address.", .field = &Config::active},
    {.group = "Publishing", .name = "name", .scalar = Scalar::text,
     .doc = "The name in endpoints whose addresses this program binds; when absent, PROGRAM.HOST with the host name "
            "up to its first dot.",
     .example = R"("bodhi.app01")",
     .field = &Config::name},
    {.group = "Publishing", .name = "post_init_sleep", .scalar = Scalar::seconds, .fallback = "0.5",
     .doc = "Longest time that a publisher which has just bound its address waits for a first subscriber. It goes on "
            "at once when one is there.",
     .field = &Config::post_init_sleep},
    {.group = "Publishing", .name = "timeout", .scalar = Scalar::seconds, .fallback = "2",
     .doc = "Longest time for connecting to a relay, for its confirmation, and for a request to another service.",
     .field = &Config::timeout},
    {.group = "Publishing", .name = "persistent_store", .scalar = Scalar::path_or_sql, .fallback = "null",
     .doc = "Where what was published is kept to be replayed: a SQLite file or the URL of a database.",
     .example = R"("/var/lib/fedmsg/sent.sqlite")"},

    {.group = "Sockets", .name = "high_water_mark", .scalar = Scalar::integer, .fallback = "0",
     .doc = "Messages that a publisher or relay keeps in memory for each peer that is slow; more are dropped (and "
            "counted). 0 means no limit. A subscriber keeps none: it leaves them with the publisher until it reads.",
     .field = &Config::high_water_mark},
    {.group = "Sockets", .name = "io_threads", .scalar = Scalar::integer, .fallback = "1",
     .doc = "Threads in which ZeroMQ moves bytes.", .field = &Config::io_threads, .min = 1, .max = most_threads},
    {.group = "Sockets", .name = "zmq_enabled", .scalar = Scalar::boolean, .fallback = "true",
     .doc = "Whether ZeroMQ carries the messages; when false, the keys of the broker links do.",
     .field = &Config::zmq_enabled},
    {.group = "Sockets", .name = "zmq_strict", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Whether a consumer's topic must match a whole topic; when false it is a prefix, with or without an "
            "asterisk at its end.",
     .field = &Config::zmq_strict},
    {.group = "Sockets", .name = "zmq_linger", .scalar = Scalar::integer, .fallback = "1000",
     .doc = "Milliseconds that unsent messages may take to leave when a program ends; -1 waits for ever.",
     .field = &Config::zmq_linger, .min = -1},
    {.group = "Sockets", .name = "zmq_tcp_keepalive", .scalar = Scalar::integer, .fallback = "1",
     .doc = "Whether the kernel probes silent connections: 1 yes, 0 no, -1 as the system does by default.",
     .field = &Config::zmq_tcp_keepalive, .min = -1, .max = 1},
    {.group = "Sockets", .name = "zmq_tcp_keepalive_cnt", .scalar = Scalar::integer, .fallback = "3",
     .doc = "Unanswered probes after which a connection is given up; -1 leaves it to the system.",
     .field = &Config::zmq_tcp_keepalive_cnt, .min = -1},
    {.group = "Sockets", .name = "zmq_tcp_keepalive_idle", .scalar = Scalar::integer, .fallback = "60",
     .doc = "Seconds of silence before the first probe; -1 leaves it to the system.",
     .field = &Config::zmq_tcp_keepalive_idle, .min = -1},
    {.group = "Sockets", .name = "zmq_tcp_keepalive_intvl", .scalar = Scalar::integer, .fallback = "5",
     .doc = "Seconds between probes; -1 leaves it to the system.",
     .field = &Config::zmq_tcp_keepalive_intvl, .min = -1},
    {.group = "Sockets", .name = "zmq_reconnect_ivl", .scalar = Scalar::integer, .fallback = "100",
     .doc = "Milliseconds before the first attempt to connect again; -1 never connects again.",
     .field = &Config::zmq_reconnect_ivl, .min = -1},
    {.group = "Sockets", .name = "zmq_reconnect_ivl_max", .scalar = Scalar::integer, .fallback = "1000",
     .doc = "Milliseconds that the time between attempts may grow to; 0 keeps it at zmq_reconnect_ivl. A subscriber "
            "of which more than 1,000 endpoints are down takes 1 ms for each of them.",
     .field = &Config::zmq_reconnect_ivl_max},
    {.group = "Sockets", .name = "zmq_max_message_size", .scalar = Scalar::integer, .fallback = "16777216",
     .doc = "Bytes of the largest frame that is accepted; a larger one is refused and counted. 0 means no limit.",
     .field = &Config::zmq_max_message_size, .max = any_size},

    {.group = "Signing and validation", .name = "sign_messages", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Sign what is published. The shipped ssl.py tells in which order to turn this and the next key on.",
     .field = &Config::sign_messages},
    {.group = "Signing and validation", .name = "validate_signatures", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Refuse what is not signed, or not by a signer whom routing_policy allows.",
     .field = &Config::validate_signatures},
    {.group = "Signing and validation", .name = "crypto_backend", .scalar = Scalar::choice, .fallback = R"("x509")",
     .doc = "How to sign: with a certificate of the site's own authority, or with GnuPG.",
     .field = &Config::crypto_backend, .choices = "x509 gpg"},
    {.group = "Signing and validation", .name = "crypto_validate_backends", .scalar = Scalar::choice,
     .shape = Shape::list, .fallback = R"(["x509"])",
     .doc = "Which kinds of signature are accepted. One by gpg proves who wrote the body of a message (msg), not the "
            "topic or the rest of the envelope: these can be changed on the way, and routing_policy does not apply.",
     .field = &Config::crypto_validate_backends,
     .choices = "x509 gpg"},
    {.group = "Signing and validation", .name = "signature_digest", .scalar = Scalar::choice,
     .fallback = R"("sha1")", .doc = "Digest of x509 signatures that are made. Python hosts verify only sha1.",
     .field = &Config::signature_digest,
     .choices = "sha1 sha256"},
    {.group = "Signing and validation", .name = "signature_library", .scalar = Scalar::choice,
     .fallback = R"("botan")",
     .doc = "Library that computes x509 signatures. OpenSSL makes about four times as many, which counts for fedmsg "
            "signing-relay and fedmsg sign; it is one library more to load at each start. The signatures are the same.",
     .field = &Config::signature_library,
     .choices = "botan openssl"},
    {.group = "Signing and validation", .name = "validate_digests", .scalar = Scalar::choice, .shape = Shape::list,
     .fallback = R"(["sha1", "sha256"])", .doc = "Digests of x509 signatures that are accepted.",
     .field = &Config::validate_digests,
     .choices = "sha1 sha256"},
    {.group = "Signing and validation", .name = "min_rsa_bits", .scalar = Scalar::integer, .fallback = "1024",
     .doc = "Keys shorter than this are refused.",
     .field = &Config::min_rsa_bits, .min = 1024, .max = 16384},
    {.group = "Signing and validation", .name = "crypto_workers", .scalar = Scalar::integer,
     .doc = "Threads that sign and validate; when absent, as many as there are processors.",
     .example = R"(2)",
     .field = &Config::crypto_workers, .min = 1,
     .max = most_threads},
    {.group = "Signing and validation", .name = "ssldir", .scalar = Scalar::path,
     .fallback = R"("/etc/pki/fedmsg")", .doc = "Folder of the certificates (.crt) and keys (.key).",
     .field = &Config::ssldir},
    {.group = "Signing and validation", .name = "ca_cert_location", .scalar = Scalar::path_or_https,
     .fallback = R"("/etc/pki/fedmsg/ca.crt")",
     .doc = "Certificate of the site's authority; a file may hold several.",
     .field = &Config::ca_cert_location},
    {.group = "Signing and validation", .name = "ca_cert_cache", .scalar = Scalar::path, .fallback = "null",
     .doc = "File that keeps a downloaded ca_cert_location. Who validates must be able to write to its folder.",
     .example = R"("/var/cache/fedmsg/ca.crt")",
     .field = &Config::ca_cert_cache},
    {.group = "Signing and validation", .name = "ca_cert_cache_expiry", .scalar = Scalar::integer, .fallback = "0",
     .doc = "Seconds after which it is downloaded anew; 0 means never.",
     .field = &Config::ca_cert_cache_expiry},
    {.group = "Signing and validation", .name = "crl_location", .scalar = Scalar::path_or_https, .fallback = "null",
     .doc = "List of revoked certificates; without one, nothing counts as revoked.",
     .example = R"("https://example.org/fedmsg/crl.pem")",
     .field = &Config::crl_location},
    {.group = "Signing and validation", .name = "crl_cache", .scalar = Scalar::path, .fallback = "null",
     .doc = "File that keeps a downloaded crl_location. Who validates must be able to write to its folder.",
     .example = R"("/var/cache/fedmsg/crl.pem")",
     .field = &Config::crl_cache},
    {.group = "Signing and validation", .name = "crl_cache_expiry", .scalar = Scalar::integer, .fallback = "3600",
     .doc = "Seconds after which the list is read or downloaded anew.",
     .field = &Config::crl_cache_expiry},
    {.group = "Signing and validation", .name = "certnames", .scalar = Scalar::text, .shape = Shape::map_of_one,
     .fallback = "{}",
     .doc = "For SERVICE.HOST, the certificate to sign with: the name of its files in ssldir, without .crt and .key.",
     .example = R"({"bodhi.app01": "bodhi-app01.example.org"})",
     .field = &Config::certnames},
    {.group = "Signing and validation", .name = "certname", .scalar = Scalar::text,
     .doc = "The certificate to sign with, whatever the service; certnames is not consulted.",
     .example = R"("bodhi-app01.example.org")",
     .field = &Config::certname},
    {.group = "Signing and validation", .name = "cert_prefix", .scalar = Scalar::text,
     .doc = "The SERVICE to look up in certnames, with the name of this host.",
     .example = R"("bodhi")",
     .field = &Config::cert_prefix},
    {.group = "Signing and validation", .name = "gpg_home", .scalar = Scalar::path, .fallback = R"("~/.gnupg")",
     .doc = "Home folder of GnuPG, with the keys that sign and the keys that are trusted: all that are in it. A ~ at "
            "the beginning is the home folder of the user.",
     .field = &Config::gpg_home},
    {.group = "Signing and validation", .name = "gpg_signing_key", .scalar = Scalar::text,
     .doc = "Key to sign with, as GnuPG names it: a fingerprint, or what is found only once. It has no passphrase.",
     .example = R"("FBDA92E4338DFFD9EB83F6F92F1E23E0A4A3F2D1")",
     .field = &Config::gpg_signing_key},
    {.group = "Signing and validation", .name = "gpg_keys", .scalar = Scalar::text, .shape = Shape::map_of_one,
     .fallback = "{}", .doc = "For each short host name, the key to sign with when gpg_signing_key is absent.",
     .example = R"({"app01": "FBDA92E4338DFFD9EB83F6F92F1E23E0A4A3F2D1"})",
     .field = &Config::gpg_keys},
    {.group = "Signing and validation", .name = "routing_policy", .scalar = Scalar::text,
     .shape = Shape::map_of_one_or_list, .fallback = "{}",
     .doc = "For whole topics, the certificate names that may sign them; a message by anybody else is refused. A string "
            "instead of a list lets every name sign that is a part of it, as in the Python system, and gives a warning.",
     .example = R"({"org.fedoraproject.prod.git.receive": ["git-pkgs01.example.org"]})"},
    {.group = "Signing and validation", .name = "routing_nitpicky", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Whether topics that routing_policy does not name are refused too.",
     .field = &Config::routing_nitpicky},

    {.group = "Gateway", .name = "fedmsg.consumers.gateway.port", .scalar = Scalar::integer, .fallback = "9940",
     .doc = "Port at which the gateway publishes everything anew, for subscribers outside.",
     .field = &Config::gateway_port, .min = 1, .max = largest_port},
    {.group = "Gateway", .name = "fedmsg.consumers.gateway.high_water_mark", .scalar = Scalar::integer,
     .fallback = "1000", .doc = "As high_water_mark, for the gateway's subscribers, who are strangers.",
     .field = &Config::gateway_high_water_mark},

    {.group = "Hub", .name = "consumers", .scalar = Scalar::object, .shape = Shape::map_of_one, .fallback = "{}",
     .doc = "Programs that the hub feeds with messages, by name.",
     .example = R"({"mailer": {"command": ["/usr/libexec/mailer"], "topic": "org.fedoraproject.prod.git.*"}})"},
    {.group = "Hub", .name = "status_directory", .scalar = Scalar::path, .fallback = "null",
     .doc = "Folder in which consumers note how far they have come, so that they can catch up after a restart "
            "(with datagrepper_url); and where the hub keeps what it cannot hand out.",
     .example = R"("/var/lib/fedmsg/status")"},
    {.group = "Hub", .name = "datagrepper_url", .scalar = Scalar::url, .fallback = "null",
     .doc = "Web service that holds the history of the bus, asked for what a consumer has missed: see "
            "fedmsg-hub(1). Needs status_directory.",
     .example = R"("https://apps.fedoraproject.org/datagrepper/raw")"},
    {.group = "Hub", .name = "skip_last_message", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Whether the message that a consumer was working on when it stopped is left out on restart. Otherwise "
            "it is handed out again."},
    {.group = "Hub", .name = "moksha.monitoring.socket", .scalar = Scalar::endpoint, .fallback = "null",
     .doc = "Address at which the hub publishes its state, for fedmsg check.",
     .example = R"("ipc:///run/fedmsg/monitoring.socket")"},
    {.group = "Hub", .name = "moksha.monitoring.socket.mode", .scalar = Scalar::octal, .fallback = "null",
     .doc = "Permissions of that socket when it is a file.",
     .example = R"("770")"},
    {.group = "Hub", .name = "moksha.workers_per_consumer", .scalar = Scalar::integer, .fallback = "1",
     .doc = "Workers that each consumer has for its queue.", .min = 1, .max = most_threads},
    {.group = "Hub", .name = "moksha.blocking_mode", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Whether consumers work in line, without queues."},
    {.group = "Hub", .name = "moksha.livesocket.websocket.port", .scalar = Scalar::integer, .fallback = "null",
     .doc = "Port of the WebSocket server; absent means none.",
     .example = R"(9939)", .min = 1, .max = largest_port},
    {.group = "Hub", .name = "metrics_listen", .scalar = Scalar::listen, .fallback = "null",
     .doc = "Where a daemon serves its counters to Prometheus, as http://HOST:PORT/metrics; :PORT is every interface, and "
            "port 0 one that the kernel chooses and the log tells. There is no access control: listen on a loopback "
            "address or behind a firewall. Two daemons of one host need two ports, best given with --metrics-listen.",
     .example = R"("127.0.0.1:9941")",
     .field = &Config::metrics_listen},
    {.group = "Hub", .name = "datanommer.enabled", .scalar = Scalar::boolean, .fallback = "false",
     .doc = "Whether the hub stores every message."},
    {.group = "Hub", .name = "datanommer.sqlalchemy.url", .scalar = Scalar::path_or_sql, .fallback = "null",
     .doc = "The database in which it does.",
     .example = R"("postgresql://datanommer@db.example.org/datanommer")"},

    {.group = "IRC", .name = "irc", .scalar = Scalar::object, .shape = Shape::list, .fallback = "[]",
     .doc = "Channels to report to, one dict each: network, port, nickname, channel, filters, and more in "
            "fedmsg-irc(1).",
     .example = R"([{"network": "irc.libera.chat", "port": 6697, "ssl": true, "nickname": "bot", "channel": "#noise"}])"},
    {.group = "IRC", .name = "irc_color_lookup", .scalar = Scalar::text, .shape = Shape::map_of_one,
     .fallback = "{}", .doc = "For the first word of a message's title, the colour that the title is shown in.",
     .example = R"({"git": "red", "bodhi": "green"})"},
    {.group = "IRC", .name = "irc_default_color", .scalar = Scalar::text, .fallback = "null",
     .doc = "The colour of all other titles.",
     .example = R"("light grey")"},
    {.group = "IRC", .name = "irc_method", .scalar = Scalar::choice, .fallback = R"("notice")",
     .doc = "How lines are sent. Other bots do not answer notices.", .choices = "msg notice"},
    {.group = "IRC", .name = "irc_shortener", .scalar = Scalar::text, .fallback = "null",
     .doc = "Address of a link shortener, with {url} where the link goes.",
     .example = R"("https://da.gd/s?url={url}")"},

    {.group = "Texts", .name = "fas", .scalar = Scalar::object_or_path, .fallback = "null",
     .doc = "Nicknames and mail addresses to user names, or a JSON file that holds them.",
     .example = R"({"ralph": "rbean"})"},

    {.group = "Broker links", .name = "stomp_uri", .scalar = Scalar::text, .fallback = "null",
     .doc = "HOST:PORT of the STOMP brokers, separated by commas, in the order they are tried.",
     .example = R"("broker01.example.org:61613,broker02.example.org:61613")"},
    {.group = "Broker links", .name = "stomp_heartbeat", .scalar = Scalar::integer, .fallback = "null",
     .doc = "Milliseconds between signs of life.",
     .example = R"(5000)"},
    {.group = "Broker links", .name = "stomp_user", .scalar = Scalar::text, .fallback = "null",
     .doc = "User name at the broker.",
     .example = R"("fedmsg")"},
    {.group = "Broker links", .name = "stomp_pass", .scalar = Scalar::secret, .fallback = "null",
     .doc = "Password at the broker.",
     .example = R"("secret")"},
    {.group = "Broker links", .name = "stomp_ssl_crt", .scalar = Scalar::path, .fallback = "null",
     .doc = "Client certificate; its presence turns TLS on.",
     .example = R"("/etc/pki/fedmsg/broker.crt")"},
    {.group = "Broker links", .name = "stomp_ssl_cert", .scalar = Scalar::path,
     .doc = "Another name of stomp_ssl_crt.",
     .example = R"("/etc/pki/fedmsg/broker.crt")"},
    {.group = "Broker links", .name = "stomp_ssl_key", .scalar = Scalar::path, .fallback = "null",
     .doc = "Key of the client certificate.",
     .example = R"("/etc/pki/fedmsg/broker.key")"},
    {.group = "Broker links", .name = "stomp_queue", .scalar = Scalar::text, .fallback = "null",
     .doc = "Queue to read from instead of topics.",
     .example = R"("/queue/fedmsg.app01")"},
    {.group = "Broker links", .name = "stomp_ack_mode", .scalar = Scalar::choice, .fallback = "null",
     .doc = "When a message counts as taken.",
     .example = R"("client-individual")", .choices = "auto client client-individual"},

    {.group = "Logging", .name = "logging", .scalar = Scalar::object, .fallback = default_logging,
     .doc = "Levels, formats and destinations of the loggers fedmsg and moksha, in the form of Python's "
            "logging.config.dictConfig. Handlers for console, syslog, file and rotating file are known; any other gives "
            "a warning. When set, it replaces the default, which logs INFO and above on standard error.",
     .field = &Config::logging},
};
// clang-format on

/// "an integer", or in the plural "integers".
std::string phrase(const ConfigKey& key, bool plural) {
    switch (key.scalar) {
        case Scalar::boolean: return "true or false";
        case Scalar::integer: {
            const std::string noun = plural ? "integers" : "an integer";
            if (key.max >= std::numeric_limits<int>::max())
                return noun + ", " + std::to_string(key.min) + " or more";
            return noun + " from " + std::to_string(key.min) + " to " + std::to_string(key.max);
        }
        case Scalar::seconds: return "a number of seconds, 0 or more";
        case Scalar::text:
        case Scalar::secret: return plural ? "strings" : "a string";
        case Scalar::choice: {
            std::string words{key.choices};
            for (std::size_t at = 0; (at = words.find(' ', at)) != std::string::npos; at += 2)
                words.replace(at, 1, ", ");
            return (plural ? "any of " : "one of ") + words;
        }
        case Scalar::octal: return R"(an octal string such as "770")";
        case Scalar::path: return "a path";
        case Scalar::path_or_https: return "a path or an https:// URL";
        case Scalar::url: return "an http:// or https:// URL";
        case Scalar::path_or_sql: return "a path or the URL of a database";
        case Scalar::endpoint:
            return plural ? "addresses such as tcp://HOST:PORT" : "an address such as tcp://HOST:PORT";
        case Scalar::listen: return "HOST:PORT, :PORT or [ADDRESS]:PORT";
        case Scalar::domain: return plural ? "domain names" : "a domain name";
        case Scalar::object: return plural ? "dicts" : "a dict";
        case Scalar::object_or_path: return "a dict or a path";
    }
    return {};
}

const std::vector<std::string_view>& names() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> result;
        for (const ConfigKey& key : keys) result.push_back(key.name);
        return result;
    }();
    return all;
}

}  // namespace

std::span<const ConfigKey> config_keys() { return keys; }

const ConfigKey* find_config_key(std::string_view name) {
    const auto* found = std::ranges::find(keys, name, &ConfigKey::name);
    return found == std::end(keys) ? nullptr : found;
}

std::string allowed_values(const ConfigKey& key) {
    switch (key.shape) {
        case Shape::one: return phrase(key, false);
        case Shape::list: return "a list of " + phrase(key, true);
        case Shape::one_or_list: return phrase(key, false) + ", or a list of them";
        case Shape::map_of_one: return "a dict of " + phrase(key, true);
        case Shape::map_of_list: return "a dict of lists of " + phrase(key, true);
        case Shape::map_of_one_or_list: return "a dict of " + phrase(key, true) + ", or of lists of them";
    }
    return {};
}

std::optional<std::string_view> similar_key(std::string_view name) {
    if (find_config_key(name)) return std::nullopt;
    return nearest(name, names());
}

encoding::Object default_values() {
    encoding::Object values;
    for (const ConfigKey& key : keys) {
        if (key.fallback.empty()) continue;
        auto value = encoding::loads(key.fallback);
        assert(value);
        values[key.name] = std::move(*value);
    }
    return values;
}

}  // namespace fedmsg
