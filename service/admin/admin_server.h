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
// connection. One thread serves all connections without waiting for any of them, so that slow
// clients do not delay others. Bounds:
//
//   connection   5 s from accept to the last byte of its answer
//   connections  256; one more ends the oldest
//   head         16 KiB; a body is ignored
class AdminServer {
 public:
  static constexpr std::chrono::seconds kConnectionTime{5};
  static constexpr size_t kMaxConnections = 256;
  static constexpr size_t kMaxHeadBytes = 16 * 1024;

  // Binds `listen` ("host:port", IPv6 in brackets, port 0 picks one) and serves at once. The port
  // is not shared with other processes. Error: UNAVAILABLE, with address and reason. `failed` is
  // called for connections that cannot be accepted; see Listener.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen,
                                                            AdminPages pages,
                                                            Listener::Failed failed = {});
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;
  ~AdminServer();

  // "host:port" with the actual port.
  const std::string& address() const { return address_; }
  int port() const;

  // Closes the port, waits at most one second for running answers, and closes all connections.
  // Idempotent.
  void Stop();

 private:
  class Impl;

  explicit AdminServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::string address_;
};

}  // namespace modelgates::gateway
