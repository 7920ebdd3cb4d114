#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace modelgates::gateway::model {

// The protocol of gateways that share exchanges (docs/contract/exchange.md, "Across replicas"; ADR
// 10) as a model: two gateways, three callers, one code, one store, and a strict upstream, which
// spends a code with its first request. Between two steps anything else may happen: a caller comes
// or leaves, a message is lost or arrives late, a gateway crashes, a lease ends. A lease ends when
// the model chooses, so the clocks may differ by anything.
//
// Not in the model: bounds, other codes, why a recovery is not made (it may or may not be), and the
// times for which outcomes are known, except that of a key.

inline constexpr int kGateways = 2;
inline constexpr int kCallers = 3;

// What a gateway does with its exchange.
enum class Phase : uint8_t {
  kIdle,       // it has none
  kClaim,      // asks the store for it
  kElsewhere,  // has seen it at the other gateway
  kBegin,      // records SENDING
  kSend,       // may put the code on the wire
  kWire,       // has put it there
};

// Steps that the store executes, perhaps late.
enum class Step : uint8_t { kNone, kClaim, kBegin, kTakeBack, kFinishKey, kFinishUnknown, kForget };

// A step that is on its way to the store, for which its gateway no longer waits.
struct LateStep {
  Step step = Step::kNone;
  uint8_t fence = 0;
  bool overtaken = false;  // the store has executed a newer step of the same claim
  bool operator==(const LateStep&) const = default;
};

enum class Kept : uint8_t { kNothing, kKey, kSpent, kUnknown };

struct Gateway {
  Phase phase = Phase::kIdle;
  uint8_t fence = 0;
  bool claimed = false;
  bool seen_elsewhere = false;
  bool looks_sent = false;  // to callers, because the other gateway may have sent it
  bool sending = false;     // a renewal repeats SENDING
  uint8_t sends = 0;        // attempts of which bytes were offered
  bool unknown = false;     // an attempt of unknown outcome is over
  // Of an exchange that has ended: what the store is still to be told.
  Step last_step = Step::kNone;
  uint8_t last_fence = 0;
  Kept kept = Kept::kNothing;
  uint8_t replays = 0;
  bool operator==(const Gateway&) const = default;
};

enum class Record : uint8_t { kNone, kReserved, kSending, kKey, kUnknown };

struct Store {
  Record record = Record::kNone;
  uint8_t fence = 0;
  bool leased = false;
  bool given_out = false;  // outlives the key
  uint8_t replays = 0;
  uint8_t reads = 0;  // of the key
  bool operator==(const Store&) const = default;
};

// A request of which bytes were offered, until it is over.
enum class Attempt : uint8_t { kNone, kTravels, kKeyComes, kRefusalComes };

enum class Caller : uint8_t { kNotYet, kAtFirst, kAtSecond, kAnswered };

// Has members of one byte only, so that equal states have equal bytes.
struct State {
  std::array<Gateway, kGateways> gateways;
  Store store;
  LateStep late;  // one at a time
  std::array<Attempt, kGateways> attempts{};
  std::array<bool, kGateways> orphans{};   // requests that travel, and whose gateway does not wait
  bool spent = false;                      // the code, at the upstream
  uint8_t sends = 0;                       // by all gateways
  bool key_received = false;               // by a gateway
  uint8_t fences = 0;                      // given until now
  std::array<Caller, kCallers> callers{};  // sorted, because callers are alike
  bool operator==(const State&) const = default;
};
static_assert(std::has_unique_object_representations_v<State>);

// What may happen in addition to the steps of the protocol.
struct Faults {
  bool store = true;           // steps and their answers are lost, or executed late
  bool store_forgets = false;  // all its data
  bool leases_end = true;      // of gateways that are only slow
  bool gateways_crash = true;
  bool callers_leave = true;
  bool keys_expire = true;
  bool upstream = true;  // connections, requests and answers are lost
};

// A rule of the protocol that is left out.
enum class Weakness : uint8_t {
  kNone,
  kFenceIsNotCompared,
  kStepsAreNotNumbered,
  kSendingIsTakenOver,
  kSendingIsNotRecorded,
  kUnknownIsForgotten,
  kRecoveredTwice,
  kEndsWithItsCallers,
  kRefusalIsBelieved,
  kLeavingIsUnsent,
  kLostClaimLooksUnsent,
  kRecordIsNotRead,
  kReplaysAreNotCounted,
  kSeenElsewhereIsForgotten,
  kNobodyAsksAgain,
};

struct Protocol {
  bool fail_closed = true;  // --exchange_store_fail_closed
  uint8_t replays = 1;      // of a key, by the store and by each gateway
  Faults faults{};
  Weakness weakness = Weakness::kNone;
};

// What docs/contract/exchange.md promises.
enum class Promise : uint8_t {
  kOneAtATime,         // never two requests in flight upstream
  kNeverAgain,         // not sent after it may have succeeded, but for one recovery
  kRecordedFirst,      // SENDING is recorded before the first byte
  kAnswerReachesAll,   // an answer that reached a gateway is every caller's
  kErrorIsTrue,        // an error says what became of the code
  kReplaysEnd,         // a key is given out a limited number of times
  kSeenIsKnown,        // what the other gateway has is not sent without the store
  kEveryoneIsAnswered  // without faults, from wherever faults have led
};

enum class Act : uint8_t {
  // Of callers.
  kArrive,
  kLeave,
  // Of a gateway, until the code is on the wire.
  kClaim,
  kAskAgain,
  kBegin,
  kGoOn,  // without SENDING
  kSend,
  // No connection: it waits (kTakeBack: and tells the store), ends, or has the recovery still to
  // make.
  kBackOff,
  kTakeBack,
  kGiveUp,
  kConnectAgain,
  // What it hears of the code on the wire.
  kHearKey,
  kHearRefusal,
  kTimeOut,
  kLose,
  kRecover,
  // At any time.
  kRenew,
  kTellStore,
  kStopTelling,
  kKeptKeyEnds,
  kCrash,
  // Of the upstream; an orphan is a request that nobody waits for.
  kUpstreamActs,
  kOrphanActs,
  kOrphanIsLost,
  // Of the store.
  kLateStep,
  kLeaseEnds,
  kStoredKeyEnds,
  kStoreForgets,
};

// What becomes of a step that a gateway takes in the store.
enum class Fate : uint8_t {
  kDone,
  kLost,     // not executed, no answer
  kUnheard,  // executed, no answer
  kLate,     // executed later, no answer
};

enum class Told : uint8_t { kKey, kSpent, kUnknown, kInFlight, kUnsent, kInvalid };

struct Move {
  Act act{};
  Fate fate = Fate::kDone;
  int gateway = -1;  // -1: of none
  State to;
  std::vector<Told> told;  // what callers are told
  std::vector<Promise> broken;
  bool is_progress = true;  // neither a fault nor a caller's choice to leave
};

// Every move that is possible in `from`.
std::vector<Move> MovesFrom(const State& from, const Protocol& protocol);

struct Explored {
  size_t states = 0;
  size_t moves = 0;
  std::optional<Promise> broken;
  // The moves that lead there, as few as possible; which gateway is the first may change on the
  // way.
  std::vector<std::string> trace;
};

// Walks through all states until a promise is broken: `wanted`, or any if there is none.
Explored Explore(const Protocol& protocol, std::optional<Promise> wanted = std::nullopt);

std::string_view ToString(Promise promise);

// "gateway 1: claims, and the answer is lost".
std::string NameOf(Act act, Fate fate, int gateway);

}  // namespace modelgates::gateway::model
