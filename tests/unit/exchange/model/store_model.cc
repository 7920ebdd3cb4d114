#include "unit/exchange/model/store_model.h"

#include <algorithm>

namespace modelgates::gateway::model {
namespace {

// A step of the claim that is still on its way is older than the one just executed.
void Overtake(State& state, uint8_t fence) {
  LateStep& late = state.late;
  if (late.step != Step::kNone && late.fence == fence) late.overtaken = true;
}

void Free(Store& store, Record record) {
  store.record = record;
  store.leased = false;
  store.fence = 0;
}

}  // namespace

Found ClaimFor(State& state, uint8_t fence, bool overtaken, Weakness weakness) {
  Store& store = state.store;
  switch (store.record) {
    case Record::kKey:
      store.reads = static_cast<uint8_t>(std::min(store.reads + 1, 9));
      if (weakness != Weakness::kReplaysAreNotCounted && --store.replays == 0) {
        store.record = Record::kNone;
      }
      return Found::kKey;
    case Record::kUnknown:
      return Found::kUnknown;
    case Record::kSending:
      if (store.leased) return Found::kElsewhere;
      if (weakness != Weakness::kSendingIsTakenOver) return Found::kLost;
      break;
    case Record::kReserved:
      if (store.fence == fence ? overtaken : store.leased) return Found::kElsewhere;
      break;
    case Record::kNone:
      if (store.given_out) return Found::kGivenOut;
      break;
  }
  store.record = Record::kReserved;
  store.fence = fence;
  store.leased = true;
  Overtake(state, fence);
  return Found::kClaimed;
}

bool Execute(State& state, Step step, uint8_t fence, bool overtaken, Weakness weakness) {
  Store& store = state.store;
  if (store.record != Record::kReserved && store.record != Record::kSending) return false;
  if (store.fence != fence && weakness != Weakness::kFenceIsNotCompared) return false;
  if (overtaken && weakness != Weakness::kStepsAreNotNumbered) return false;
  switch (step) {
    case Step::kBegin:
      store.record = Record::kSending;
      store.leased = true;
      break;
    case Step::kTakeBack:
      store.record = Record::kReserved;
      store.leased = true;
      break;
    case Step::kFinishKey:
      Free(store, Record::kKey);
      store.given_out = true;
      break;
    case Step::kFinishUnknown:
      Free(store, Record::kUnknown);
      break;
    case Step::kForget:
      Free(store, Record::kNone);
      break;
    case Step::kNone:
    case Step::kClaim:
      break;
  }
  Overtake(state, fence);
  return true;
}

}  // namespace modelgates::gateway::model
