#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "support/fake_redis.h"

namespace modelgates::gateway {

// A proxy of a server on 127.0.0.1 that can delay the bytes of clients, so that a command reaches
// the server long after its client has left, or drop all bytes, as a partitioned network does.
class HoldingProxy {
 public:
  explicit HoldingProxy(int port) : port_(port) {}
  // Drops the held bytes.
  ~HoldingProxy();

  int port() const { return server_.port(); }
  std::string url() const { return server_.url(); }

  // From now on holds the bytes of clients on existing connections.
  void Hold();
  // Sends the held bytes to the server. Returns when the server has answered all of them; the
  // clients of those connections must have left.
  void Release();

  // From now on drops the bytes of both sides, also of new connections.
  void Drop();

 private:
  bool Drops();
  void Relay(FakeRedis::Session& session);

  const int port_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int made_ = 0;        // connections
  int held_up_to_ = 0;  // those with a number up to this one
  int open_ = 0;
  bool drops_ = false;
  bool stopped_ = false;
  FakeRedis server_{[this](FakeRedis::Session& session) { Relay(session); }};
};

}  // namespace modelgates::gateway
