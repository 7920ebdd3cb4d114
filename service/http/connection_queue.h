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

// Where calls wait for a connection, first come, first served. A call that waits gets whatever is
// there first: a connection that another call no longer needs, or its turn to make one. Loop thread
// only; lives as long as anybody waits in it or has a place of it.
class ConnectionQueue : public std::enable_shared_from_this<ConnectionQueue> {
 public:
  struct Limits {
    size_t connections = 0;  // in all, those in the making included
    size_t connects = 0;     // in the making at once
    // How long a call waits while connections are being made and none comes free. While it waits
    // for one of `connections` its deadline is the only bound.
    Duration connect_timeout{};
  };

  enum class End : uint8_t {
    kTimeout,         // the deadline has passed
    kConnectTimeout,  // connect_timeout has
    kStopped,
    kClosed,
  };
  using Result = std::variant<std::unique_ptr<Connection>, ConnectionPlace, End>;

  // What a call can use: an idle connection is none that has carried no request.
  enum class Need : uint8_t { kAny, kNew };

  ConnectionQueue(EventLoop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}

  // `stop` must outlive the task.
  Task<Result> Wait(Need need, TimePoint deadline, const std::stop_token& stop);

  // Offers a connection that is no longer needed. True: a call that waited has taken it, or the
  // room that it leaves.
  bool Give(std::unique_ptr<Connection>& connection);

  // Whether a connection has to end before another can be made.
  bool full() const { return places_ >= limits_.connections; }

  // Ends every wait: nothing can be had any more.
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
