#include "call/unread_replies.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {

void UnreadReplies::Add(std::shared_ptr<SentReply> reply) {
  if (reply->IsRead()) return;
  if (replies_.size() >= options_.max_at_all) RemoveRead();
  if (replies_.size() >= options_.max_at_all) GiveUpOldest(1);
  replies_.push_back({std::move(reply), loop_.Now()});
  if (!armed()) loop_.Start(*this, loop_.Now() + options_.moment);
}

// When the process stood still, however long, the timer runs once. So a reply that was there two
// times before had one moment in which gRPC's threads ran.
void UnreadReplies::OnTimer() {
  RemoveRead();
  const auto until = [this](TimePoint time) {
    return std::upper_bound(replies_.begin(), replies_.end(), time,
                            [](TimePoint at, const Unread& unread) { return at < unread.since; }) -
           replies_.begin();
  };
  const auto max_replies = static_cast<ptrdiff_t>(options_.max_replies);
  GiveUpOldest(std::max(until(loop_.Now() - options_.patience), until(before_last_) - max_replies));
  before_last_ = std::exchange(last_, loop_.Now());
  if (!replies_.empty()) loop_.Start(*this, loop_.Now() + options_.moment);
}

void UnreadReplies::RemoveRead() {
  std::erase_if(replies_, [](const Unread& unread) { return unread.reply->IsRead(); });
}

void UnreadReplies::GiveUpOldest(ptrdiff_t count) {
  const auto end = replies_.begin() + count;
  for (auto it = replies_.begin(); it != end; ++it) it->reply->GiveUp();
  replies_.erase(replies_.begin(), end);
}

}  // namespace modelgates::gateway
