#pragma once

#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/epoll_loop.h"
#include "http/curl_transport.h"
#include "http/http.h"

namespace modelgates::gateway {

// What a test wants to know of one Send.
struct Sent {
  HttpResult result;
  bool offered = false;

  // The parts of `result`; the test fails when it is the other one.
  const HttpResponse& response() const;
  TransportError error() const;
};

// A CurlTransport with a loop of its own in a thread of its own, driven from the test's thread.
class TransportRunner {
 public:
  // What a Send is told beside its request. Without a deadline there is one that only a hanging
  // test meets.
  struct Limits {
    std::optional<Duration> deadline;
    std::stop_token stop;
    bool fresh_connection = false;
  };

  explicit TransportRunner(const std::string& base_url);
  explicit TransportRunner(TransportOptions options);
  TransportRunner(const TransportRunner&) = delete;
  TransportRunner& operator=(const TransportRunner&) = delete;
  ~TransportRunner();

  // POST /auth/keys with `body`. Send waits for the end of it.
  std::future<Sent> Start(std::string body = "{}") { return Start(std::move(body), Limits()); }
  std::future<Sent> Start(std::string body, Limits limits);
  Sent Send(std::string body = "{}") { return Start(std::move(body)).get(); }
  Sent Send(std::string body, Limits limits) { return Start(std::move(body), limits).get(); }
  std::future<Sent> StartRequest(HttpRequest request, Limits limits);

  // Runs `task` on the loop thread.
  void Post(std::function<void()> task) { loop_.Post(std::move(task)); }
  // The same, and waits for it.
  void OnLoop(const std::function<void()>& task);

  // On the loop thread.
  CurlTransport& transport() { return *transport_; }
  void DestroyTransport();

  TransportStats stats();
  // Until `done` likes the stats; false after 60 s.
  bool WaitForStats(const std::function<bool(const TransportStats&)>& done);

 private:
  Task<void> Run(HttpRequest request, Limits limits, std::promise<Sent> promise);

  EpollLoop loop_;
  std::unique_ptr<CurlTransport> transport_;
  std::thread thread_;
};

// A 200 with this body, complete.
void ExpectOk(const Sent& sent, std::string_view body);
void ExpectError(const Sent& sent, TransportFailure failure, Delivery delivery,
                 int http_status = 0);

}  // namespace modelgates::gateway
