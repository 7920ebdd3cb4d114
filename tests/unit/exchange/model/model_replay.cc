#include "unit/exchange/model/model_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "unit/exchange/model/store_model.h"

namespace modelgates::gateway::model {
namespace {

using namespace std::chrono_literals;

constexpr Duration kBetweenTries = 2s;  // of the last step: exchange_lease.cc
constexpr int kMostTries = 4;
constexpr char kKeyText[] = "key-1";

}  // namespace

struct Replay::Call {
  const GatedGateway* site;
  std::stop_source stop;
  bool is_over = false;  // it has its reply, or its gateway crashed
  std::optional<Told> told;
};

Replay::Replay() {
  for (auto& site : sites_) site = std::make_unique<GatedGateway>(known_);
}

// Everything that still waits comes to an end, because it refers to its site.
Replay::~Replay() {
  for (Call& call : calls_) call.stop.request_stop();
  for (auto& site : sites_) crashed_.push_back(std::move(site));
  for (const auto& site : crashed_) {
    site->exchanges.Abort();
    do {
      site->loop.Run();
      for (AtStore* waits : site->store.waiting) waits->point.Notify();
      for (AtUpstream* waits : site->transport.waiting) waits->point.Notify();
      site->loop.Advance(kBetweenTries);
    } while (!site->store.waiting.empty() || !site->transport.waiting.empty());
  }
}

bool Replay::CanFollow(const State& from, const Move& move) const {
  const bool of_gateway = move.gateway >= 0;
  const Gateway gateway = of_gateway ? from.gateways[move.gateway] : Gateway();
  switch (move.act) {
    case Act::kTellStore:
      return move.fate == Fate::kDone || tries_[gateway.last_fence] < kMostTries - 1;
    case Act::kStopTelling:
      return false;
    case Act::kTakeBack:
    case Act::kBackOff:
    case Act::kConnectAgain:
    case Act::kRecover:
      return attempts_[gateway.fence] < kMaxAttempts - 1;
    case Act::kKeptKeyEnds:
      return false;  // all that is kept would end
    default:
      return true;
  }
}

std::string Replay::Follow(const State& from, const Move& move) {
  std::vector<bool> was_over;
  for (const Call& call : calls_) was_over.push_back(call.is_over);
  if (std::string problem = Go(from, move); !problem.empty()) return problem;

  std::vector<Told> told;
  std::array<int, kGateways> waiting{};
  was_over.resize(calls_.size());
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (calls_[i].is_over && !was_over[i] && calls_[i].told) told.push_back(*calls_[i].told);
    for (int g = 0; g < kGateways; ++g) {
      if (!calls_[i].is_over && calls_[i].site == sites_[g].get()) ++waiting[g];
    }
  }
  if (told != move.told) {
    const auto list = [](const std::vector<Told>& of) {
      std::string text;
      for (const Told it : of) text += fmt::format(" {}", static_cast<int>(it));
      return text;
    };
    return fmt::format("callers are told{}, not{}", list(told), list(move.told));
  }
  for (int g = 0; g < kGateways; ++g) {
    const auto& callers = move.to.callers;
    const Caller at = g == 0 ? Caller::kAtFirst : Caller::kAtSecond;
    const auto expected = std::count(callers.begin(), callers.end(), at);
    if (waiting[g] != expected) {
      return fmt::format("{} callers wait at gateway {}, not {}", waiting[g], g + 1, expected);
    }
  }
  return "";
}

std::string Replay::Go(const State& from, const Move& move) {
  const int g = move.gateway;
  const Gateway before = g < 0 ? Gateway() : from.gateways[g];
  switch (move.act) {
    case Act::kArrive:
      return Come(g);
    case Act::kLeave:
      return Leave(move.to, g);
    case Act::kCrash:
      Crash(g);
      return "";
    case Act::kClaim:
      return AnswerClaim(from, move);
    case Act::kAskAgain:
      Pass(g, kPoll);
      return "";
    case Act::kBegin:
      return AnswerStep(from, move, Step::kBegin, before.fence);
    case Act::kSend:
      return Offer(g);
    case Act::kTakeBack: {
      ++attempts_[before.fence];
      if (std::string problem = AnswerAttempt(g, Refused()); !problem.empty()) return problem;
      std::string problem = AnswerStep(from, move, Step::kTakeBack, before.fence);
      Pass(g, 1s);
      return problem;
    }
    case Act::kBackOff:
    case Act::kConnectAgain: {
      ++attempts_[before.fence];
      std::string problem = AnswerAttempt(g, Refused());
      Pass(g, 1s);
      return problem;
    }
    case Act::kGiveUp:
      return AnswerAttempt(g, TransportError{TransportFailure::kTlsUntrusted, Delivery::kNever});
    case Act::kHearKey: {
      HttpResponse response = Answer(200);
      response.body = kKeyText;
      return AnswerAttempt(g, std::move(response));
    }
    case Act::kHearRefusal:
      return AnswerAttempt(g, Answer(403));
    case Act::kTimeOut:
    case Act::kLose:
      return AnswerAttempt(g, TransportError{TransportFailure::kTimeout, Delivery::kMaybe});
    case Act::kRecover: {
      ++attempts_[before.fence];
      std::string problem = AnswerAttempt(g, Reset());
      Pass(g, 1s);
      return problem;
    }
    case Act::kTellStore: {
      std::string problem = AnswerStep(from, move, before.last_step, before.last_fence);
      if (move.fate != Fate::kDone) {
        ++tries_[before.last_fence];
        Pass(g, kBetweenTries);
      }
      return problem;
    }
    default:
      return "";  // the program has no part in it
  }
}

