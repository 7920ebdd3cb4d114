#include "base/connection_limits.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace modelgates::gateway {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

double MostTokens(const ConnectionLimits::Options& options) { return 2.0 * options.max_per_second; }

// 0: not an open socket.
ino_t SocketOf(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

ConnectionLimits::ConnectionLimits(const Options& options)
    : options_(options), tokens_(MostTokens(options)) {}

void ConnectionLimits::SetOptions(const Options& options) {
  const std::lock_guard lock(mutex_);
  options_ = options;
}

std::optional<ConnectionLimits::Bound> ConnectionLimits::Admit(int connection,
                                                               const PeerAddress& address,
                                                               TimePoint now) {
  const Peer peer = address.network();
  const std::lock_guard lock(mutex_);
  // The previous connection with this descriptor is closed.
  if (const auto before = open_.find(connection); before != open_.end()) Forget(before);
  if (IsFull(peer) && now >= next_look_.value_or(now)) {
    ForgetClosed();
    next_look_ = now + kBetweenLooks;
  }
  if (open_.size() >= static_cast<size_t>(options_.max_connections)) return Bound::kConnections;
  if (IsFull(peer)) return Bound::kPeer;
  if (!TakeToken(now)) return Bound::kRate;
  open_.emplace(connection, Open{SocketOf(connection), peer});
  ++connections_of_[peer];
  return std::nullopt;
}

size_t ConnectionLimits::CountOpen() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  return open_.size();
}

bool ConnectionLimits::IsFull(const Peer& peer) const {
  if (open_.size() >= static_cast<size_t>(options_.max_connections)) return true;
  const auto found = connections_of_.find(peer);
  return found != connections_of_.end() && found->second >= options_.max_per_peer;
}

void ConnectionLimits::ForgetClosed() {
  for (auto open = open_.begin(); open != open_.end();) {
    const auto next = std::next(open);
    if (SocketOf(open->first) != open->second.socket) Forget(open);
    open = next;
  }
}

void ConnectionLimits::Forget(std::unordered_map<int, Open>::iterator open) {
  const auto count = connections_of_.find(open->second.peer);
  if (--count->second == 0) connections_of_.erase(count);
  open_.erase(open);
}

bool ConnectionLimits::TakeToken(TimePoint now) {
  if (now > tokens_at_) {
    // At most the time that fills the bucket.
    const Duration passed = std::min<Duration>(now - tokens_at_, std::chrono::seconds(2));
    const double seconds = std::chrono::duration<double>(passed).count();
    tokens_ = std::min(tokens_ + seconds * options_.max_per_second, MostTokens(options_));
    tokens_at_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace modelgates::gateway
