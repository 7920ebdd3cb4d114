#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// A listening port. gRPC's server can listen itself but cannot stop accepting while it serves, so a
// gateway that drains would get its callers back.
class Listener {
 public:
  // Takes over an accepted connection; called on a thread of the listener.
  using Accepted = std::function<void(int listener, int connection)>;
  // Called when a connection cannot be accepted and waits in the kernel: `error` is EMFILE, ENFILE,
  // ENOBUFS or ENOMEM. Repeated every 50 ms while this lasts; called on a thread of the listener.
  using Failed = std::function<void(int error)>;

  // Binds `address`, host:port with IPv6 in brackets, every address that the host has; 0.0.0.0 and
  // [::] are both every address of this machine, those of IPv4 and of IPv6. Port 0 picks one. The
  // port is not shared with other processes. Error: UNAVAILABLE, with the reason.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(const std::string& address);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  int port() const { return port_; }

  // Starts to accept. Before that connections wait in the kernel.
  void Start(Accepted accepted, Failed failed = {});
  // New connections are refused from now on. Accepted connections are not touched. Idempotent.
  void Close();

 private:
  Listener() = default;

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
