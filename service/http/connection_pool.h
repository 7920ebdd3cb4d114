#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "http/connection.h"
#include "http/transport_options.h"

namespace modelgates::gateway {

// Idle connections. The one that became idle last is used first, so that surplus connections age
// and are closed.
//
// Idle connections stay registered with epoll. One that the upstream closes or writes to is removed
// before a request can use it, unless the two cross on the wire. Loop thread only.
class ConnectionPool final : private ConnectionListener, private Timer {
 public:
  ConnectionPool(EpollLoop& loop, const TransportOptions& options);
  ~ConnectionPool();

  // nullptr when there is none.
  std::unique_ptr<Connection> Take();
  // Keeps `connection`, unless it is too old or the pool is full. `hint`: how long the upstream
  // keeps it, as it said; the connection is closed one second before that.
  void Put(std::unique_ptr<Connection> connection, std::optional<std::chrono::seconds> hint);

  // Closes the connection that has been idle longest, if there is one.
  void DropOldest();

  size_t size() const { return idle_.size(); }
  uint64_t stale() const { return stale_; }

 private:
  void OnConnectionEvents(Connection& connection) override;
  void OnTimer() override;

  EpollLoop& loop_;
  const TransportOptions& options_;
  std::vector<std::unique_ptr<Connection>> idle_;
  TimePoint next_sweep_ = TimePoint::max();
  uint64_t stale_ = 0;
};

}  // namespace modelgates::gateway
