#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "base/event_loop.h"
#include "base/wait_point.h"
#include "exchange/shared/exchange_store.h"

namespace modelgates::gateway {

// An exchange store in memory, which several gateways can open. Steps take time and fail on
// request. An exchange is identified by its code only.
class MemoryExchangeStore {
 public:
  // The fault of a step.
  enum class Fault : uint8_t {
    kNone,
    kLostRequest,  // the step is not done; its gateway gets no answer
    kLostAnswer,   // the step is done; its gateway gets no answer
    kLate,         // the step is done after its gateway stopped waiting
  };

  // `retention`: how long an exchange that may have been sent is known without its gateway.
  MemoryExchangeStore(EventLoop& loop, Duration lease, Duration retention)
      : loop_(loop), lease_(lease), retention_(retention) {}

  // Called once per step, for its fault and its duration.
  void FailWith(std::function<Fault()> fault) { fault_ = std::move(fault); }
  void TakeTime(std::function<Duration()> latency) { latency_ = std::move(latency); }
  // Told when a gateway may not know what it needs to know to be careful: of a claim that was not
  // answered, unless the same call has met another gateway there, and of a step towards sending.
  void OnBlind(std::function<void(const std::string& auth_code)> blind) {
    blind_ = std::move(blind);
  }
  // Told of each finished exchange that is given out, whether or not it arrives.
  void OnGiven(std::function<void(const std::string& auth_code)> given) {
    given_ = std::move(given);
  }
  // All that it knew is gone.
  void LoseAll() {
    records_.clear();
    given_out_until_.clear();
  }
  // Of a finished exchange.
  void Damage(const std::string& auth_code) { records_.at(auth_code).damaged = true; }

  int steps() const { return steps_; }
  // "reserved", "sending", "finished", or "" for one that is not known.
  std::string StateOf(const std::string& auth_code) {
    Expire(auth_code);
    const auto found = records_.find(auth_code);
    if (found == records_.end()) return "";
    constexpr const char* kNames[] = {"reserved", "sending", "finished"};
    return kNames[static_cast<size_t>(found->second.state)];
  }

  // One gateway's way to it.
  class Access final : public ExchangeStore {
   public:
    explicit Access(MemoryExchangeStore& store) : store_(store) {}
    std::unique_ptr<SharedExchange> Open(const ExchangeIdentity& identity) override {
      return std::make_unique<Shared>(store_, std::string(identity.auth_code));
    }
    Duration lease() const override { return store_.lease_; }

   private:
    MemoryExchangeStore& store_;
  };

 private:
  enum class State : uint8_t { kReserved, kSending, kFinished };

  struct Record {
    State state = State::kReserved;
    uint64_t fence = 0;
    TimePoint lease_until{};
    TimePoint known_until = TimePoint::max();
    std::string record;
    int step = 0;  // the newest that was taken
    int replays = 0;
    bool damaged = false;
  };

  class Shared final : public SharedExchange {
   public:
    Shared(MemoryExchangeStore& store, std::string auth_code)
        : store_(store), auth_code_(std::move(auth_code)) {}

    Task<Claimed> Claim() override {
      const Fault fault = store_.Draw();
      Task<void> wait = store_.Wait();
      co_await wait;
      Claimed claimed;
      if (fault == Fault::kNone || fault == Fault::kLostAnswer) claimed = ClaimNow();
      if (fault == Fault::kNone) {
        met_another_ = claimed.found == Found::kReserved || claimed.found == Found::kSending;
        co_return claimed;
      }
      if (!met_another_ && store_.blind_) store_.blind_(auth_code_);
      co_return Claimed{};
    }
    Task<Step> BeginSending() override {
      return Take(Kind::kTowardsSending, [&store = store_](Record& record) {
        record.state = State::kSending;
        record.lease_until = store.loop_.Now() + store.lease_;
        record.known_until = store.loop_.Now() + store.retention_;
      });
    }
    Task<Step> TakeBack() override {
      return Take(Kind::kOther, [&store = store_](Record& record) {
        record.state = State::kReserved;
        record.lease_until = store.loop_.Now() + store.lease_;
        record.known_until = TimePoint::max();
      });
    }
    Task<Step> Renew() override {
      return Take(Kind::kOther, [&store = store_](Record& record) {
        record.lease_until = store.loop_.Now() + store.lease_;
        if (record.state == State::kSending) {
          record.known_until = store.loop_.Now() + store.retention_;
        }
      });
    }
    Task<Step> Finish(std::string_view record, Keep keep) override {
      return Take(Kind::kOther, [&store = store_, auth_code = auth_code_,
                                 record = std::string(record), keep](Record& it) {
        it.state = State::kFinished;
        it.record = record;
        it.known_until = store.loop_.Now() + keep.ttl;
        it.replays = keep.replays;
        store.given_out_until_[auth_code] = store.loop_.Now() + keep.given_out_ttl;
      });
    }
    Task<Step> Forget() override {
      return Take(Kind::kOther, [&store = store_, auth_code = auth_code_](Record&) {
        store.records_.erase(auth_code);
      });
    }

