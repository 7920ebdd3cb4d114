#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/event_loop.h"

namespace modelgates::gateway {

// A reply that was handed to gRPC. Its caller decides when it is read.
class SentReply {
 public:
  virtual ~SentReply() = default;

  // gRPC has let go of it. Any thread.
  virtual bool IsRead() const = 0;
  // Cancels its call, so that gRPC lets go of it.
  virtual void GiveUp() = 0;
};

// Bounds what callers who do not read make the gateway keep: such a reply, and the key in it, would
// stay for as long as its connection. No more than `max_replies` may be unread, each for `patience`
// at most; who is over it loses the oldest. gRPC takes the reply to a caller that reads at once, so
// nobody else is here for longer than a moment. Loop thread only.
class UnreadReplies final : private Timer {
 public:
  struct Options {
    size_t max_replies = 256;
    Duration patience = std::chrono::seconds(10);
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
  void GiveUpOldest(size_t count);

  EventLoop& loop_;
  const Options options_;
  std::vector<Unread> replies_;  // oldest first
};

}  // namespace modelgates::gateway
