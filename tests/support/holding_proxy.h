#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "support/fake_redis.h"

namespace modelgates::gateway {

// Stands before a server on 127.0.0.1 and can keep back what clients say: so that a server hears
// something long after its client has given it up.
class HoldingProxy {
 public:
  explicit HoldingProxy(int port) : port_(port) {}
  // Gives up what it holds.
  ~HoldingProxy();

  std::string url() const { return server_.url(); }

  // From now on what clients say on connections made so far stays here.
  void Hold();
  // Lets the server have it. Returns when the server has answered all of it, to nobody: the clients
  // of those connections must be gone.
  void Release();

 private:
  void Relay(FakeRedis::Session& session);

  const int port_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int made_ = 0;        // connections
  int held_up_to_ = 0;  // those with a number up to this one
  int open_ = 0;
  bool stopped_ = false;
  FakeRedis server_{[this](FakeRedis::Session& session) { Relay(session); }};
};

}  // namespace modelgates::gateway
