#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "redis/redis_link.h"

namespace modelgates::gateway {

class ReloadObserver;

struct RedisOptions {
  // PEM file with the trusted certificates. Empty: the system's.
  std::string ca_file;
  // As in TransportOptions: the name of the setting, and the observer of reloads.
  std::string_view ca_setting;
  ReloadObserver* reloads = nullptr;
  // Bound on lookup, TCP, TLS, login and selecting the database together; half of it is that of the
  // answer of a sentinel.
  std::chrono::milliseconds connect_timeout{1'000};
  // Time between two attempts to connect while the server is down.
  std::chrono::milliseconds probe_interval{1'000};
  // Time between two checks of a working connection, so that a connection that the network dropped,
  // or another master, is noticed before a command meets it.
  std::chrono::milliseconds heartbeat{15'000};
  // Number of replicas that must acknowledge a script that was run with RedisAcks::kReplicas, and
  // how long the server waits for them. The server executes nothing else for this client meanwhile,
  // so it must be well below limits.call_timeout.
  int replicas = 0;
  std::chrono::milliseconds replica_timeout{100};
  // How long commands wait for a failover, counted from the loss of the server or of its replicas.
  // Zero: they fail at once.
  std::chrono::milliseconds failover_wait{0};
  RedisLimits limits;
};

}  // namespace modelgates::gateway
