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

// Bounds the connections of a port: open ones, in all and from one peer (PeerAddress::Network), and
// new ones per second. Any thread.
//
// A connection counts until its descriptor is closed, by whoever has it: nobody tells, so this
// looks whether the descriptor still is the same socket (docs/adr/0029). It looks when a bound is
// reached, at most every 100 ms, so a place may be seen as free that much later.
class ConnectionLimits {
 public:
  struct Options {
    int max_connections = 10'000;
    int max_per_peer = 1'000;
    // On average; at once twice as many.
    int max_per_second = 500;
  };
  enum class Bound : uint8_t { kConnections, kPeer, kRate };
  static constexpr size_t kBounds = 3;

  explicit ConnectionLimits(const Options& options);
  // For connections from now on.
  void SetOptions(const Options& options);

  // Whether a connection that was just accepted may stay, and counts it then; else the bound that
  // it is above, and the caller closes it.
  std::optional<Bound> Admit(int connection, const PeerAddress& peer, TimePoint now);

  // Looks at every connection: up to some milliseconds.
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

  std::mutex mutex_;  // guards all below
  Options options_;
  std::unordered_map<int, Open> open_;  // by descriptor
  std::map<Peer, int> connections_of_;  // none has 0
  std::optional<TimePoint> next_look_;
  double tokens_;
  TimePoint tokens_at_{};
};

}  // namespace modelgates::gateway
