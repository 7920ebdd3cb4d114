#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>

#include "base/task.h"
#include "base/wait_point.h"
#include "http/connection.h"
#include "http/connection_place.h"

namespace modelgates::gateway {

// The queue of calls that wait for a connection, first come, first served. A waiting call gets what
// is available first: a connection that another call no longer needs, or its turn to make one. Loop
// thread only. It must outlive all waiting calls and all places.
class ConnectionQueue : public std::enable_shared_from_this<ConnectionQueue> {
 public:
  struct Limits {
    size_t connections = 0;  // bound on all, including those being made
    size_t connects = 0;     // bound on those being made
    // How long a call waits for its turn to connect. When all `connections` are in use, its
    // deadline is the only bound.
    Duration connect_timeout{};
  };

  enum class End : uint8_t {
    kTimeout,         // the deadline has passed
    kConnectTimeout,  // connect_timeout has passed
    kStopped,
    kClosed,
  };
  using Result = std::variant<std::unique_ptr<Connection>, ConnectionPlace, End>;

  // What a call accepts. An idle connection has carried a request before.
  enum class Need : uint8_t { kAny, kNew };

  ConnectionQueue(EventLoop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}

  // `stop` must outlive the task.
  Task<Result> Wait(Need need, TimePoint deadline, const std::stop_token& stop);

  // Offers a connection that is no longer needed. True: a waiting call has taken the connection or
  // its place.
  bool Give(std::unique_ptr<Connection>& connection);

  // Whether another connection can be made only after one was closed.
  bool full() const { return places_ >= limits_.connections; }

  // Ends every wait, because the transport is being destroyed.
  void Close();
  bool closed() const { return closed_; }

 private:
  friend class ConnectionPlace;

  struct Waiter : boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Waiter(EventLoop& loop, Need its_need) : need(its_need), ready(loop) {}
    const Need need;
    WaitPoint ready;
    std::unique_ptr<Connection> connection;
    std::optional<ConnectionPlace> place;
  };

  bool HasRoom() const { return !full() && connects_ < limits_.connects; }
  ConnectionPlace TakePlace();
  void GiveTurns();

  EventLoop& loop_;
  const Limits limits_;
  size_t places_ = 0;    // taken
  size_t connects_ = 0;  // of these, not made yet
  bool closed_ = false;
  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiting_;
};

}  // namespace modelgates::gateway
