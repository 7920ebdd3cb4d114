#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/peer_address.h"
#include "base/time.h"

namespace modelgates::gateway {

// Bounds the connections of a port: open ones, in total and per peer (PeerAddress::Network), and
// new ones per second. Any thread.
//
// A connection counts until its owner closes the descriptor. The owner, gRPC, does not report that,
// so this checks whether the descriptor still is the same socket (docs/adr/0029). It checks when a
// bound is reached, at most every 100 ms, so a closed connection may count that much longer.
class ConnectionLimits {
 public:
  struct Options {
    int max_connections = 10'000;
    int max_per_peer = 1'000;
    // On average; a burst may have twice as many.
    int max_per_second = 500;
  };
  enum class Bound : uint8_t { kConnections, kPeer, kRate };
  static constexpr size_t kBounds = 3;

  explicit ConnectionLimits(const Options& options);
  // Replaces the options for new connections.
  void SetOptions(const Options& options);

  // Counts a connection that was just accepted. nullopt: it may stay; else the bound that it
  // exceeds, and the caller must close it.
  std::optional<Bound> Admit(int connection, const PeerAddress& peer, TimePoint now);

  // Checks every connection, which takes up to some milliseconds.
  size_t CountOpen();

 private:
  using Peer = PeerAddress::Network;
  struct Open {
    ino_t socket;  // unique among the sockets of the machine
    Peer peer;
  };

  bool IsFull(const Peer& peer) const;
  void ForgetClosed();
  void Forget(std::unordered_map<int, Open>::iterator open);
  bool TakeToken(TimePoint now);

  std::mutex mutex_;  // guards what follows
  Options options_;
  std::unordered_map<int, Open> open_;  // by descriptor
  std::map<Peer, int> connections_of_;  // never 0
  std::optional<TimePoint> next_look_;
  double tokens_;
  TimePoint tokens_at_{};
};

}  // namespace modelgates::gateway
