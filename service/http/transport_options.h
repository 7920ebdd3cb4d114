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
  // Where the upstream is; the rules are those of ParseBaseUrl.
  std::string base_url;
  // PEM file with the certificates to trust, read again when it changes. Empty: the system's.
  std::string ca_file;
  // The setting that names it, and who is told of its changes; may be null.
  std::string_view ca_setting;
  ReloadObserver* reloads = nullptr;
  std::chrono::milliseconds ca_check_interval{1'000};
  // Goes through this HTTP proxy, by a CONNECT tunnel, so that the upstream sees the same bytes.
  // "http://[user:password@]host:port". Empty: straight; the environment's proxy variables are not
  // looked at.
  Secret proxy;
  std::string user_agent = "modelgates-oauth-gateway";
  // What is spoken over the connections is HTTP, and TLS says so (ALPN).
  bool speaks_http = true;

  // Names, TCP, proxy and TLS together. As long is waited for a turn to connect.
  std::chrono::milliseconds connect_timeout{5'000};
  // Of a body, before and after its content codings are removed.
  size_t max_response_bytes = 256 * 1024;

  // The addresses of a name are looked up again after this.
  std::chrono::seconds names_cached{30};

  // Connections in all. A request that needs one more waits for one until its deadline.
  size_t max_connections = 2'000;
  // Connections in the making at once. A TLS handshake takes the loop about a millisecond, and as
  // many as this keep it busy while they wait for the upstream.
  size_t max_connects = 64;
  size_t max_idle_connections = 1'024;
  // Idle connections are closed after this, before the upstream would do it: 60 s is usual there.
  // An upstream that says less (Keep-Alive: timeout=5) is believed.
  std::chrono::milliseconds idle_timeout{30'000};
  // A connection older than this carries no further request, so that a change of the upstream's
  // address is followed.
  std::chrono::milliseconds max_connection_life{300'000};
};

// Counted since start, but for the first two. For metrics.
struct TransportStats {
  size_t open = 0;  // connections, idle ones included
  size_t idle = 0;
  uint64_t connects = 0;          // connections made
  uint64_t connect_failures = 0;  // not made, whatever the reason
  uint64_t reuses = 0;            // requests given to a connection that had carried one before
  uint64_t stale = 0;             // idle connections that the upstream closed, or wrote to unasked
};

}  // namespace modelgates::gateway
