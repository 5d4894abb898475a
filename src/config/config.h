#pragma once
/// \file
/// The configuration with its types: what the rest of the program reads. Only the loader (config/load.h) sees
/// dictionaries and files. Source: spec "Keys"; the manual of the Python system, "Configuration".

#include "config/logging.h"
#include "encoding/value.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg {

struct Config {
    // Topics
    std::string topic_prefix = "org.fedoraproject";  ///< `topic_prefix`
    std::string environment = "dev";                 ///< `environment`: dev, stg, prod, or a site's own
    std::string topic_prefix_re;  ///< `topic_prefix_re`; derived from the prefix when not set

    // Addresses. A name can have several, tried in turn by its publisher and all connected by subscribers.
    std::map<std::string, std::vector<std::string>> endpoints{
        {"relay_outbound", {"tcp://127.0.0.1:4001"}}};  ///< `endpoints`, with `relay_outbound` merged in
    std::vector<std::string> srv_endpoints;             ///< `srv_endpoints`: domains looked up in DNS
    std::vector<std::string> relay_inbound{"tcp://127.0.0.1:2003"};  ///< `relay_inbound`
    std::map<std::string, std::string> replay_endpoints;             ///< `replay_endpoints`

    // Publishing
    bool active = false;              ///< `active`: publish by connecting to relay_inbound instead of binding
    std::optional<std::string> name;  ///< `name`: the key of `endpoints` to bind

    // Sockets
    int high_water_mark = 0;  ///< `high_water_mark`: messages per peer; 0: no limit
    int io_threads = 1;       ///< `io_threads`
    std::chrono::milliseconds post_init_sleep{
        500};  ///< `post_init_sleep` (given in seconds): longest wait for a first subscriber
    std::chrono::milliseconds timeout{
        2000};  ///< `timeout` (given in seconds): connecting, confirming, requests
    std::chrono::milliseconds zmq_linger{1000};        ///< `zmq_linger`: how long the queue may drain at exit
    bool zmq_enabled = true;                           ///< `zmq_enabled`
    bool zmq_strict = false;                           ///< `zmq_strict`: subscriptions match whole topics
    int zmq_tcp_keepalive = 1;                         ///< `zmq_tcp_keepalive`: -1, 0 or 1
    int zmq_tcp_keepalive_cnt = 3;                     ///< `zmq_tcp_keepalive_cnt`: probes
    int zmq_tcp_keepalive_idle = 60;                   ///< `zmq_tcp_keepalive_idle`: seconds
    int zmq_tcp_keepalive_intvl = 5;                   ///< `zmq_tcp_keepalive_intvl`: seconds
    std::chrono::milliseconds zmq_reconnect_ivl{100};  ///< `zmq_reconnect_ivl`
    std::chrono::milliseconds zmq_reconnect_ivl_max{1000};  ///< `zmq_reconnect_ivl_max`
    std::size_t zmq_max_message_size = 16777216;            ///< `zmq_max_message_size`: bytes; 0: no limit

    // Signing and validation. `routing_policy` is read from `values`: a string in it means something else
    // than a list of one.
    bool sign_messages = false;                                   ///< `sign_messages`
    bool validate_signatures = false;                             ///< `validate_signatures`
    std::string crypto_backend = "x509";                          ///< `crypto_backend`: x509 or gpg
    std::vector<std::string> crypto_validate_backends{"x509"};    ///< `crypto_validate_backends`
    std::string signature_digest = "sha1";                        ///< `signature_digest`: sha1 or sha256
    std::string signature_library = "botan";                      ///< `signature_library`: botan or openssl
    std::vector<std::string> validate_digests{"sha1", "sha256"};  ///< `validate_digests`
    std::size_t min_rsa_bits = 1024;                              ///< `min_rsa_bits`
    std::optional<std::size_t> crypto_workers;  ///< `crypto_workers`: threads; nothing: one a processor
    std::string ssldir = "/etc/pki/fedmsg";     ///< `ssldir`
    std::string ca_cert_location = "/etc/pki/fedmsg/ca.crt";  ///< `ca_cert_location`: a path or https://…
    std::optional<std::string> ca_cert_cache;                 ///< `ca_cert_cache`: a path
    int ca_cert_cache_expiry = 0;                             ///< `ca_cert_cache_expiry`: seconds; 0: never
    std::optional<std::string> crl_location;  ///< `crl_location`: a path or https://…; nothing: no CRL
    std::optional<std::string> crl_cache;     ///< `crl_cache`: a path
    int crl_cache_expiry = 3600;              ///< `crl_cache_expiry`: seconds; 0: never
    std::map<std::string, std::string>
        certnames;                               ///< `certnames`: SERVICE.HOST -> name of the files in ssldir
    std::optional<std::string> certname;         ///< `certname`: that name, whatever the service
    std::optional<std::string> cert_prefix;      ///< `cert_prefix`: SERVICE
    std::string gpg_home = "~/.gnupg";           ///< `gpg_home`, as written
    std::optional<std::string> gpg_signing_key;  ///< `gpg_signing_key`
    std::map<std::string, std::string> gpg_keys;  ///< `gpg_keys`: short host name -> key
    bool routing_nitpicky = false;                ///< `routing_nitpicky`

    // Services
    int gateway_port = 9940;             ///< `fedmsg.consumers.gateway.port`
    int gateway_high_water_mark = 1000;  ///< `fedmsg.consumers.gateway.high_water_mark`

    // Monitoring
    std::optional<std::string>
        metrics_listen;  ///< `metrics_listen`: see parse_listen_address(); nothing: off

    // Logging
    LoggingSettings logging;  ///< `logging`: of the loggers `fedmsg` and `moksha`

    /// Everything that was configured, defaults included, known and unknown keys; what `fedmsg config`
    /// prints.
    encoding::Object values;
};

}  // namespace fedmsg