Task<void> Replay::Serve(GatedGateway& site, Call& call) {
  ExchangeRegistry::Caller caller;
  caller.identity = {.auth_code = "code-1", .code_verifier = "verifier-1"};
  caller.replayable = true;
  caller.deadline = site.loop.Now() + kForEver;
  caller.stop = call.stop.get_token();
  RetryOptions options;
  options.policy.max_attempts = kMaxAttempts;
  options.policy.jitter = options.policy.initial_interval = 0ms;
  options.policy.max_interval = 1ms;
  options.deadline = caller.deadline;
  options.classify = ClassifyExchange;
  options.repeat = Repeat::kOneRecovery;
  options.started = site.loop.Now();
  Task<ExchangeRegistry::Reply> run =
      site.exchanges.Run(std::move(caller), HttpRequest("/auth/keys"), std::move(options), nullptr);
  const ExchangeRegistry::Reply reply = co_await run;
  if (call.is_over) co_return;  // its gateway crashed before
  call.is_over = true;
  call.told = ToldBy(reply);
}

std::string Replay::Come(int g) {
  Call& call = calls_.emplace_back();
  call.site = sites_[g].get();
  Spawn(Serve(*sites_[g], call));
  sites_[g]->loop.Run();
  return "";
}

// What the exchange of callers that are all gone waits for is not done.
std::string Replay::Leave(const State& to, int g) {
  GatedGateway& site = *sites_[g];
  const auto call = std::find_if(calls_.begin(), calls_.end(),
                                 [&](const Call& it) { return it.site == &site && !it.is_over; });
  if (call == calls_.end()) return "nobody waits";
  call->stop.request_stop();
  site.loop.Run();
  if (to.gateways[g].phase != Phase::kIdle) return "";
  for (AtStore* waits : site.store.waiting) {
    if (waits->step == Step::kClaim || waits->step == Step::kBegin) waits->point.Notify();
  }
  site.loop.Run();
  return "";
}

void Replay::Crash(int g) {
  for (Call& call : calls_) {
    if (call.site == sites_[g].get()) call.is_over = true;
  }
  crashed_.push_back(std::exchange(sites_[g], std::make_unique<GatedGateway>(known_)));
}

std::string Replay::AnswerClaim(const State& from, const Move& move) {
  GatedGateway& site = *sites_[move.gateway];
  const uint8_t fence = from.gateways[move.gateway].fence;
  for (AtStore* waits : site.store.waiting) {
    if (waits->fence != fence || waits->step != Step::kClaim) continue;
    State state = from;
    const Found found = ClaimFor(state, fence, false, Weakness::kNone);
    using Answer = SharedExchange::Found;
    SharedExchange::Claimed& claimed = waits->claimed;
    switch (found) {
      case Found::kClaimed:
        claimed.found = Answer::kClaimed;
        break;
      case Found::kElsewhere:
        claimed.found =
            from.store.record == Record::kSending ? Answer::kSending : Answer::kReserved;
        break;
      case Found::kLost:
        claimed.found = Answer::kLost;
        break;
      case Found::kGivenOut:
        claimed.found = Answer::kGivenOut;
        break;
      case Found::kKey:
      case Found::kUnknown:
        claimed = {Answer::kFinished, found == Found::kKey ? known_.key : known_.unknown};
        break;
    }
    if (move.fate != Fate::kDone) claimed = {Answer::kUnavailable, ""};
    waits->point.Notify();
    site.loop.Run();
    return "";
  }
  return "the gateway does not claim";
}

std::string Replay::AnswerStep(const State& from, const Move& move, Step step, uint8_t fence) {
  GatedGateway& site = *sites_[move.gateway];
  for (AtStore* waits : site.store.waiting) {
    if (waits->fence != fence || waits->step != step) continue;
    State state = from;
    const bool ours = Execute(state, step, fence, false, Weakness::kNone);
    waits->taken = move.fate != Fate::kDone ? SharedExchange::Step::kUnavailable
                   : ours                   ? SharedExchange::Step::kDone
                                            : SharedExchange::Step::kNotOurs;
    waits->point.Notify();
    site.loop.Run();
    return "";
  }
  return fmt::format("the gateway does not take step {}", static_cast<int>(step));
}

std::string Replay::AnswerAttempt(int g, HttpResult result) {
  GatedGateway& site = *sites_[g];
  if (site.transport.waiting.size() != 1) return "there is not one attempt";
  AtUpstream& attempt = *site.transport.waiting.front();
  attempt.result = std::move(result);
  attempt.point.Notify();
  site.loop.Run();
  return "";
}

std::string Replay::Offer(int g) {
  GatedGateway& site = *sites_[g];
  if (site.transport.waiting.size() != 1) return "there is not one attempt";
  AtUpstream& attempt = *site.transport.waiting.front();
  attempt.offered = true;
  attempt.observer->OnSendProgress(SendProgress::kBytesOffered);
  return "";
}

void Replay::Pass(int g, Duration time) { sites_[g]->loop.Advance(time); }

}  // namespace modelgates::gateway::model
