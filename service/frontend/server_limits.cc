#include "frontend/server_limits.h"

#include <grpcpp/resource_quota.h>

#include <cstdlib>

namespace modelgates::gateway {
namespace {

constexpr int kOff = 0;
constexpr int kOn = 1;
constexpr int kIdentityOnly = 1 << GRPC_COMPRESS_NONE;

}  // namespace

ServerLimits ToServerLimits(const Config& config) {
  ServerLimits limits;
  limits.handshake_timeout = config.handshake_timeout;
  limits.max_metadata_bytes = config.max_metadata_bytes;
  if (config.max_connection_age.count() > 0) limits.max_connection_age = config.max_connection_age;
  limits.age_grace = config.max_deadline;
  limits.channelz = config.channelz;
  return limits;
}

// By default gRPC 1.51 sizes its receive buffer by the last read, so a peer that sends 100 MB makes
// it allocate as much. Only without this experiment GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE has an effect.
void BoundReads() {
  constexpr int kKeepWhatIsSet = 0;
  setenv("GRPC_EXPERIMENTS", "-tcp_read_chunks", kKeepWhatIsSet);
}

void ApplyLimits(const ServerLimits& limits, grpc::ServerBuilder& builder) {
  const auto set = [&builder](const char* name, int value) {
    builder.AddChannelArgument(name, value);
  };
  const auto set_time = [&set](const char* name, ServerLimits::Milliseconds time) {
    set(name, static_cast<int>(time.count()));
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_streams);
  set(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, limits.max_message_bytes);
  grpc::ResourceQuota memory("callers");
  memory.Resize(limits.max_memory_bytes);
  builder.SetResourceQuota(memory);
  set(GRPC_ARG_MAX_METADATA_SIZE, limits.max_metadata_bytes);
  // The default is 4 MiB per read. gRPC makes calls of all of it before it reads the request of the
  // first one: 15 bytes or more per call, which takes 16 kB of memory.
  set(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, limits.max_read_bytes);
  // Requests are small, and a compressed one can be a decompression bomb.
  set(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, kIdentityOnly);
  set(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, kOff);
  set(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, kOff);
  // The gateway has its own deadline for every call, and IncompleteRequests bounds requests.
  set(GRPC_ARG_ENABLE_DEADLINE_CHECKS, kOff);
  set(GRPC_ARG_ENABLE_CHANNELZ, limits.channelz ? kOn : kOff);
  // No message is larger than HTTP/2's initial window, so larger windows are useless.
  set(GRPC_ARG_HTTP2_BDP_PROBE, kOff);

  set_time(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits.handshake_timeout);
  set_time(GRPC_ARG_KEEPALIVE_TIME_MS, limits.keepalive_time);
  set_time(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits.keepalive_timeout);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, kOff);  // no bound: a connection may be idle
  // Clients may send pings on idle connections.
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, kOn);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);

  set_time(GRPC_ARG_MAX_CONNECTION_IDLE_MS, limits.max_connection_idle);
  set_time(GRPC_ARG_MAX_CONNECTION_AGE_MS, limits.max_connection_age);
  // No call is older than the grace period. Only a stream that watches health may be, and its
  // client can open another one.
  set_time(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, limits.age_grace);
}

}  // namespace modelgates::gateway
