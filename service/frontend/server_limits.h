#pragma once

#include <grpcpp/server_builder.h>

#include <chrono>

#include "call/byte_counter.h"
#include "config/config.h"

namespace modelgates::gateway {

// The bounds that gRPC's server applies to connections of callers, before a handler of the gateway
// is called. SECURITY.md names the attacks that they do not prevent.
struct ServerLimits {
  using Milliseconds = std::chrono::milliseconds;

  // Concurrent streams of one connection (RFC 9113, SETTINGS_MAX_CONCURRENT_STREAMS). gRPC clients
  // queue further calls.
  int max_streams = 100;
  // Largest request. All fields with a bound take less than 20 kB together.
  int max_message_bytes = 64 * 1024;
  // Received from a connection at once.
  int max_read_bytes = kMaxReadBytes;
  // Memory of all connections together, at about 20 kB each. Above it gRPC closes idle connections
  // and ends streams of any caller. The bounds of IncompleteRequests are reached long before this
  // one.
  size_t max_memory_bytes = size_t{64} * 1024 * 1024;
  // Largest metadata of a request: name, value and 32 bytes per entry (RFC 9113, section 6.5.2).
  int max_metadata_bytes = 16 * 1024;
  // Longest time from accept to the peer's HTTP/2 SETTINGS.
  Milliseconds handshake_timeout = std::chrono::seconds(5);
  // Time without received data after which a PING is sent, and time to wait for its answer before
  // the connection is closed: the peer is dead, or stopped in the middle of a frame.
  Milliseconds keepalive_time = std::chrono::seconds(60);
  Milliseconds keepalive_timeout = std::chrono::seconds(20);
  // A connection without a call is closed after this time.
  Milliseconds max_connection_idle = std::chrono::minutes(10);
  // Age at which a connection gets GOAWAY, and the grace period after which it is closed, so that
  // nothing incomplete is kept for longer. The longest call fits into the grace period.
  Milliseconds max_connection_age = std::chrono::minutes(30);
  Milliseconds age_grace = std::chrono::minutes(2);
  // Calls are counted for channelz.
  bool channelz = false;
};

// The limits of a gateway with these settings.
ServerLimits ToServerLimits(const Config& config);

// Enables the bound on one read of gRPC from a connection, for the whole process. Must be called
// before gRPC is initialized and any thread is started.
void BoundReads();

void ApplyLimits(const ServerLimits& limits, grpc::ServerBuilder& builder);

}  // namespace modelgates::gateway
