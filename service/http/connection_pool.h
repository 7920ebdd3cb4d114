#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "http/connection.h"
#include "http/transport_options.h"

namespace modelgates::gateway {

// Connections that wait for their next request. The one that came last goes first, so that those
// beyond the need of the moment grow old and are closed.
//
// Each stays watched: one that the upstream closes, or writes to unasked, is gone before a request
// could be given to it, unless the two cross on the wire. Loop thread only.
class ConnectionPool final : private IdleListener, private Timer {
 public:
  ConnectionPool(EpollLoop& loop, const TransportOptions& options);
  ~ConnectionPool();

  // nullptr when there is none.
  std::unique_ptr<Connection> Take();
  // Keeps `connection`, unless it is too old or there are too many. `hint`: how long the upstream
  // said that it keeps it; it is retired a second before.
  void Put(std::unique_ptr<Connection> connection, std::optional<std::chrono::seconds> hint);

  // Closes the one that has waited longest, if there is one.
  void DropOldest();

  size_t size() const { return idle_.size(); }
  uint64_t stale() const { return stale_; }

 private:
  void OnIdleConnectionLost(Connection& connection) override;
  void OnTimer() override;

  EpollLoop& loop_;
  const TransportOptions& options_;
  std::vector<std::unique_ptr<Connection>> idle_;
  TimePoint next_sweep_ = TimePoint::max();
  uint64_t stale_ = 0;
};

}  // namespace modelgates::gateway
