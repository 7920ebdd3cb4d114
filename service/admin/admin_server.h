#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "admin/admin_pages.h"
#include "base/listener.h"

namespace modelgates::gateway {

// The HTTP port for probes, metrics and people: plain HTTP/1.1, GET and HEAD, one request a
// connection. One thread serves all connections at once and waits for none of them, so that slow
// clients delay nobody. Bounds on what a client can make it hold:
//
//   connection   5 s from accept to the last byte of its answer
//   connections  256; one more ends the oldest
//   head         16 KiB; a body is not looked at
class AdminServer {
 public:
  static constexpr std::chrono::seconds kConnectionTime{5};
  static constexpr size_t kMaxConnections = 256;
  static constexpr size_t kMaxHeadBytes = 16 * 1024;

  // Binds `listen` ("host:port", IPv6 in brackets, port 0 picks one) and serves at once. The port
  // is this process's alone: a second one fails here. UNAVAILABLE says which address and why.
  // `failed` is told of connections that cannot be accepted; see Listener.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen,
                                                            AdminPages pages,
                                                            Listener::Failed failed = {});
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;
  ~AdminServer();

  // "host:port" with the real port.
  const std::string& address() const { return address_; }
  int port() const;

  // Closes the port, gives answers under way a second, and ends all connections. Idempotent.
  void Stop();

 private:
  class Impl;

  explicit AdminServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::string address_;
};

}  // namespace modelgates::gateway
