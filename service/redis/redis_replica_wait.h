#pragma once

#include <list>
#include <memory>
#include <stop_token>

#include "base/event_loop.h"
#include "base/task.h"
#include "redis/redis_link.h"
#include "redis/redis_outage.h"

namespace modelgates::gateway {

// Asks a master whether replicas have what was written through one link (WAIT). The server does
// nothing else for the link meanwhile, so one question at a time is asked for all who wait. Loop
// thread only.
class RedisReplicaWait : public std::enable_shared_from_this<RedisReplicaWait> {
 public:
  // `patience`: how long the server waits for `replicas` acknowledgements. After an answer that was
  // not enough it waits a tenth of that, and once per second the full time, so that a lost replica
  // does not hold up every command.
  RedisReplicaWait(EventLoop& loop, std::shared_ptr<RedisLink> link, int replicas,
                   std::chrono::milliseconds patience);

  // Whether the replicas have all commands answered before this call. While `outage` waits, which
  // is told, the server is asked again. Both must outlive the task.
  Task<bool> UntilReplicated(RedisOutage& outage, const std::stop_token& stop);

 private:
  struct Waiter {
    WaitPoint done;
    bool is_enough = false;
  };

  Task<void> AskForAll();
  bool IsEnough(const RedisResult& answer) const;
  std::chrono::milliseconds NextPatience();

  EventLoop& loop_;
  const std::shared_ptr<RedisLink> link_;
  const int replicas_;
  const std::chrono::milliseconds patience_;
  std::list<Waiter*> waiting_;  // for the next question
  bool asking_ = false;
  bool is_enough_ = true;  // the last answer
  TimePoint patient_again_{};
};

}  // namespace modelgates::gateway
