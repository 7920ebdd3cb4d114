#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "base/wait_point.h"
#include "support/fake_answer.h"
#include "support/fake_upstream.h"

namespace modelgates::gateway {

// One connection of a FakeUpstream, on the upstream's thread.
class FakeSession final : private FdHandler {
 public:
  // Takes over `fd`, which must not block.
  FakeSession(FakeUpstream& upstream, EpollLoop& loop, int fd, int number,
              const FakeUpstream::Options& options);
  FakeSession(const FakeSession&) = delete;
  FakeSession& operator=(const FakeSession&) = delete;
  ~FakeSession();

  // Serves until the connection ends or Stop, then removes itself from the upstream.
  Task<void> Serve(OnAccept what);
  void Stop() { stop_.request_stop(); }

  bool idle() const { return idle_; }
  void DoIdle(OnIdle what);

 private:
  friend class FakeHttp2;

  struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  void OnEvents(uint32_t) override { ready_.Notify(); }

  Task<void> ServeRequests();
  Task<bool> Handshake();
  Task<bool> ServeOne();
  Task<bool> RunStep(const Answer::Step& step);
  // False at the end of the connection.
  Task<bool> ReadSome(size_t at_most);
  Task<bool> ReadUntilGone();
  Task<bool> Write(std::string_view bytes);
  Task<bool> Pause(std::chrono::milliseconds pause);

  // Bytes moved; 0 at the end; -1 would block; -2 broken.
  int TryRead(char* to, size_t size);
  int TryWrite(std::string_view bytes);
  int Result(int count);

  void Reset();
  void Close(bool with_notify);

  FakeUpstream& upstream_;
  EpollLoop& loop_;
  int fd_;
  const int number_;
  const FakeUpstream::Options options_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::stop_source stop_;
  std::stop_token stop_token_ = stop_.get_token();
  WaitPoint ready_;
  WaitPoint timer_;  // never notified: for pauses
  bool idle_ = false;
  std::string in_;
};

}  // namespace modelgates::gateway
