#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "exchange_fixture.h"

// Many short histories of a few identities, drawn by chance from a seed: calls join, leave and
// repeat; requests are refused, sent, reset, cut off, answered or not; timers end and rejections
// are evicted. All times are multiples of one tick, so that all this meets in the same turn of the
// loop again and again.
//
// EXCHANGE_SCHEDULES is how many, at most ten million; EXCHANGE_SEED the seed of the first, so that
// a failing one, whose seed is printed, runs alone with EXCHANGE_SCHEDULES=1.

namespace modelgates::gateway {
namespace {

constexpr Duration kTick = 50ms;

unsigned FromEnvironment(const char* name, unsigned usual, unsigned most) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return usual;
  return static_cast<unsigned>(std::min<unsigned long>(std::strtoul(text, nullptr, 10), most));
}

const ExchangeOptions kOptions{.cap = 6 * kTick,
                               .success_ttl = 5 * kTick,
                               .unknown_ttl = 8 * kTick,
                               .rejected_ttl = 2 * kTick,
                               .max_replays = 2,
                               .max_exchanges = 2,
                               .max_waiters = 4};

using Random = std::minstd_rand;

int Draw(Random& random, int below) {
  return static_cast<int>(random() % static_cast<unsigned>(below));
}
bool OneIn(Random& random, int n) { return Draw(random, n) == 0; }

// An upstream with a connection that takes time, and an answer that takes more. Fails the test when
// it sees what must not happen.
class ChanceTransport final : public HttpTransport {
 public:
  ChanceTransport(EventLoop& loop, Random& random, bool recovery)
      : loop_(loop), random_(random), recovery_(recovery) {}

  Task<HttpResult> Send(const HttpRequest& request, SendOptions options) override {
    const std::string identity(request.body());
    WaitPoint connecting(loop_);
    const TimePoint connected = loop_.Now() + Draw(random_, 4) * kTick;
    co_await connecting.Wait(std::min(connected, options.deadline), options.stop);
    if (options.stop.stop_requested()) {
      co_return TransportError{TransportFailure::kCancelled, Delivery::kNever};
    }
    if (options.deadline <= loop_.Now()) {
      co_return TransportError{TransportFailure::kTimeout, Delivery::kNever};
    }
    if (OneIn(random_, 4)) co_return Refused();

    *options.offered = true;
    ++sends_;
    EXPECT_TRUE(sending_.insert(identity).second || unprotected_.contains(identity))
        << identity << " is in flight twice";
    CheckMayBeSent(identity);
    WaitPoint answering(loop_);
    const TimePoint answered = loop_.Now() + Draw(random_, 9) * kTick;
    const TimePoint until = std::min(answered, options.deadline);
    const WaitPoint::Result woken = co_await answering.Wait(until, options.stop);
    sending_.erase(identity);
    HttpResult result = TransportError{TransportFailure::kTimeout, Delivery::kMaybe};
    if (woken == WaitPoint::Result::kStopped) {
      ADD_FAILURE() << identity << " was cancelled after it was sent";
    } else if (answered <= options.deadline) {
      result = DrawAnswer(identity);
    }
    Close(identity, result);
    co_return result;
  }

  // There was no room for an exchange of this identity: nothing is promised to it.
  void Unprotect(const std::string& identity) { unprotected_.insert(identity); }
  bool IsProtected(const std::string& identity) const { return !unprotected_.contains(identity); }
  void CountReplay(const std::string& identity) { ++seen_[identity].replays; }

  int sends() const { return sends_; }
  int recoveries() const { return recoveries_; }
  int unprotected() const { return static_cast<int>(unprotected_.size()); }
  bool idle() const { return sending_.empty(); }
  // The key that was given out last for this identity.
  std::string key(const std::string& identity) { return keys_[identity]; }

 private:
  // What the upstream has seen of one identity since it was last forgotten.
  struct Seen {
    TimePoint closed_until{};
    int lost = 0;           // attempts of unknown outcome that were over
    bool final = false;     // no further attempt, while it is remembered
    TimePoint key_until{};  // a key is there for every repeat
    int replays = 0;        // of that key
  };

  // The heart of it: at most once after an unknown outcome that is over, and never in mode never,
  // after a 200, a silence or a refusal. Rejections may be evicted, so they bar nothing for sure.
  void CheckMayBeSent(const std::string& identity) {
    if (!IsProtected(identity)) return;
    Seen& seen = seen_[identity];
    EXPECT_TRUE(loop_.Now() >= seen.key_until || seen.replays >= kOptions.max_replays)
        << identity << " has a key that was not given to a repeat";
    if (loop_.Now() >= seen.closed_until) seen = Seen();
    EXPECT_FALSE(seen.final) << identity << " may have been used";
    EXPECT_LE(seen.lost, recovery_ ? 1 : 0) << identity << " is recovered twice";
    if (seen.lost > 0) ++recoveries_;
  }

