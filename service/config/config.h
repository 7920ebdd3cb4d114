#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/log_options.h"
#include "base/secret.h"

namespace modelgates::gateway {

// Which callback URLs a create may name.
enum class CallbackPolicy : uint8_t {
  kDocumented,  // https on port 443 or 3000, as the API documents
  kLoopback,    // that, and http on localhost, 127.0.0.1 and [::1] at any port
  kAny,         // any absolute http or https URL
};

// What is asked of PKCE (RFC 7636) before anything is sent.
enum class PkcePolicy : uint8_t {
  kOff,      // the upstream decides
  kRfc7636,  // what is sent must have the RFC's length and alphabet
  kS256,     // PKCE with S256 is required
};

// Whose bearer goes upstream.
enum class CredentialMode : uint8_t {
  kService,      // the gateway's key
  kPassthrough,  // the caller's `authorization` metadata, which is required
  kEither,       // the caller's when sent, else the gateway's; only for authenticated callers
};

// What follows when the answer to an exchange is lost and may have spent the code.
enum class ExchangeRecovery : uint8_t {
  kOnce,   // the code is sent once more, when the first attempt is over
  kNever,  // nothing: the letter of RFC 6749, section 4.1.2
};

// What a probe asks the running gateway.
enum class ProbeKind : uint8_t {
  kNone,    // nothing: it serves
  kHealth,  // grpc.health.v1.Health on the port of gRPC
  kLive,    // /livez on the admin port
  kReady,   // /readyz there
};

// Every setting, named as its flag. Plain values, complete and checked once Load (flags.h) has
// returned them: no reader checks again.
struct Config {
  using Milliseconds = std::chrono::milliseconds;

  // host:port of gRPC, IPv6 in brackets. All interfaces, since it serves other pods. Port 0 picks
  // one.
  std::string listen = "0.0.0.0:50051";
  // PEM files of the chain and the key that callers are served with. Empty: plain text.
  std::string tls_cert_file;
  std::string tls_key_file;
  // PEM file of the CAs whose certificates callers must have. Empty: callers need none.
  std::string tls_client_ca_file;
  // From accept to the peer's HTTP/2 settings. An honest peer takes two round trips and some
  // milliseconds of CPU.
  Milliseconds handshake_timeout = std::chrono::seconds(5);
  // Connections of callers: open ones in all, 20 kB each with plain text; of one address, or of
  // IPv6 of one /64 network; and new ones per second, which bounds the CPU of TLS handshakes, 1 to
  // 2 ms each. At once twice as many may come: all clients of a gateway that was replaced.
  int max_connections = 10'000;
  int max_connections_per_address = 1'000;
  int max_handshakes_per_second = 500;

  // host:port of probes and metrics over HTTP; empty is off. Loopback, since by default
  // everybody who can connect sees its pages.
  std::string admin_listen = "127.0.0.1:9090";
  // File with the bearer that these pages require, but for the probes; re-read when it changes.
  // Empty: none.
  std::string admin_bearer_file;

  // Base URL of the REST API: http or https, no user info, no query, no fragment.
  std::string upstream = "https://modelgates.ai/api/v1";
  // PEM file that replaces the system's CAs for the upstream; empty keeps those.
  std::string upstream_ca_file;
  // URL of a proxy for the upstream; may hold a password. Empty is none, whatever the environment
  // says.
  Secret upstream_proxy;
  // Allows http to a host that is not loopback. Off: codes and keys would cross the network in
  // clear.
  bool insecure_upstream = false;

  // File with the service's key, re-read when it changes. Empty: the key comes from `api_key`.
  std::string api_key_file;
  // The service's key as found at start, in api_key_file or else in the environment variable
  // MODELGATES_API_KEY. Empty: no Authorization header.
  Secret api_key;
  CredentialMode credential_mode = CredentialMode::kService;

  // Values of the app's headers for calls that leave the field unset; empty is no header.
  std::string http_referer;
  std::string x_open_router_title;
  std::string x_open_router_categories;
  // Names of two of those headers: another published client of the vendor uses X-ModelGates-Title.
  std::string title_header = "X-OpenRouter-Title";
  std::string categories_header = "X-OpenRouter-Categories";

  CallbackPolicy callback_policy = CallbackPolicy::kDocumented;
  // A malformed verifier would spend the code for nothing, so it is refused before it is sent.
  PkcePolicy pkce_policy = PkcePolicy::kRfc7636;

  // For callers without a deadline, and the most that any caller gets.
  Milliseconds default_deadline = std::chrono::seconds(30);
  Milliseconds max_deadline = std::chrono::seconds(120);

