#include "base/connection_limits.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <vector>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using Bound = ConnectionLimits::Bound;

constexpr TimePoint kStart{1000h};

PeerAddress Peer(uint32_t number) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x0a000000 + number);
  return *PeerAddress::From(storage);
}

// Sockets as a port would hand them over: who has them may close them without a word.
class Sockets {
 public:
  ~Sockets() {
    for (const int fd : open_) close(fd);
  }
  int Open() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    open_.push_back(fd);
    return fd;
  }
  void CloseLast() {
    close(open_.back());
    open_.pop_back();
  }

 private:
  std::vector<int> open_;
};

TEST(ConnectionLimits, CountUntilADescriptorIsClosed) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 2, .max_per_peer = 2});
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(2), kStart));
  EXPECT_EQ(limits.Admit(sockets.Open(), Peer(3), kStart), Bound::kConnections);
  EXPECT_EQ(limits.CountOpen(), 2u);
  sockets.CloseLast();
  sockets.CloseLast();
  EXPECT_EQ(limits.CountOpen(), 1u);
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(3), kStart));
}

TEST(ConnectionLimits, BoundEachPeer) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 10, .max_per_peer = 2});
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_EQ(limits.Admit(sockets.Open(), Peer(1), kStart), Bound::kPeer);
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(2), kStart));
}

// A descriptor that is free is given to the next socket, whosever that is.
TEST(ConnectionLimits, KnowASocketFromAnotherOfTheSameDescriptor) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 1});
  const int first = sockets.Open();
  EXPECT_FALSE(limits.Admit(first, Peer(1), kStart));
  sockets.CloseLast();
  ASSERT_EQ(sockets.Open(), first);
  EXPECT_EQ(limits.CountOpen(), 0u);
}

TEST(ConnectionLimits, AreFreeAtOnceForAConnectionOfTheSameDescriptor) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 1, .max_per_peer = 1});
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
    sockets.CloseLast();
  }
}

// Refused ones cost a look at all others ten times a second at most.
TEST(ConnectionLimits, LookForClosedOnesEvery100Milliseconds) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 2});
  const int refused = sockets.Open();
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_EQ(limits.Admit(refused, Peer(1), kStart), Bound::kConnections);
  sockets.CloseLast();
  EXPECT_EQ(limits.Admit(refused, Peer(1), kStart + 99ms), Bound::kConnections);
  EXPECT_FALSE(limits.Admit(refused, Peer(1), kStart + 100ms));
}

TEST(ConnectionLimits, BoundNewOnesPerSecond) {
  Sockets sockets;
  ConnectionLimits limits({.max_per_second = 10});
  const auto admitted = [&](int tries, TimePoint now) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      const auto bound = limits.Admit(sockets.Open(), Peer(1), now);
      EXPECT_EQ(bound.value_or(Bound::kRate), Bound::kRate);
      count += bound ? 0 : 1;
      sockets.CloseLast();
    }
    return count;
  };
  EXPECT_EQ(admitted(100, kStart), 20);
  EXPECT_EQ(admitted(100, kStart + 500ms), 5);
  EXPECT_EQ(admitted(100, kStart + 1500ms), 10);
  EXPECT_EQ(admitted(100, kStart + 24h), 20);
}

TEST(ConnectionLimits, ChangeWhileConnectionsAreOpen) {
  Sockets sockets;
  ConnectionLimits limits({.max_connections = 2});
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  limits.SetOptions({.max_connections = 3});
  EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  limits.SetOptions({.max_connections = 1});
  EXPECT_EQ(limits.Admit(sockets.Open(), Peer(1), kStart), Bound::kConnections);
}

// All clients of a gateway connect again at once after it was replaced.
TEST(ConnectionLimits, PassARolloutOfAThousandClients) {
  Sockets sockets;
  ConnectionLimits limits({});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limits.Admit(sockets.Open(), Peer(1), kStart));
  EXPECT_TRUE(limits.Admit(sockets.Open(), Peer(1), kStart));
}

}  // namespace
}  // namespace modelgates::gateway