  HttpResult DrawAnswer(const std::string& identity) {
    switch (Draw(random_, 8)) {
      case 0:
        return Answer(403);
      case 1:
        return AnswerWithRetryAfter(429, OneIn(random_, 2) ? "1" : "");
      case 2:
        return Reset();
      case 3:
        return Answer(500);
      case 4:
        return TransportError{TransportFailure::kTruncated, Delivery::kAnswered,
                              OneIn(random_, 2) ? 200 : 502};
      default:
        keys_[identity] = identity + " key " + std::to_string(sends_);
        return Key(keys_[identity]);
    }
  }

  // Until when the registry has to remember what came of it. A success may be used up by replays
  // before its time is over, or not be kept.
  void Close(const std::string& identity, const HttpResult& result) {
    Seen& seen = seen_[identity];
    const auto* error = std::get_if<TransportError>(&result);
    const bool silent = error != nullptr && error->failure == TransportFailure::kTimeout;
    const RetryClass retry = RetryClassOfExchange(result);
    const bool succeeded =
        !silent && error == nullptr && std::get<HttpResponse>(result).status == 200;
    const bool lost = retry == RetryClass::kOnceOver;
    if (lost) ++seen.lost;
    // The second to be sent is the last, whatever comes of it; a success may be forgotten.
    const bool spent = error != nullptr && error->http_status == 200;
    seen.final = silent || spent || (lost && (seen.lost > 1 || !recovery_)) ||
                 (seen.lost > 0 && !lost && !succeeded);
    if (succeeded) {
      seen = Seen();
      // Without a verifier, and for a call that opted out, nothing is kept.
      const bool kept = identity == "a" || identity == "c";
      if (kept) seen.key_until = loop_.Now() + kOptions.success_ttl;
    } else if (seen.final || seen.lost > 0) {
      seen.closed_until = loop_.Now() + kOptions.unknown_ttl;
    }
  }

  EventLoop& loop_;
  Random& random_;
  int sends_ = 0;
  std::set<std::string> sending_;
  const bool recovery_;
  int recoveries_ = 0;
  std::map<std::string, Seen> seen_;
  std::set<std::string> unprotected_;
  std::map<std::string, std::string> keys_;
};

class FullMemoryObserver final : public ExchangeObserver {
 public:
  FullMemoryObserver(ChanceTransport& transport, std::string identity)
      : transport_(transport), identity_(std::move(identity)) {}
  void OnMemoryFull() override { transport_.Unprotect(identity_); }

 private:
  ChanceTransport& transport_;
  const std::string identity_;
};

// One schedule: some callers, each with a start, perhaps a cancellation, and a deadline.
class Schedule {
 public:
  explicit Schedule(unsigned seed) : random_(seed) {}

  int recoveries() const { return transport_.recoveries(); }
  int unprotected() const { return transport_.unprotected(); }

  void Run() {
    const int count = 2 + Draw(random_, 7);
    for (int i = 0; i < count; ++i) {
      Caller& caller = callers_.emplace_back();
      caller.once_only = OneIn(random_, 8);
      caller.identity = caller.once_only    ? "once " + std::to_string(i)
                        : OneIn(random_, 4) ? "b"
                        : OneIn(random_, 4) ? "c"
                                            : "a";
      caller.verifier = caller.identity != "b";
      const TimePoint start = loop_.Now() + Draw(random_, 30) * kTick;
      caller.deadline = start + (1 + Draw(random_, 12)) * kTick;
      if (OneIn(random_, 3)) Spawn(Cancel(caller, start + Draw(random_, 8) * kTick));
      Spawn(Serve(caller, start));
    }
    EXPECT_TRUE(loop_.AdvanceUntilIdle());
    for (const Caller& caller : callers_) {
      EXPECT_EQ(caller.replies, 1);
      EXPECT_TRUE(caller.observer.expired());
    }
    EXPECT_EQ(exchanges_.in_flight(), 0u);
    EXPECT_TRUE(transport_.idle());
    for (const size_t in_state : exchanges_.CountStates()) EXPECT_EQ(in_state, 0u);
  }

  int sends() const { return transport_.sends(); }
  const std::map<End, int>& ends() const { return ends_; }
  int joins() const { return joins_; }
  int replays() const { return replays_; }

 private:
  struct Caller {
    std::string identity;
    bool verifier = true;
    bool once_only = false;
    TimePoint deadline;
    TimePoint cancelled_at = TimePoint::max();
    std::stop_source stop;
    std::weak_ptr<ExchangeObserver> observer;
    int replies = 0;
  };

