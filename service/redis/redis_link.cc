#include "redis/redis_link.h"

#include <array>
#include <iterator>
#include <utility>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

// Commands end by deadline, never by a stop request.
const std::stop_token kNoStop;

// Kept capacity of a buffer for commands. The whole buffer is wiped each time.
constexpr size_t kKeptBytes = 64 * 1024;

}  // namespace

struct RedisLink::Pending {
  explicit Pending(EventLoop& loop) : done(loop) {}
  WaitPoint done;
  std::optional<RedisResult> result;
};

std::string_view ToString(RedisFailure failure) {
  switch (failure) {
    case RedisFailure::kUnreplicated:
      return "unreplicated";
    case RedisFailure::kTimeout:
      return "timeout";
    case RedisFailure::kLost:
      return "lost";
    case RedisFailure::kDemoted:
      return "not_master";
    case RedisFailure::kGarbage:
      return "garbage";
    case RedisFailure::kDown:
      return "down";
    case RedisFailure::kRefused:
      return "refused";
    case RedisFailure::kCrowded:
      return "crowded";
  }
  return "unknown";
}

RedisLink::RedisLink(EventLoop& loop, std::unique_ptr<Connection> connection,
                     const RedisLimits& limits)
    : loop_(loop),
      connection_(std::move(connection)),
      limits_(limits),
      reader_(limits.max_reply_bytes),
      ended_(loop) {}

RedisLink::~RedisLink() {
  Wipe(sending_);
  Wipe(queued_);
}

Task<void> RedisLink::Serve() {
  const std::shared_ptr<RedisLink> self = shared_from_this();
  while (!end_) {
    if (connection_->abandoned()) {
      End(RedisFailure::kLost);
      break;
    }
    Flush();
    if (!end_ && connection_->readable()) {
      Receive();
    } else if (!end_) {
      co_await connection_->Wait(TimePoint::max(), kNoStop);
    }
  }
}

Task<RedisResult> RedisLink::Call(std::string command, TimePoint deadline) {
  const std::shared_ptr<RedisLink> self = shared_from_this();
  RedisResult result = RedisFailure::kCrowded;
  if (end_ || connection_->abandoned()) {
    result = RedisFailure::kDown;
  } else if (deadline <= loop_.Now()) {
    result = RedisFailure::kTimeout;
  } else if (slots_.size() < limits_.max_calls &&
             queued_.size() + command.size() <= limits_.max_unsent_bytes) {
    Pending pending(loop_);
    const auto slot = slots_.insert(slots_.end(), {&pending, loop_.Now() + limits_.call_timeout});
    if (slots_.size() == 1) WatchFirst();
    queued_ += command;
    Wipe(command);
    Flush();
    co_await pending.done.Wait(deadline, kNoStop);
    if (pending.result) {
      result = *std::move(pending.result);
    } else {
      slot->pending = nullptr;
      result = RedisFailure::kTimeout;
    }
  }
  Wipe(command);
  co_return result;
}

void RedisLink::End(RedisFailure why) {
  if (end_) return;
  end_ = why;
  Cancel();
  connection_->Abandon();
  for (const Slot& slot : std::exchange(slots_, {})) {
    if (slot.pending == nullptr) continue;
    slot.pending->result = why;
    slot.pending->done.Notify();
  }
  ended_.Notify();
}

void RedisLink::Flush() {
  for (;;) {
    if (sent_ == sending_.size()) {
      Wipe(sending_);  // it may have been the login
      if (sending_.capacity() > kKeptBytes) sending_.shrink_to_fit();
      sent_ = 0;
      if (queued_.empty()) return;
      sending_.swap(queued_);
    }
    const IoResult result = connection_->Send(std::string_view(sending_).substr(sent_));
    if (result.io == Io::kWouldBlock) return;
    if (result.io != Io::kDone) return End(RedisFailure::kLost);
    sent_ += result.bytes;
  }
}

void RedisLink::Receive() {
  std::array<char, 16 * 1024> bytes;
  const IoResult result = connection_->Receive(bytes);
  if (result.io == Io::kWouldBlock) return;
  if (result.io != Io::kDone) return End(RedisFailure::kLost);
  reader_.Put({bytes.data(), result.bytes});
  while (!end_) {
    switch (reader_.Next()) {
      case RedisReplyReader::State::kNeedMore:
        return;
      case RedisReplyReader::State::kReply:
        Answer(reader_.Take());
        break;
      case RedisReplyReader::State::kGarbage:
        End(RedisFailure::kGarbage);
        break;
    }
  }
}

void RedisLink::Answer(RedisReply reply) {
  // It would be read as the answer to the next command.
  if (slots_.empty()) return End(RedisFailure::kGarbage);
  Pending* const pending = slots_.front().pending;
  slots_.pop_front();
  WatchFirst();
  if (pending == nullptr) return;
  pending->result = std::move(reply);
  pending->done.Notify();
}

void RedisLink::WatchFirst() {
  if (slots_.empty()) {
    Cancel();
  } else {
    loop_.Start(*this, slots_.front().late);
  }
}

}  // namespace modelgates::gateway
