#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/log_options.h"
#include "base/secret.h"

namespace modelgates::gateway {

// The callback URLs that CreateAuthCode accepts.
enum class CallbackPolicy : uint8_t {
  kDocumented,  // https on port 443 or 3000, as the API documents
  kLoopback,    // these, and http on localhost, 127.0.0.1 and [::1] at any port
  kAny,         // any absolute URL
};

// The check of PKCE (RFC 7636) before a request is sent.
enum class PkcePolicy : uint8_t {
  kOff,      // none; the upstream decides
  kRfc7636,  // a verifier or challenge must have the RFC's length and alphabet
  kS256,     // PKCE with S256 is required
};

// The bearer token that is sent upstream.
enum class CredentialMode : uint8_t {
  kService,      // the gateway's key
  kPassthrough,  // the caller's `authorization` metadata, which is required
  kEither,       // the caller's if it is sent, else the gateway's; requires authenticated callers
};

// The HTTP version that is spoken to the upstream.
enum class UpstreamHttp : uint8_t {
  k1,     // HTTP/1.1
  k2,     // HTTP/2; over http with prior knowledge
  kAuto,  // what TLS negotiates; over http HTTP/1.1
};

// What the gateway does when the answer to an exchange is lost and the code may be spent.
enum class ExchangeRecovery : uint8_t {
  kOnce,   // sends the code once more, after the first attempt has ended
  kNever,  // does not send the code again (RFC 6749, section 4.1.2)
};

// The query of a probe to the running gateway.
enum class ProbeKind : uint8_t {
  kNone,    // no probe: the program serves
  kHealth,  // grpc.health.v1.Health on the gRPC port
  kLive,    // /livez on the admin port
  kReady,   // /readyz on the admin port
};

// The values of all settings, each named like its flag. Load (flags.h) checks all of them, so their
// readers need not.
struct Config {
  using Milliseconds = std::chrono::milliseconds;

  // host:port of the gRPC port, IPv6 in brackets; port 0: any free one; or unix:/path. Default: all
  // interfaces, because callers are in other pods.
  std::string listen = "0.0.0.0:50051";
  // PEM files of the server's certificate chain and key. Empty: plaintext.
  std::string tls_cert_file;
  std::string tls_key_file;
  // PEM file of the CAs of client certificates, which are then required. Empty: not required.
  std::string tls_client_ca_file;
  // Whether callers are identified by x-forwarded-client-cert. Off, because whoever reaches the
  // port could claim any identity.
  bool forwarded_client_cert = false;
  // Longest time from accept to the peer's HTTP/2 SETTINGS. A normal client takes two round trips
  // and some milliseconds of CPU.
  Milliseconds handshake_timeout = std::chrono::seconds(5);
  // Bounds on connections of callers: open ones in total, about 20 kB each with plaintext; per IPv4
  // address or IPv6 /64 network; and new ones per second, because a TLS handshake takes 1 to 2 ms
  // of CPU. A burst may have twice as many, for example all clients of a replaced gateway.
  int max_connections = 10'000;
  int max_connections_per_address = 1'000;
  int max_handshakes_per_second = 500;

  // host:port of the HTTP port for probes and metrics; empty: off. Default: loopback, because
  // everybody who can connect sees its pages.
  std::string admin_listen = "127.0.0.1:9090";
  // File with the bearer token that these pages require, except probes; read again when it changes.
  // Empty: not required.
  std::string admin_bearer_file;

  // Base URL of the REST API: http or https, no user info, no query, no fragment.
  std::string upstream = "https://modelgates.ai/api/v1";
  // Default: 1.1, which costs less CPU where calls come one by one.
  UpstreamHttp upstream_http = UpstreamHttp::k1;
  // PEM file of the trusted CAs for the upstream. Empty: the system's.
  std::string upstream_ca_file;
  // URL of a proxy for the upstream; may contain a password. Empty: none. The proxy variables of
  // the environment are ignored.
  Secret upstream_proxy;
  // Whether the upstream may be http on a host that is not loopback. Off, because codes and keys
  // would be sent unencrypted.
  bool insecure_upstream = false;

  // File with the gateway's key, read again when it changes. Empty: `api_key` has the key.
  std::string api_key_file;
  // The gateway's key at the start: from api_key_file, else from the environment variable
  // MODELGATES_API_KEY. Empty: no Authorization header.
  Secret api_key;
  CredentialMode credential_mode = CredentialMode::kService;

  // Values of the app's headers for calls that do not set the field; empty: no header.
  std::string http_referer;
  std::string x_open_router_title;
  std::string x_open_router_categories;
  // Names of two of these headers. Another client of the vendor sends X-ModelGates-Title.
  std::string title_header = "X-OpenRouter-Title";
  std::string categories_header = "X-OpenRouter-Categories";

  CallbackPolicy callback_policy = CallbackPolicy::kDocumented;
  // Default: checked, because an exchange with a malformed verifier would spend the code.
  PkcePolicy pkce_policy = PkcePolicy::kRfc7636;

  // Deadline of calls without one, and longest deadline of a call.
  Milliseconds default_deadline = std::chrono::seconds(30);
  Milliseconds max_deadline = std::chrono::seconds(120);

  // Longest time to connect, including the TLS handshake. Normally well below a second.
  Milliseconds connect_timeout = std::chrono::seconds(3);
  // Longest time of one attempt, including the connect time.
  Milliseconds attempt_timeout = std::chrono::seconds(10);