  Task<void> Cancel(Caller& caller, TimePoint when) {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(when, never);
    caller.cancelled_at = loop_.Now();
    caller.stop.request_stop();
  }

  Task<void> Serve(Caller& caller, TimePoint start) {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(start, never);

    ExchangeRegistry::Call call;
    call.key = MakeKey(caller.identity);
    call.replayable = caller.verifier;
    call.once_only = caller.once_only;
    call.deadline = caller.deadline;
    call.stop = caller.stop.get_token();
    CallOptions options;
    options.policy.initial_interval = 50ms;
    options.policy.exponent = 1;
    options.policy.jitter = 0ms;
    options.deadline = caller.deadline;
    options.classify = ClassifyExchange;
    options.repeat = recovery_ ? Repeat::kOneRecovery : Repeat::kOnlyUnsent;
    options.started = start;
    HttpRequest request("/auth/keys");
    request.set_body(caller.identity);
    auto observer = std::make_shared<FullMemoryObserver>(transport_, caller.identity);
    caller.observer = observer;
    Task<ExchangeRegistry::Reply> run = exchanges_.Run(std::move(call), std::move(request),
                                                       std::move(options), std::move(observer));
    const ExchangeRegistry::Reply reply = co_await run;
    ++caller.replies;
    Check(caller, start, reply);
  }

  void Check(const Caller& caller, TimePoint start, const ExchangeRegistry::Reply& reply) {
    ++ends_[reply.end];
    joins_ += reply.joined ? 1 : 0;
    replays_ += reply.replayed ? 1 : 0;
    EXPECT_LE(loop_.Now(), std::max(start, std::min(caller.deadline, caller.cancelled_at)));
    EXPECT_EQ(reply.outcome != nullptr, reply.end == End::kFinished);
    EXPECT_FALSE(caller.once_only && (reply.joined || reply.replayed));
    if (reply.outcome == nullptr || !transport_.IsProtected(caller.identity)) return;
    if (reply.result != ExchangeResult::kSuccess) return;
    EXPECT_TRUE(caller.verifier || !reply.replayed);
    if (reply.replayed) transport_.CountReplay(caller.identity);
    EXPECT_EQ(std::get<HttpResponse>(reply.outcome->last).body, transport_.key(caller.identity));
  }

  Random random_;
  FakeLoop loop_;
  const bool recovery_ = OneIn(random_, 2);
  ChanceTransport transport_{loop_, random_, recovery_};
  Retrier retrier_{loop_, transport_, [] { return 0.0; }};
  ExchangeRegistry exchanges_{loop_, retrier_, kOptions, ReadByTable};
  std::deque<Caller> callers_;
  std::map<End, int> ends_;
  int joins_ = 0;
  int replays_ = 0;
};

TEST(ExchangeSchedules, KeepEveryPromiseWhateverMeetsInOneTurn) {
  const unsigned first = FromEnvironment("EXCHANGE_SEED", 1, 2'000'000'000);
  const unsigned count = FromEnvironment("EXCHANGE_SCHEDULES", 20'000, 10'000'000);
  std::map<End, int> ends;
  int sends = 0;
  int joins = 0;
  int replays = 0;
  int recoveries = 0;
  int unprotected = 0;
  for (unsigned seed = first; seed - first < count; ++seed) {
    SCOPED_TRACE(seed);
    Schedule schedule(seed);
    schedule.Run();
    ASSERT_FALSE(testing::Test::HasFailure());
    sends += schedule.sends();
    joins += schedule.joins();
    replays += schedule.replays();
    recoveries += schedule.recoveries();
    unprotected += schedule.unprotected();
    for (const auto& [end, times] : schedule.ends()) ends[end] += times;
  }
  std::cout << count << " schedules from seed " << first << ": " << sends << " sends, "
            << recoveries << " recoveries, " << joins << " joins, " << replays << " replays\n";
  const int many = static_cast<int>(count);
  if (many < 10'000) return;
  // Chance must have reached every end, or the test shows nothing.
  for (const End end : {End::kFinished, End::kInProgress, End::kNotSent, End::kCancelled}) {
    EXPECT_GT(ends[end], many / 100) << static_cast<int>(end);
  }
  EXPECT_GT(ends[End::kCrowded], 0);
  EXPECT_GT(unprotected, 0);
  EXPECT_GT(sends, many);
  EXPECT_GT(joins, many / 10);
  EXPECT_GT(replays, many / 10);
  EXPECT_GT(recoveries, many / 50);
}

}  // namespace
}  // namespace modelgates::gateway
