#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace modelgates::gateway {

class BoundedHttpServer;

// What the admin port shows. Each is called on a thread of the server, several at once.
struct AdminPages {
  // /livez: the process works, its event loop answers. Empty is always yes.
  std::function<bool()> live;
  // /readyz: send traffic here. No while starting and draining. Empty is always yes.
  std::function<bool()> ready;
  // /metrics in Prometheus' text format. Empty: 404.
  std::function<std::string()> metrics;
  // /configz: the effective settings as plain text, secrets redacted. Empty: 404.
  std::function<std::string()> settings;
};

// The HTTP port for probes, metrics and people. Plain HTTP/1.1, GET and HEAD, every other path is
// 404. It is no part of any call: a few threads of its own, and bounds on everything a client can
// make it hold (bounded_http_server.h).
class AdminServer {
 public:
  // Binds `listen` ("host:port", IPv6 in brackets, port 0 picks one) and serves at once. The port
  // is this process's alone: a second one fails here. UNAVAILABLE says which address and why.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen,
                                                            AdminPages pages);
  ~AdminServer();

  // "host:port" with the real port.
  const std::string& address() const { return address_; }
  int port() const { return port_; }

  // Closes the port and waits for answers under way. Again is nothing.
  void Stop();

 private:
  explicit AdminServer(AdminPages pages);

  const AdminPages pages_;
  std::unique_ptr<BoundedHttpServer> http_;
  std::string address_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace modelgates::gateway
