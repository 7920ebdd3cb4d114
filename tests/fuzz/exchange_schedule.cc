#include "fuzz/exchange_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "support/fake_loop.h"
#include "support/memory_exchange_store.h"
#include "support/unlimited_retrier.h"
#include "unit/exchange/exchange_table.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using Fault = MemoryExchangeStore::Fault;
using Outage = ExchangeLease::Outage;

constexpr Duration kTick = 50ms;
constexpr Duration kLease = 3 * kTick;

ExchangeOptions OptionsWith(Outage outage) {
  return {.cap = 6 * kTick,
          .success_ttl = 5 * kTick,
          .unknown_ttl = 8 * kTick,
          .rejected_ttl = 2 * kTick,
          .max_replays = 2,
          .max_running = 4,
          .max_known = 2,
          .max_waiters = 4,
          .outage = outage,
          .poll_interval = kTick};
}

const ExchangeOptions kOptions = OptionsWith(Outage::kGoOn);

// An upstream with a connection that takes time, and an answer that takes more. Says what it sees
// that must not happen.
class ChanceTransport final : public HttpTransport {
 public:
  ChanceTransport(EventLoop& loop, Choices& choices, bool recovery, ScheduleReport& report)
      : loop_(loop), choices_(choices), recovery_(recovery), report_(report) {}

  Task<HttpResult> Send(const HttpRequest& request, SendOptions options) override {
    const std::string identity(request.body());
    WaitPoint connecting(loop_);
    const TimePoint connected = loop_.Now() + choices_.Below(4) * kTick;
    co_await connecting.Wait(std::min(connected, options.deadline), options.stop);
    if (options.stop.stop_requested()) {
      co_return TransportError{TransportFailure::kCancelled, Delivery::kNever};
    }
    if (options.deadline <= loop_.Now()) {
      co_return TransportError{TransportFailure::kTimeout, Delivery::kNever};
    }
    if (choices_.OneIn(4)) co_return TransportError{TransportFailure::kConnect, Delivery::kNever};

    options.observer->OnSendProgress(SendProgress::kBytesOffered);
    ++report_.sends;
    const bool alone = sending_.insert(identity).second;
    if (!alone && IsProtected(identity)) Break(identity, "is in flight twice");
    CheckMayBeSent(identity);
    WaitPoint answering(loop_);
    const TimePoint answered = loop_.Now() + choices_.Below(9) * kTick;
    const TimePoint until = std::min(answered, options.deadline);
    const WaitPoint::Result woken = co_await answering.Wait(until, options.stop);
    sending_.erase(identity);
    HttpResult result = TransportError{TransportFailure::kTimeout, Delivery::kMaybe};
    if (woken == WaitPoint::Result::kStopped) {
      Break(identity, "was cancelled after it was sent");
    } else if (answered <= options.deadline) {
      result = ChooseAnswer(identity);
    }
    Close(identity, result);
    co_return result;
  }

  // There was no room for an exchange of this identity, or no store: nothing is promised to it.
  void Unprotect(const std::string& identity) { unprotected_.insert(identity); }
  bool IsProtected(const std::string& identity) const { return !unprotected_.contains(identity); }
  // A replay counts when the store gives it, to whoever is still there.
  void CountGiven(const std::string& identity) {
    ++seen_[identity].replays;
    ++given_[identity];
  }
  void CountReplay(const std::string& identity) {
    if (given_[identity] > 0) {
      --given_[identity];
    } else {
      ++seen_[identity].replays;
    }
  }

