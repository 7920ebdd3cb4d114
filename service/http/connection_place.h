#pragma once

#include <memory>
#include <utility>

namespace modelgates::gateway {

class ConnectionQueue;

// One of the connections that may exist: first in the making, then made. Destroying it makes room
// for another one.
class ConnectionPlace {
 public:
  explicit ConnectionPlace(std::shared_ptr<ConnectionQueue> queue) : queue_(std::move(queue)) {}
  ConnectionPlace(ConnectionPlace&&) = default;
  ConnectionPlace& operator=(ConnectionPlace&&) = delete;
  ~ConnectionPlace();

  // The connection is made: another one may be.
  void Made();

 private:
  std::shared_ptr<ConnectionQueue> queue_;
  bool made_ = false;
};

}  // namespace modelgates::gateway