   private:
    Claimed ClaimNow() {
      store_.Expire(auth_code_);
      const TimePoint now = store_.loop_.Now();
      if (!store_.records_.contains(auth_code_) && now < store_.given_out_until_[auth_code_]) {
        return {Found::kGivenOut, ""};
      }
      const auto [found, is_new] = store_.records_.try_emplace(auth_code_);
      Record& record = found->second;
      if (record.state == State::kFinished) {
        if (record.damaged) return {Found::kUnreadable, ""};
        Claimed claimed{Found::kFinished, record.record};
        if (store_.given_) store_.given_(auth_code_);
        if (--record.replays == 0) store_.records_.erase(found);
        return claimed;
      }
      const bool alive = !is_new && now < record.lease_until;
      if (record.state == State::kSending) return {alive ? Found::kSending : Found::kLost, ""};
      if (alive && record.fence != fence_) return {Found::kReserved, ""};
      if (is_new || record.fence != fence_) fence_ = record.fence = ++store_.last_fence_;
      record.lease_until = now + store_.lease_;
      record.step = last_step_;
      return {Found::kClaimed, ""};
    }

    enum class Kind : uint8_t { kTowardsSending, kOther };

    Task<Step> Take(Kind kind, std::function<void(Record&)> step) {
      const Fault fault = store_.Draw();
      const int number = ++last_step_;
      Task<void> wait = store_.Wait();
      co_await wait;
      if (fault == Fault::kLate) Spawn(Late(store_, auth_code_, fence_, number, step));
      Step taken = Step::kUnavailable;
      if (fault == Fault::kNone || fault == Fault::kLostAnswer) {
        taken = store_.TakeNow(auth_code_, fence_, number, step);
      }
      if (taken == Step::kNotOurs) met_another_ = true;
      if (fault == Fault::kNone) co_return taken;
      if (kind == Kind::kTowardsSending && store_.blind_) store_.blind_(auth_code_);
      co_return Step::kUnavailable;
    }

    // Outlives the exchange.
    static Task<void> Late(MemoryExchangeStore& store, std::string auth_code, uint64_t fence,
                           int number, std::function<void(Record&)> step) {
      WaitPoint pause(store.loop_);
      const std::stop_token never;
      co_await pause.Wait(store.loop_.Now() + store.lease_ / 3, never);
      store.TakeNow(auth_code, fence, number, step);
    }

    MemoryExchangeStore& store_;
    const std::string auth_code_;
    uint64_t fence_ = 0;
    int last_step_ = 0;
    bool met_another_ = false;
  };

  SharedExchange::Step TakeNow(const std::string& auth_code, uint64_t fence, int number,
                               const std::function<void(Record&)>& step) {
    Expire(auth_code);
    const auto found = records_.find(auth_code);
    if (found == records_.end()) return SharedExchange::Step::kNotOurs;
    Record& record = found->second;
    if (record.fence != fence || record.state == State::kFinished || number <= record.step) {
      return SharedExchange::Step::kNotOurs;
    }
    record.step = number;
    step(record);
    return SharedExchange::Step::kDone;
  }
  Task<void> Wait() {
    WaitPoint pause(loop_);
    const std::stop_token never;
    const Duration latency = latency_ ? latency_() : Duration::zero();
    co_await pause.Wait(loop_.Now() + latency, never);
  }
  Fault Draw() {
    ++steps_;
    return fault_ ? fault_() : Fault::kNone;
  }
  void Expire(const std::string& auth_code) {
    const auto found = records_.find(auth_code);
    if (found == records_.end()) return;
    const Record& record = found->second;
    // A claim that is not renewed is deleted some time after its lease.
    const TimePoint until =
        record.state == State::kReserved ? record.lease_until + lease_ : record.known_until;
    if (loop_.Now() >= until) records_.erase(found);
  }

  EventLoop& loop_;
  const Duration lease_;
  const Duration retention_;
  std::function<Fault()> fault_;
  std::function<Duration()> latency_;
  std::function<void(const std::string&)> blind_;
  std::function<void(const std::string&)> given_;
  std::map<std::string, Record> records_;
  std::map<std::string, TimePoint> given_out_until_;
  uint64_t last_fence_ = 0;
  int steps_ = 0;
};

}  // namespace modelgates::gateway
