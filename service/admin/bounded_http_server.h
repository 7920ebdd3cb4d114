#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstddef>

namespace modelgates::gateway {

// httplib's server with a bound on everything that a client can make it hold. The library's own
// timeouts are per read, so that a client which sends a byte a second could keep a thread for
// hours.
//
//   threads          4; a connection has one from its first byte to its answer
//   time             5 s for a connection, reading and writing together; it serves one request
//   head             16 KiB; there are no bodies: what follows the head is not read
//   waiting          64 connections for a thread; when there are more, the oldest are closed
//   unserved ranges           ignored, since many small ones make a large answer out of a small
//   page port             not shared with another process (httplib's default is SO_REUSEPORT)
class BoundedHttpServer : public httplib::Server {
 public:
  static constexpr std::chrono::milliseconds kConnectionTime{5'000};
  static constexpr size_t kThreads = 4;
  static constexpr size_t kMaxWaiting = 64;
  static constexpr size_t kMaxHeadBytes = 16 * 1024;

  BoundedHttpServer();

  // Ends listen_after_bind: requests that are complete are answered, others are dropped.
  void Stop();

 private:
  class Queue;

  bool process_and_close_socket(socket_t socket) override;

  std::atomic<size_t> waiting_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace modelgates::gateway