  // TCP and TLS handshake together. A healthy one takes well below a second.
  Milliseconds connect_timeout = std::chrono::seconds(3);
  // One attempt, connect included.
  Milliseconds attempt_timeout = std::chrono::seconds(10);

  // Attempts of one call, the first included.
  int max_attempts = 4;
  // Wait before the first retry, the longest wait, and the factor between: the vendor SDK's values.
  Milliseconds initial_interval{500};
  Milliseconds max_interval = std::chrono::seconds(60);
  double backoff_exponent = 1.5;
  // A longer Retry-After ends the call at once: the caller can wait better than we can.
  Milliseconds max_retry_after = std::chrono::seconds(10);

  // Retries of all calls together: a percentage of the calls, and so many a second beside, so that
  // few calls can be tried again at all. Bounds what an outage makes of the load at 1.2 requests a
  // call (resilience/retry_budget.h).
  bool retry_budget = true;
  int retry_budget_percent = 10;
  int retry_budget_min_rate = 3;

  // The circuit breaker (resilience/circuit_breaker.h). Opens when of at least so many attempts of
  // the window at least so many percent failed.
  bool breaker = true;
  Milliseconds breaker_window = std::chrono::seconds(10);
  int breaker_min_attempts = 20;
  int breaker_failure_percent = 50;
  // While open: time between probes, and how many must succeed in a row to close it. 750 ms finds
  // an upstream that is back within a second and bothers one that is not 1.7 times a second at
  // most.
  Milliseconds breaker_probe_interval{750};
  int breaker_probes = 2;

  // JSON file of the rules who may call what, and how much; re-read when it changes. Empty:
  // everybody may call everything.
  std::string callers_file;

  // Calls at once; one more is refused. Each costs some 40 kB while it waits.
  int max_concurrent_calls = 1000;
  // Exchanges under way upstream; one more is refused. Apart from the calls, since an exchange that
  // was sent goes on when its caller has left: with each a connection, that is what an upstream
  // that answers nobody would otherwise take without end.
  int max_exchanges = 2000;
  // Metadata of one request, as HTTP/2 counts it: name, value and 32 bytes for each entry. Tokens
  // and baggage of a service mesh take more than gRPC's own default of 8 KiB.
  int max_metadata_bytes = 16 * 1024;

  // Connections upstream in all, idle ones included. A call that needs one more waits for one until
  // its deadline. As many as exchanges may be under way: no exchange waits behind another.
  int max_upstream_connections = 2000;

  // Whether a lost answer is asked for once more. Once, since the code is gone either way and a
  // second request is the only way left to its key.
  ExchangeRecovery exchange_recovery = ExchangeRecovery::kOnce;
  // How long an exchange that was sent may go on without any caller, its recovery included.
  Milliseconds exchange_cap = std::chrono::seconds(30);
  // How long the key of a finished exchange is kept for its repeats; 0 is not at all.
  Milliseconds exchange_replay_ttl = std::chrono::seconds(30);

  // URL of the Redis-compatible server where gateways share exchanges; may hold a password. Empty:
  // a repeat is protected only where it reaches the same gateway.
  Secret exchange_store;
  // PEM file that replaces the system's CAs for a rediss:// store; empty keeps those.
  std::string exchange_store_ca_file;
  // Without the store an exchange is refused. Off: it goes on as if there were none, since a store
  // that is down should take nothing else down.
  bool exchange_store_fail_closed = false;
  // File with the peppers of the store's index, re-read when it changes.
  std::string exchange_pepper_file;

  // How old a caller's connection gets, give or take a tenth; then it is told to make another one,
  // with calls under way unharmed. 0 is half an hour, for which a drain does not wait: what is
  // right for one gateway. Among several a caller keeps to those it knew at first until its
  // connection ends.
  Milliseconds max_connection_age{0};

  // After SIGTERM: keep serving while load balancers notice, then wait for running calls.
  Milliseconds drain_delay = std::chrono::seconds(5);
  Milliseconds drain_timeout = std::chrono::seconds(30);

  // gRPC server reflection: tools need no proto files. The contract is no secret.
  bool reflection = true;
  // gRPC channelz: shows peers and traffic to whoever can call, so only when asked for.
  bool channelz = false;

  Severity log_level = Severity::kInfo;
  LogFormat log_format = LogFormat::kJson;

  // Ask the gateway that runs with these settings how it is, and end instead of serving.
  ProbeKind probe = ProbeKind::kNone;

  // Print the effective settings and end instead of serving.
  bool check_config = false;
};

}  // namespace modelgates::gateway
