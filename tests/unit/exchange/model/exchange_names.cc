#include <fmt/format.h>

#include "unit/exchange/model/exchange_model.h"

namespace modelgates::gateway::model {
namespace {

std::string_view ToString(Act act) {
  switch (act) {
    case Act::kArrive:
      return "a caller comes";
    case Act::kLeave:
      return "a caller leaves";
    case Act::kCrash:
      return "crashes";
    case Act::kClaim:
      return "claims";
    case Act::kAskAgain:
      return "asks again";
    case Act::kBegin:
      return "records SENDING";
    case Act::kGoOn:
      return "goes on";
    case Act::kSend:
      return "puts the code on the wire";
    case Act::kBackOff:
      return "cannot connect, and backs off";
    case Act::kTakeBack:
      return "cannot connect, and takes SENDING back";
    case Act::kGiveUp:
      return "cannot connect, and gives up";
    case Act::kConnectAgain:
      return "cannot connect, and tries again";
    case Act::kHearKey:
      return "receives the key";
    case Act::kHearRefusal:
      return "hears that the code is invalid";
    case Act::kTimeOut:
      return "waits no longer for the answer";
    case Act::kLose:
      return "loses the connection, and does not recover";
    case Act::kRecover:
      return "loses the connection, and recovers";
    case Act::kRenew:
      return "renews its lease";
    case Act::kTellStore:
      return "tells the store what came of it";
    case Act::kStopTelling:
      return "gives up telling the store";
    case Act::kKeptKeyEnds:
      return "the key's time ends at the gateway";
    case Act::kUpstreamActs:
      return "the upstream acts on the request";
    case Act::kOrphanActs:
      return "the upstream acts on a request that nobody waits for";
    case Act::kOrphanIsLost:
      return "a request that nobody waits for is lost";
    case Act::kLateStep:
      return "a late step arrives at the store";
    case Act::kLeaseEnds:
      return "the lease ends";
    case Act::kStoredKeyEnds:
      return "the key's time ends in the store";
    case Act::kStoreForgets:
      return "the store loses its data";
  }
  return "unknown";
}

std::string_view ToString(Fate fate) {
  switch (fate) {
    case Fate::kDone:
      return "";
    case Fate::kLost:
      return ", which is lost";
    case Fate::kUnheard:
      return ", and the answer is lost";
    case Fate::kLate:
      return ", which is late";
  }
  return "unknown";
}

}  // namespace

std::string NameOf(Act act, Fate fate, int gateway) {
  const std::string who = gateway < 0 ? "" : fmt::format("gateway {}: ", gateway + 1);
  return who + std::string(ToString(act)) + std::string(ToString(fate));
}

std::string_view ToString(Promise promise) {
  switch (promise) {
    case Promise::kOneAtATime:
      return "never two requests in flight upstream";
    case Promise::kNeverAgain:
      return "not sent after it may have succeeded, but for one recovery";
    case Promise::kRecordedFirst:
      return "SENDING is recorded before the first byte";
    case Promise::kAnswerReachesAll:
      return "an answer that reached a gateway is every caller's";
    case Promise::kErrorIsTrue:
      return "an error says what became of the code";
    case Promise::kReplaysEnd:
      return "a key is given out a limited number of times";
    case Promise::kSeenIsKnown:
      return "what the other gateway has is not sent without the store";
    case Promise::kEveryoneIsAnswered:
      return "every caller can be answered";
  }
  return "unknown";
}

}  // namespace modelgates::gateway::model
