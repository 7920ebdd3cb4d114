#pragma once

#include <openssl/ssl.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/epoll_loop.h"
#include "support/fake_answer.h"

namespace modelgates::gateway {

class FakeHttp2;
class FakeSession;

// One request as it arrived.
struct ReceivedRequest {
  int connection = 0;  // the first one is 1
  std::string method;
  std::string target;
  std::string head;  // request line and field lines, each with its CRLF
  std::string body;
  bool complete = false;  // all of the body came

  // A field's value, case of the name ignored; nullopt when absent.
  std::optional<std::string> Header(std::string_view name) const;
  // How often the field occurs.
  int CountHeader(std::string_view name) const;
};

// What happens to a new connection.
enum class OnAccept {
  kServe,
  kClose,         // FIN at once
  kReset,         // RST at once
  kResetInHello,  // RST after the first bytes from the client
  kSpeakPlain,    // says something that is not TLS, then waits
  kIgnore,        // accepted, but never read nor answered, not even in TLS
};

// What happens to connections that wait for their next request.
enum class OnIdle { kClose, kReset, kSpeak };

// An HTTP server on a real socket of 127.0.0.1, port 0, with a thread of its own. It records
// what arrives and answers as told: first what was enqueued for the path, then what was enqueued
// for any, then the path's default, then the default (200, {}).
//
// It serves thousands of connections at once. All functions may be called from any thread. Waiting
// ones give up after 60 s and return false.
class FakeUpstream {
 public:
  struct Options {
    SSL_CTX* tls = nullptr;             // must outlive the upstream
    int receive_buffer_bytes = 0;       // 0: the system's
    int port = 0;                       // 0: any
    const char* address = "127.0.0.1";  // of this machine, IPv4
    // HTTP/2 instead of 1.1: with TLS only if the client offers it, without by prior knowledge. A
    // head and its body then become frames; what ends a connection within a head has no meaning.
    bool http2 = false;
    uint32_t max_streams = 1000;  // of HTTP/2, at the same time
  };

  FakeUpstream() : FakeUpstream(Options{}) {}
  explicit FakeUpstream(Options options);
  FakeUpstream(const FakeUpstream&) = delete;
  FakeUpstream& operator=(const FakeUpstream&) = delete;
  ~FakeUpstream();

  int port() const { return port_; }
  // "http://127.0.0.1:port" or "https://...".
  std::string url() const;

  void SetDefault(Answer answer);
  void SetDefault(const std::string& path, Answer answer);
  void Enqueue(Answer answer);
  void Enqueue(const std::string& path, Answer answer);
  void EnqueueConnection(OnAccept what);
  // Asked first, on the upstream's thread, with all of a request but its body: nullopt leaves the
  // answer to the rest.
  using Rule = std::function<std::optional<Answer>(const ReceivedRequest&)>;
  void SetRule(Rule rule);

  std::vector<ReceivedRequest> Requests() const;
  size_t CountRequests(std::string_view path) const;
  int connections() const;       // accepted so far
  int open_connections() const;  // of these, not closed by either side

  bool WaitForRequests(size_t count) const;
  bool WaitForConnections(int count) const;
  // Until no more than `count` connections are open.
  bool WaitForOpenConnections(int count) const;

  // Does it to all connections that wait for a request and returns when it is done.
  void ToIdleConnections(OnIdle what);

 private:
  friend class FakeHttp2;
  friend class FakeSession;
  class Listener;

  // Called by sessions, on the upstream's own thread.
  Answer ChooseAnswer(const ReceivedRequest& request);
  void Record(ReceivedRequest request);
  void Remove(FakeSession& session);

  void Accept();
  bool WaitFor(const std::function<bool()>& done) const;
  void OnThread(const std::function<void()>& task);

  const Options options_;
  int listen_fd_ = -1;
  int port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, std::deque<Answer>> queued_;  // "" is any path
  std::map<std::string, Answer> defaults_;            // likewise
  Rule rule_;
  std::deque<OnAccept> on_accept_;
  std::vector<ReceivedRequest> requests_;
  int connections_ = 0;
  int open_connections_ = 0;

  EpollLoop loop_;
  std::unique_ptr<Listener> listener_;                             // on the thread only
  std::map<FakeSession*, std::unique_ptr<FakeSession>> sessions_;  // likewise
  std::thread thread_;
};

}  // namespace modelgates::gateway
