#include "call/unread_replies.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {
namespace {

// Interval of the checks for replies that were read.
constexpr std::chrono::seconds kSweepInterval{1};

}  // namespace

void UnreadReplies::Add(std::shared_ptr<SentReply> reply) {
  if (reply->IsRead()) return;
  if (replies_.size() >= options_.max_replies) RemoveRead();
  if (replies_.size() >= options_.max_replies) GiveUpOldest(1);
  replies_.push_back({std::move(reply), loop_.Now()});
  if (!armed()) loop_.Start(*this, loop_.Now() + kSweepInterval);
}

void UnreadReplies::OnTimer() {
  RemoveRead();
  const TimePoint too_old = loop_.Now() - options_.patience;
  const auto young = std::find_if(replies_.begin(), replies_.end(),
                                  [&](const Unread& unread) { return unread.since > too_old; });
  GiveUpOldest(static_cast<size_t>(young - replies_.begin()));
  if (!replies_.empty()) loop_.Start(*this, loop_.Now() + kSweepInterval);
}

void UnreadReplies::RemoveRead() {
  std::erase_if(replies_, [](const Unread& unread) { return unread.reply->IsRead(); });
}

void UnreadReplies::GiveUpOldest(size_t count) {
  const auto end = replies_.begin() + static_cast<ptrdiff_t>(count);
  for (auto it = replies_.begin(); it != end; ++it) it->reply->GiveUp();
  replies_.erase(replies_.begin(), end);
}

}  // namespace modelgates::gateway
