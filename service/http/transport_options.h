#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace modelgates::gateway {

class ReloadObserver;

struct TransportOptions {
  enum class Http : uint8_t {
    k1,     // HTTP/1.1
    k2,     // HTTP/2; over http with prior knowledge (RFC 9113, 3.3)
    kAuto,  // what TLS negotiates (ALPN), preferably HTTP/2; over http HTTP/1.1
  };

  // Base URL of the upstream, as ParseBaseUrl accepts it.
  std::string base_url;
  // PEM file with the trusted certificates, read again when it changes. Empty: the system's.
  std::string ca_file;
  // The name of the setting, and the observer of reloads; may be null.
  std::string_view ca_setting;
  ReloadObserver* reloads = nullptr;
  std::chrono::milliseconds ca_check_interval{1'000};
  // HTTP proxy, used with a CONNECT tunnel: "http://[user:password@]host:port". Empty: no proxy;
  // the proxy variables of the environment are ignored.
  Secret proxy;
  std::string user_agent = "modelgates-oauth-gateway";
  // Whether TLS announces HTTP (ALPN).
  bool speaks_http = true;
  Http http = Http::k1;

  // Bound on lookup, TCP, proxy and TLS together, and also on the wait for the turn to connect.
  std::chrono::milliseconds connect_timeout{5'000};
  // HTTP/2: a connection with running requests on which nothing was received for `ping_after` gets
  // a PING, and counts as dead if nothing is received within `ping_timeout`.
  std::chrono::milliseconds ping_after{10'000};
  std::chrono::milliseconds ping_timeout{5'000};
  // Bound on a body, before and after its content codings are removed.
  size_t max_response_bytes = 256 * 1024;

  // How long the addresses of a name are kept.
  std::chrono::seconds names_cached{30};

  // Bound on all connections. A request that needs one more waits until its deadline.
  size_t max_connections = 2'000;
  // Bound on connections that are being made. A TLS handshake costs the loop about a millisecond;
  // this many keep the loop busy while they wait for the upstream.
  size_t max_connects = 64;
  size_t max_idle_connections = 1'024;
  // Idle connections are closed after this time, before the upstream closes them, usually after 60
  // s. A shorter Keep-Alive of the upstream (timeout=5) has precedence.
  std::chrono::milliseconds idle_timeout{30'000};
  // Age after which a connection carries no further request, so that changed addresses of the
  // upstream are used.
  std::chrono::milliseconds max_connection_life{300'000};
};

// For metrics. All but the first two count since the start.
struct TransportStats {
  size_t open = 0;  // connections, including idle ones
  size_t idle = 0;
  uint64_t connects = 0;          // connections made
  uint64_t connect_failures = 0;  // not made, for any reason
  uint64_t reuses = 0;            // requests on a connection that had carried one before
  uint64_t stale = 0;             // idle connections that the upstream closed or wrote to
};

}  // namespace modelgates::gateway
