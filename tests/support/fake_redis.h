#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace modelgates::gateway {

// A server on 127.0.0.1, port 0, that sends the Redis answers that a test gives it.
class FakeRedis {
 public:
  // One connection, on a thread of its own.
  class Session {
   public:
    // The next command that the client sent; empty at the end of the connection.
    std::vector<std::string> Read();
    // False when the client is gone.
    bool Send(std::string_view bytes);
    // Takes commands and answers nothing until the client is gone.
    void Ignore();

    // From 1, in the order in which they were accepted.
    int number() const { return number_; }
    int fd() const { return fd_; }
    // Answers the commands that every connection begins with.
    void Greet();

   private:
    friend class FakeRedis;
    std::string ReadLine();
    std::string ReadBytes(size_t count);

    int fd_ = -1;
    int number_ = 0;
    std::thread thread_;
  };

  // The connection is closed when `serve` returns.
  explicit FakeRedis(std::function<void(Session&)> serve);
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;
  // Ends all connections first; `serve` must notice.
  ~FakeRedis();

  int port() const { return port_; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

  // Until so many connections were made; false after 20 s.
  bool WaitForConnections(int count);

 private:
  void Accept();
  void Serve(Session& session);

  const std::function<void(Session&)> serve_;
  int listen_fd_;
  int port_;
  std::mutex mutex_;
  std::condition_variable accepted_;
  std::list<Session> sessions_;  // guarded by mutex_
  bool stopped_ = false;         // guarded by mutex_
  std::thread thread_;
};

}  // namespace modelgates::gateway
