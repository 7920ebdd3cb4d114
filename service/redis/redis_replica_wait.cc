#include "redis/redis_replica_wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <stop_token>
#include <string_view>
#include <utility>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxCommandBytes = 200;
constexpr std::chrono::seconds kPatientInterval{1};
constexpr std::chrono::milliseconds kShortest{1};  // 0 has no end

// A question ends by its deadline, never by a stop request.
const std::stop_token kNoStop;

}  // namespace

RedisReplicaWait::RedisReplicaWait(EventLoop& loop, std::shared_ptr<RedisLink> link, int replicas,
                                   std::chrono::milliseconds patience)
    : loop_(loop), link_(std::move(link)), replicas_(replicas), patience_(patience) {}

Task<bool> RedisReplicaWait::UntilReplicated(RedisOutage& outage, const std::stop_token& stop) {
  const auto self = shared_from_this();
  for (;;) {
    Waiter waiter{WaitPoint(loop_)};
    waiting_.push_back(&waiter);
    if (!asking_) Spawn(AskForAll());
    co_await waiter.done.Wait(TimePoint::max(), kNoStop);
    outage.Acknowledged(waiter.is_enough, loop_.Now());
    if (waiter.is_enough) co_return true;
    if (link_->end() || loop_.Now() >= outage.waits_until()) co_return false;
    WaitPoint pause(loop_);
    co_await pause.Wait(loop_.Now() + patience_, stop);
  }
}

bool RedisReplicaWait::IsEnough(const RedisResult& answer) const {
  const auto* reply = std::get_if<RedisReply>(&answer);
  return reply != nullptr && reply->type == RedisReply::Type::kInteger &&
         reply->integer >= replicas_;
}

Task<void> RedisReplicaWait::AskForAll() {
  const auto self = shared_from_this();
  asking_ = true;
  while (!waiting_.empty()) {
    const std::list<Waiter*> asked = std::exchange(waiting_, {});
    const std::string replicas = fmt::format("{}", replicas_);
    const std::string patience = fmt::format("{}", NextPatience().count());
    const std::string_view question[] = {"WAIT", replicas, patience};
    Task<RedisResult> call =
        link_->Call(FormatRedisCommand(question, kMaxCommandBytes), TimePoint::max());
    const RedisResult answer = co_await call;
    is_enough_ = IsEnough(answer);
    for (Waiter* waiter : asked) {
      waiter->is_enough = is_enough_;
      waiter->done.Notify();
    }
  }
  asking_ = false;
}

std::chrono::milliseconds RedisReplicaWait::NextPatience() {
  const TimePoint now = loop_.Now();
  if (!is_enough_ && now < patient_again_) return std::max(patience_ / 10, kShortest);
  patient_again_ = now + kPatientInterval;
  return patience_;
}

}  // namespace modelgates::gateway