  // Attempts of one call, including the first.
  int max_attempts = 4;
  // Wait before the first retry, longest wait, and factor from one wait to the next; as in the SDK.
  Milliseconds initial_interval{500};
  Milliseconds max_interval = std::chrono::seconds(60);
  double backoff_exponent = 1.5;
  // A longer Retry-After ends the call at once, because the caller can wait more cheaply.
  Milliseconds max_retry_after = std::chrono::seconds(10);

  // Bound on the retries of all calls: a percentage of the calls, and in addition a rate per
  // second, for gateways with few calls. During an outage it bounds the load to 1.2 requests per
  // call (resilience/retry_budget.h).
  bool retry_budget = true;
  int retry_budget_percent = 10;
  int retry_budget_min_rate = 3;

  // The circuit breaker (resilience/circuit_breaker.h). It opens when the window has the minimum
  // number of attempts, and the given percentage of them failed.
  bool breaker = true;
  Milliseconds breaker_window = std::chrono::seconds(10);
  int breaker_min_attempts = 20;
  int breaker_failure_percent = 50;
  // While it is open: time between probes, and number of consecutive successes that closes it. 750
  // ms detects a recovered upstream within a second, and sends at most 1.7 requests per second to
  // one that is still down.
  Milliseconds breaker_probe_interval{750};
  int breaker_probes = 2;

  // JSON file with the methods and limits of each caller; read again when it changes. Empty: every
  // caller may call everything.
  std::string callers_file;
  // Folder of the key files that its rules name. Empty: rules cannot name one.
  std::string caller_keys_dir;

  // Bound on running calls; further ones are refused. A waiting call takes about 40 kB.
  int max_concurrent_calls = 1000;
  // Bound on exchanges that run upstream; further ones are refused. Separate from the calls,
  // because an exchange that was sent continues when its caller has left, and keeps a connection:
  // with an upstream that never answers their number would grow without bound.
  int max_exchanges = 2000;
  // Largest metadata of a request: name, value and 32 bytes per entry (RFC 9113, section 6.5.2).
  // Tokens and baggage of a service mesh take more than gRPC's default of 8 KiB.
  int max_metadata_bytes = 16 * 1024;

  // Bound on connections to the upstream, including idle ones. A call that needs one more waits
  // until its deadline. Default: that of max_exchanges, so that no exchange waits for another one.
  int max_upstream_connections = 2000;

  // Default: once, because the code is lost in either case, and only a second request can return
  // its key.
  ExchangeRecovery exchange_recovery = ExchangeRecovery::kOnce;
  // Longest time that an exchange continues without a caller, including its recovery.
  Milliseconds exchange_cap = std::chrono::seconds(30);
  // How long the key of a finished exchange is kept for identical calls; 0: not kept.
  Milliseconds exchange_replay_ttl = std::chrono::seconds(30);

  // URL of the Redis-compatible server, or of the sentinels that know it, through which gateways
  // share exchanges; may contain a password. Empty: a repeat finds its result only on the same
  // gateway.
  Secret exchange_store;
  // PEM file of the trusted CAs for a store with TLS. Empty: the system's.
  std::string exchange_store_ca_file;
  // Whether exchanges are refused while the store does not answer. Off: they are served without the
  // store, so that its outage is not an outage of the gateway.
  bool exchange_store_fail_closed = false;
  // Number of the store's replicas that must acknowledge that a code is about to be sent, so that
  // the fact survives a failover. kAutomatic: 1 for a store with sentinels, which has replicas,
  // else 0.
  static constexpr int kAutomatic = -1;
  int exchange_store_replicas = kAutomatic;
  // How long exchanges wait for a failover of a store with sentinels, so that it costs no second
  // send. Default: sentinels that find a lost master after a few seconds promote another within
  // two.
  Milliseconds exchange_store_failover_wait = std::chrono::seconds(5);
  // File with the peppers of the store's index, read again when it changes.
  std::string exchange_pepper_file;

  // Age, plus or minus a tenth, at which a caller's connection gets GOAWAY; running calls are
  // completed. A caller then resolves the gateways again, so several gateways need a short age. A
  // drain waits for it. 0: half an hour, for which a drain does not wait; sufficient for a single
  // gateway.
  Milliseconds max_connection_age{0};

  // After SIGTERM: time to serve until load balancers have noticed, then time for running calls.
  Milliseconds drain_delay = std::chrono::seconds(5);
  Milliseconds drain_timeout = std::chrono::seconds(30);

  // gRPC server reflection, so that tools need no proto files. The contract is not secret.
  bool reflection = true;
  // gRPC channelz. Off by default, because it shows peers and traffic to every caller.
  bool channelz = false;

  Severity log_level = Severity::kInfo;
  LogFormat log_format = LogFormat::kJson;
  // Successful creates that have a line, in percent. Exchanges and failures always have one.
  int log_create_success_percent = 100;

  // Query the gateway that runs with these settings, and exit instead of serving.
  ProbeKind probe = ProbeKind::kNone;

  // Print the effective settings and exit instead of serving.
  bool check_config = false;

  // Whether each caller is identified by a certificate, which the gateway or a proxy has verified.
  bool callers_have_certificates() const {
    return !tls_client_ca_file.empty() || forwarded_client_cert;
  }
};

}  // namespace modelgates::gateway