  int unprotected() const { return static_cast<int>(unprotected_.size()); }
  bool idle() const { return sending_.empty(); }
  // The keys that were given out for this identity.
  const std::vector<std::string>& keys(const std::string& identity) { return keys_[identity]; }
  void Break(const std::string& identity, std::string_view promise) {
    report_.broken.push_back(fmt::format("{} {}", identity, promise));
  }

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
    if (loop_.Now() < seen.key_until && seen.replays < kOptions.max_replays) {
      Break(identity, "has a key that was not given to a repeat");
    }
    if (loop_.Now() >= seen.closed_until) seen = Seen();
    if (seen.final) Break(identity, "may have been used, and is sent again");
    if (seen.lost > (recovery_ ? 1 : 0)) Break(identity, "is recovered once too often");
    if (seen.lost > 0) ++report_.recoveries;
  }

  HttpResult ChooseAnswer(const std::string& identity) {
    switch (choices_.Below(8)) {
      case 1:
        return Status(403);
      case 2: {
        HttpResponse busy = Status(429);
        if (choices_.OneIn(2)) busy.retry_after = "1";
        return busy;
      }
      case 3:
        return TransportError{TransportFailure::kReset, Delivery::kMaybe};
      case 4:
        return Status(500);
      case 5:
        return TransportError{TransportFailure::kTruncated, Delivery::kAnswered,
                              choices_.OneIn(2) ? 200 : 502};
      default:
        break;
    }
    HttpResponse answer = Status(200);
    answer.body = fmt::format("{} key {}", identity, report_.sends);
    keys_[identity].push_back(answer.body);
    return answer;
  }

  static HttpResponse Status(int status) {
    HttpResponse response;
    response.status = status;
    return response;
  }

  // Until when the gateways have to remember what came of it. A success may be used up by replays
  // before its time is over, or not be kept.
  void Close(const std::string& identity, const HttpResult& result) {
    Seen& seen = seen_[identity];
    const auto* error = std::get_if<TransportError>(&result);
    const bool silent = error != nullptr && error->failure == TransportFailure::kTimeout;
    const RetryClass retry = RetryClassOfExchange(result);
    const bool succeeded =
        !silent && error == nullptr && std::get<HttpResponse>(result).status == 200;
    const bool lost = retry == RetryClass::kUnknownOutcome;
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
  Choices& choices_;
  const bool recovery_;
  ScheduleReport& report_;
  std::set<std::string> sending_;
  std::map<std::string, Seen> seen_;
  std::map<std::string, int> given_;
  std::set<std::string> unprotected_;
  std::map<std::string, std::vector<std::string>> keys_;
};

class Observer final : public ExchangeObserver {
 public:
  Observer(ChanceTransport& transport, std::string identity)
      : transport_(transport), identity_(std::move(identity)) {}
  void OnMemoryFull() override { transport_.Unprotect(identity_); }

 private:
  ChanceTransport& transport_;
  const std::string identity_;
};

// Some callers, each with a gateway, a start, perhaps a cancellation, and a deadline.
class Schedule {
 public:
  explicit Schedule(Choices& choices) : choices_(choices) {
    if (shared_ && choices_.OneIn(3)) {
      store_.FailWith([this] {
        if (!choices_.OneIn(6)) return Fault::kNone;
        constexpr Fault kFaults[] = {Fault::kLostRequest, Fault::kLostAnswer, Fault::kLate};
        return kFaults[choices_.Below(3)];
      });
    }
    if (shared_ && choices_.OneIn(2)) {
      store_.TakeTime([this] { return choices_.Below(2) * kTick; });
    }
    if (outage_ == Outage::kGoOn) {
      store_.OnBlind([this](const std::string& identity) { transport_.Unprotect(identity); });
    }
    store_.OnGiven([this](const std::string& identity) { transport_.CountGiven(identity); });
    for (int i = 0; i < (shared_ ? 2 : 1); ++i) {
      gateways_.emplace_back(loop_, retrier_, OptionsWith(outage_), ReadByTable,
                             shared_ ? &access_ : nullptr);
    }
  }

  ScheduleReport Run() {
    const int count = 1 + choices_.Below(8);
    for (int i = 0; i < count; ++i) {
      Caller& caller = callers_.emplace_back();
      caller.once_only = choices_.OneIn(8);
      caller.identity = caller.once_only    ? fmt::format("once {}", i)
                        : choices_.OneIn(4) ? "b"
                        : choices_.OneIn(4) ? "c"
                                            : "a";
      caller.verifier = caller.identity != "b";
      caller.gateway = shared_ ? static_cast<size_t>(choices_.Below(2)) : 0;
      const TimePoint start = loop_.Now() + choices_.Below(30) * kTick;
      caller.deadline = start + (1 + choices_.Below(12)) * kTick;
      if (choices_.OneIn(3)) Spawn(Cancel(caller, start + choices_.Below(8) * kTick));
      Spawn(Serve(caller, start));
    }
    constexpr int kTimersOfALongHistory = 10'000;
    if (!loop_.AdvanceUntilIdle(kTimersOfALongHistory)) Break("the history does not end");
    for (const Caller& caller : callers_) {
      if (caller.replies != 1) Break("a caller has not one reply");
      if (!caller.observer.expired()) Break("an observer outlives its exchange");
    }
    for (const ExchangeRegistry& gateway : gateways_) {
      if (gateway.in_flight() != 0) Break("an exchange is in flight for ever");
      for (const size_t in_state : gateway.CountStates()) {
        if (in_state != 0) Break("an exchange is remembered for ever");
      }
    }
    if (!transport_.idle()) Break("a request has no end");
    report_.unprotected = transport_.unprotected();
    return std::move(report_);
  }

