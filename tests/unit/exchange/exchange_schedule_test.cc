#include <map>
#include <random>
#include <set>
#include <vector>

#include "exchange_fixture.h"

// Many short histories of a few identities, drawn by chance from a fixed seed. All times are
// multiples of one tick, so that deadlines, cancellations, answers, expiries and arrivals meet in
// the same turn of the loop again and again.

namespace modelgates::gateway {
namespace {

constexpr Duration kTick = 50ms;
constexpr int kSchedules = 20'000;

const ExchangeOptions kOptions{.cap = 6 * kTick,
                               .success_ttl = 5 * kTick,
                               .unknown_ttl = 8 * kTick,
                               .rejected_ttl = 2 * kTick,
                               .max_replays = 2};

using Random = std::minstd_rand;

int Draw(Random& random, int below) {
  return static_cast<int>(random() % static_cast<unsigned>(below));
}
bool OneIn(Random& random, int n) { return Draw(random, n) == 0; }

// An upstream with a connection that takes time, and an answer that takes more. Fails the test when
// it sees what must not happen.
class ChanceTransport final : public HttpTransport {
 public:
  ChanceTransport(EventLoop& loop, Random& random) : loop_(loop), random_(random) {}

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
    EXPECT_TRUE(sending_.insert(identity).second) << identity << " is in flight twice";
    EXPECT_GE(loop_.Now(), closed_until_[identity]) << identity << " may have been used";
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

  int sends() const { return sends_; }
  bool idle() const { return sending_.empty(); }
  // The key that was given out last for this identity.
  std::string key(const std::string& identity) { return keys_[identity]; }

 private:
  HttpResult DrawAnswer(const std::string& identity) {
    switch (Draw(random_, 6)) {
      case 0:
        return Answer(403);
      case 1:
        return AnswerWithRetryAfter(429, OneIn(random_, 2) ? "1" : "");
      case 2:
        return Reset();
      case 3:
        return Answer(500);
      default:
        keys_[identity] = identity + " key " + std::to_string(sends_);
        return Key(keys_[identity]);
    }
  }

  // The earliest time at which the same exchange may be sent again. A success may be used up by
  // replays before its time is over, or not be kept.
  void Close(const std::string& identity, const HttpResult& result) {
    Outcome outcome;
    outcome.last = result;
    Duration ttl{};
    const ExchangeResult judged = JudgeByTable(outcome);
    if (judged == ExchangeResult::kUnknown) ttl = kOptions.unknown_ttl;
    if (judged == ExchangeResult::kRejected) ttl = kOptions.rejected_ttl;
    closed_until_[identity] = loop_.Now() + ttl;
  }

  EventLoop& loop_;
  Random& random_;
  int sends_ = 0;
  std::set<std::string> sending_;
  std::map<std::string, TimePoint> closed_until_;
  std::map<std::string, std::string> keys_;
};

class CountingObserver final : public AttemptObserver {};

// One schedule: some callers, each with a start, perhaps a cancellation, and a deadline.
class Schedule {
 public:
  explicit Schedule(unsigned seed) : random_(seed) {}

  void Run() {
    const int count = 2 + Draw(random_, 7);
    for (int i = 0; i < count; ++i) {
      Caller& caller = callers_.emplace_back();
      caller.once_only = OneIn(random_, 8);
      caller.identity = caller.once_only    ? "once " + std::to_string(i)
                        : OneIn(random_, 4) ? "b"
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
    std::weak_ptr<AttemptObserver> observer;
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
    options.repeat = Repeat::kOnlyUnsent;
    options.started = start;
    HttpRequest request("/auth/keys");
    request.set_body(caller.identity);
    auto observer = std::make_shared<CountingObserver>();
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
    if (reply.outcome == nullptr) return;
    if (JudgeByTable(*reply.outcome) != ExchangeResult::kSuccess) return;
    EXPECT_TRUE(caller.verifier || !reply.replayed);
    EXPECT_EQ(std::get<HttpResponse>(reply.outcome->last).body, transport_.key(caller.identity));
  }

  Random random_;
  FakeLoop loop_;
  ChanceTransport transport_{loop_, random_};
  Retrier retrier_{loop_, transport_, [] { return 0.0; }};
  ExchangeRegistry exchanges_{loop_, retrier_, kOptions, JudgeByTable};
  std::deque<Caller> callers_;
  std::map<End, int> ends_;
  int joins_ = 0;
  int replays_ = 0;
};

TEST(ExchangeSchedules, KeepEveryPromiseWhateverMeetsInOneTurn) {
  std::map<End, int> ends;
  int sends = 0;
  int joins = 0;
  int replays = 0;
  for (unsigned seed = 1; seed <= kSchedules; ++seed) {
    SCOPED_TRACE(seed);
    Schedule schedule(seed);
    schedule.Run();
    ASSERT_FALSE(testing::Test::HasFailure());
    sends += schedule.sends();
    joins += schedule.joins();
    replays += schedule.replays();
    for (const auto& [end, count] : schedule.ends()) ends[end] += count;
  }
  // Chance must have reached every end, or the test shows nothing.
  for (const End end : {End::kFinished, End::kInProgress, End::kNotSent, End::kCancelled}) {
    EXPECT_GT(ends[end], kSchedules / 100) << static_cast<int>(end);
  }
  EXPECT_GT(sends, kSchedules);
  EXPECT_GT(joins, kSchedules / 10);
  EXPECT_GT(replays, kSchedules / 10);
}

}  // namespace
}  // namespace modelgates::gateway
