#include "exchange/flights/memory_shares.h"

#include <absl/strings/string_view.h>

namespace modelgates::gateway {
namespace {

constexpr size_t kTimesWhatIsFree = 4;

bool Fits(size_t of_party, size_t of_all, size_t more, size_t bound) {
  if (of_all + more > bound) return false;
  return of_party + more <= kTimesWhatIsFree * (bound - of_all - more);
}

}  // namespace

std::optional<MemoryShares::Share> MemoryShares::Take(std::string_view party) {
  const absl::string_view name(party.data(), party.size());
  auto found = parties_.find(name);
  const size_t has = found == parties_.end() ? 0 : found->second.exchanges;
  if (!Fits(has, all_.exchanges, 1, bounds_.max_exchanges)) return std::nullopt;
  if (found == parties_.end()) found = parties_.try_emplace(name).first;
  ++found->second.exchanges;
  ++all_.exchanges;
  return Share(*this, *found);
}

bool MemoryShares::Share::Allows(size_t bytes) const {
  if (shares_ == nullptr) return true;
  return Fits(party_->second.bytes, shares_->all_.bytes, bytes, shares_->bounds_.max_bytes);
}

void MemoryShares::Share::SetBytes(size_t bytes) {
  if (shares_ == nullptr) return;
  shares_->all_.bytes += bytes - bytes_;
  party_->second.bytes += bytes - bytes_;
  bytes_ = bytes;
}

void MemoryShares::Share::GiveBack() {
  if (shares_ == nullptr) return;
  SetBytes(0);
  --shares_->all_.exchanges;
  Parties& parties = shares_->parties_;
  if (--party_->second.exchanges == 0) parties.erase(parties.find(party_->first));
  shares_ = nullptr;
}

}  // namespace modelgates::gateway
