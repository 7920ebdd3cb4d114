#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// A listening port, or Unix socket. gRPC's server can listen itself but cannot stop accepting while
// it serves, so callers would reconnect to a gateway that drains.
class Listener {
 public:
  // Takes over an accepted connection; called on a thread of the listener.
  using Accepted = std::function<void(int listener, int connection)>;
  // Called when a connection cannot be accepted and waits in the kernel: `error` is EMFILE, ENFILE,
  // ENOBUFS or ENOMEM. Repeated every 50 ms while this lasts; called on a thread of the listener.
  using Failed = std::function<void(int error)>;

  // Binds all addresses of the host in `address`, host:port with IPv6 in brackets. 0.0.0.0 and [::]
  // both mean all IPv4 and IPv6 addresses of this machine. Port 0 picks a free one. The port is not
  // shared with other processes. Or unix:/path: ListenOnUnixSocket. Error: UNAVAILABLE, with the
  // reason.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(const std::string& address);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // 0 for a Unix socket.
  int port() const { return port_; }

  // Starts to accept. Before that connections wait in the kernel.
  void Start(Accepted accepted, Failed failed = {});
  // New connections are refused from now on. Accepted connections are not touched. Idempotent.
  void Close();

 private:
  Listener() = default;

  absl::Status BindPort(const std::string& address);
  absl::Status BindPath(const std::string& path);
  void Run() const;
  void AcceptSome(int listener) const;

  std::vector<int> listeners_;
  int port_ = 0;
  int stop_ = -1;  // an eventfd
  Accepted accepted_;
  Failed failed_;
  std::thread thread_;
};

}  // namespace modelgates::gateway
