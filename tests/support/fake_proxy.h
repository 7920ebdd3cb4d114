#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// An HTTP proxy on 127.0.0.1, port 0, that serves only CONNECT, one tunnel at a time. Every tunnel
// leads to `target_port` on this machine, for any requested target.
class FakeProxy {
 public:
  // `answer` goes back to each CONNECT; the tunnel opens when it says 200.
  explicit FakeProxy(int target_port, std::string answer = "HTTP/1.1 200 Connected\r\n\r\n");
  FakeProxy(const FakeProxy&) = delete;
  FakeProxy& operator=(const FakeProxy&) = delete;
  ~FakeProxy();

  // "http://127.0.0.1:port"
  std::string url() const;
  // The heads of the requests it got, in order.
  std::vector<std::string> Heads() const;

 private:
  void Run();
  void ServeTunnel(int client);

  const int target_port_;
  const std::string answer_;
  int listen_fd_;
  int stop_fd_;
  int port_;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::thread thread_;
};

}  // namespace modelgates::gateway
