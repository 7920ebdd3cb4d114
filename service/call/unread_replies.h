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
// kept as long as its connection. At most `max_replies` may be unread, each for at most `patience`;
// beyond that the oldest call is cancelled. gRPC releases the reply of a caller that reads at once,
// so other callers are not affected. Loop thread only.
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
