#pragma once

#include <memory>
#include <utility>

namespace modelgates::gateway {

class ConnectionQueue;

// A share of the bound on connections: first for connecting, then for the connection. Destroying it
// frees the share.
class ConnectionPlace {
 public:
  explicit ConnectionPlace(std::shared_ptr<ConnectionQueue> queue) : queue_(std::move(queue)) {}
  ConnectionPlace(ConnectionPlace&&) = default;
  ConnectionPlace& operator=(ConnectionPlace&&) = delete;
  ~ConnectionPlace();

  // The connection is made, so another call may connect.
  void Made();

 private:
  std::shared_ptr<ConnectionQueue> queue_;
  bool made_ = false;
};

}  // namespace modelgates::gateway