 private:
  struct Caller {
    std::string identity;
    bool verifier = true;
    bool once_only = false;
    size_t gateway = 0;
    TimePoint deadline;
    TimePoint cancelled_at = TimePoint::max();
    std::stop_source stop;
    std::weak_ptr<ExchangeObserver> observer;
    int replies = 0;
  };

  void Break(std::string promise) { report_.broken.push_back(std::move(promise)); }

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

    ExchangeRegistry::Caller call;
    caller.identity.copy(reinterpret_cast<char*>(call.key.data()), call.key.size());
    call.identity = {.auth_code = caller.identity};
    call.replayable = caller.verifier;
    call.once_only = caller.once_only;
    call.deadline = caller.deadline;
    call.stop = caller.stop.get_token();
    RetryOptions options;
    options.policy.initial_interval = 50ms;
    options.policy.exponent = 1;
    options.policy.jitter = 0ms;
    options.deadline = caller.deadline;
    options.classify = ClassifyExchange;
    options.repeat = recovery_ ? Repeat::kOneRecovery : Repeat::kOnlyUnsent;
    options.started = start;
    HttpRequest request("/auth/keys");
    request.set_body(caller.identity);
    auto observer = std::make_shared<Observer>(transport_, caller.identity);
    caller.observer = observer;
    Task<ExchangeRegistry::Reply> run = gateways_[caller.gateway].Run(
        std::move(call), std::move(request), std::move(options), std::move(observer));
    const ExchangeRegistry::Reply reply = co_await run;
    ++caller.replies;
    Check(caller, start, reply);
  }

  void Check(const Caller& caller, TimePoint start, const ExchangeRegistry::Reply& reply) {
    const auto* key = std::get_if<ApiKey>(&reply.result);
    const auto* failure = std::get_if<ExchangeFailure>(&reply.result);
    ++report_.ends[failure == nullptr ? oauth::v1::ERROR_REASON_UNSPECIFIED : failure->reason];
    report_.joins += reply.joined ? 1 : 0;
    report_.replays += reply.replayed ? 1 : 0;
    report_.between_gateways += reply.replayed && reply.joined ? 1 : 0;
    if (loop_.Now() > std::max(start, std::min(caller.deadline, caller.cancelled_at))) {
      Break("a caller was kept past its deadline");
    }
    if (failure != nullptr && (failure->outcome != nullptr) == (failure->reason != 0)) {
      Break("a reply without a word");
    }
    if (caller.once_only && (reply.joined || reply.replayed)) Break("once-only was not alone");
    if (key == nullptr || !transport_.IsProtected(caller.identity)) return;
    if (reply.replayed && !caller.verifier) Break("a key was replayed without a verifier");
    if (reply.replayed) transport_.CountReplay(caller.identity);
    const std::string got(key->key.Reveal());
    const std::vector<std::string>& keys = transport_.keys(caller.identity);
    const bool rightful = std::find(keys.begin(), keys.end(), got) != keys.end();
    if (!rightful) Break("a caller got what is not its key");
  }

  Choices& choices_;
  ScheduleReport report_;
  FakeLoop loop_;
  const bool recovery_ = choices_.OneIn(2);
  const bool shared_ = choices_.OneIn(2);
  const Outage outage_ = choices_.OneIn(2) ? Outage::kRefuse : Outage::kGoOn;
  ChanceTransport transport_{loop_, choices_, recovery_, report_};
  UnlimitedRetrier retrier_{loop_, transport_, [] { return 0.0; }};
  MemoryExchangeStore store_{loop_, kLease, kOptions.cap + 2 * kOptions.unknown_ttl};
  MemoryExchangeStore::Access access_{store_};
  std::deque<ExchangeRegistry> gateways_;
  std::deque<Caller> callers_;
};

}  // namespace

ScheduleReport RunSchedule(Choices& choices) { return Schedule(choices).Run(); }

}  // namespace modelgates::gateway
