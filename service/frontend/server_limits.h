#pragma once

#include <grpcpp/server_builder.h>

#include <chrono>

#include "config/config.h"

namespace modelgates::gateway {

// What one connection of a caller may cost: the bounds that gRPC's server is given. What exceeds
// one is refused by gRPC, before our code sees it; SECURITY.md says what they do not stop.
struct ServerLimits {
  using Milliseconds = std::chrono::milliseconds;

  // Streams at once on one connection (RFC 9113, SETTINGS_MAX_CONCURRENT_STREAMS). gRPC's clients
  // queue what is above.
  int max_streams = 100;
  // One request. The fields that have a bound need less than 20 kB together.
  int max_message_bytes = 64 * 1024;
  // The last bound: memory of all connections together, above which gRPC closes idle ones and ends
  // streams, of whomever. 20 kB a connection. Requests are bounded by IncompleteRequests long
  // before.
  size_t max_memory_bytes = size_t{64} * 1024 * 1024;
  // All metadata of one request, as HTTP/2 counts it: name, value and 32 bytes for each entry.
  int max_metadata_bytes = 16 * 1024;
  // From accept to the peer's HTTP/2 settings.
  Milliseconds handshake_timeout = std::chrono::seconds(5);
  // A peer that sends nothing for this long is asked for a sign of life (HTTP/2 PING), and its
  // connection ends when none comes within the second one: it is gone, or stopped within a frame.
  Milliseconds keepalive_time = std::chrono::seconds(60);
  Milliseconds keepalive_timeout = std::chrono::seconds(20);
  // A connection without a call for this long is closed.
  Milliseconds max_connection_idle = std::chrono::minutes(10);
  // A connection of this age is asked to end, and is ended after the grace: nothing that a peer
  // leaves half-sent is held for longer. The grace is that of the longest call.
  Milliseconds max_connection_age = std::chrono::minutes(30);
  Milliseconds age_grace = std::chrono::minutes(2);
  // Calls are counted for channelz.
  bool channelz = false;
};

// The limits of a gateway with these settings.
ServerLimits ToServerLimits(const Config& config);

// The bound on what gRPC receives from a connection at once is a switch of the process: before gRPC
// and any thread begin.
void BoundReads();

void ApplyLimits(const ServerLimits& limits, grpc::ServerBuilder& builder);

}  // namespace modelgates::gateway
