#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/event_loop.h"

namespace modelgates::gateway {

// A reply that was passed to gRPC and that its caller has not read yet.
class SentReply {
 public:
  virtual ~SentReply() = default;

  // Whether gRPC has released it. Any thread.
  virtual bool IsRead() const = 0;
  // Cancels its call, so that gRPC releases it.
  virtual void GiveUp() = 0;
};

// Bounds the replies that callers do not read: without it such a reply, and the key in it, would be
// kept as long as its connection. Beyond a bound the oldest call is cancelled.
//
// gRPC's threads may need some time to send a reply, so it counts only after two to three times
// `moment`. Before that, replies wait only for threads of gRPC that do not run just then, and a
// thread sends for one connection at a time, which has 100 streams. Loop thread only.
class UnreadReplies final : private Timer {
 public:
  struct Options {
    // Of those that count, and of all.
    size_t max_replies = 256;
    size_t max_at_all = 512;
    Duration patience = std::chrono::seconds(10);
    Duration moment = std::chrono::milliseconds(20);
  };

  UnreadReplies(EventLoop& loop, const Options& options) : loop_(loop), options_(options) {}
  ~UnreadReplies() override = default;

  void Add(std::shared_ptr<SentReply> reply);

  size_t size() const { return replies_.size(); }

 private:
  struct Unread {
    std::shared_ptr<SentReply> reply;
    TimePoint since;
  };

  void OnTimer() override;
  void RemoveRead();
  void GiveUpOldest(ptrdiff_t count);

  EventLoop& loop_;
  const Options options_;
  std::vector<Unread> replies_;  // oldest first
  // When the timer was last run, and the time before.
  TimePoint last_;
  TimePoint before_last_;
};

}  // namespace modelgates::gateway
