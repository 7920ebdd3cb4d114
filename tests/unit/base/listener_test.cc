#include "base/listener.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "support/loopback.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;

// A socket that is connected to a port, if somebody listens there.
class Caller {
 public:
  explicit Caller(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = Loopback(port);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() {
    if (fd_ >= 0) close(fd_);
  }

  bool connected() const { return connected_; }
  void Reset() {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(std::exchange(fd_, -1));
  }
  // Whether the other side still holds the connection.
  bool IsHeld() const {
    char byte = 0;
    return recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
  }

 private:
  int fd_;
  bool connected_ = false;
};

// What a listener handed over; closed at the end.
class Connections {
 public:
  ~Connections() {
    for (const int fd : fds_) close(fd);
  }

  Listener::Accepted Take() {
    return [this](int, int fd) {
      const std::lock_guard lock(mutex_);
      fds_.push_back(fd);
      more_.notify_all();
    };
  }
  void WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [&] { return fds_.size() >= count; });
  }
  size_t count() const {
    const std::lock_guard lock(mutex_);
    return fds_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::vector<int> fds_;
};

std::unique_ptr<Listener> BindAnyPort() { return *Listener::Bind("127.0.0.1:0"); }

TEST(Listener, HandsOverWhoConnects) {
  Connections connections;
  const auto listener = BindAnyPort();
  listener->Start(connections.Take());
  const Caller one(listener->port());
  const Caller two(listener->port());
  connections.WaitFor(2);
  EXPECT_TRUE(one.IsHeld());
  EXPECT_TRUE(two.IsHeld());
}

TEST(Listener, KeepsWhoConnectsBeforeItStarts) {
  Connections connections;
  const auto listener = BindAnyPort();
  const Caller early(listener->port());
  ASSERT_TRUE(early.connected());
  listener->Start(connections.Take());
  connections.WaitFor(1);
}

// Who was let in stays, who comes later finds nobody.
TEST(Listener, RefusesOnlyNewConnectionsOnceClosed) {
  Connections connections;
  const auto listener = BindAnyPort();
  listener->Start(connections.Take());
  const Caller before(listener->port());
  connections.WaitFor(1);
  listener->Close();
  listener->Close();
  EXPECT_FALSE(Caller(listener->port()).connected());
  EXPECT_TRUE(before.IsHeld());
}

// A connection that the kernel has accepted must not be lost between the two.
TEST(Listener, HandsOverEverybodyWhoConnectedBeforeItClosed) {
  for (int round = 0; round < 200; ++round) {
    Connections connections;
    const auto listener = BindAnyPort();
    listener->Start(connections.Take());
    const Caller one(listener->port());
    const Caller two(listener->port());
    listener->Close();
    ASSERT_EQ(connections.count(), 2u) << "round " << round;
  }
}

TEST(Listener, ThatNeverStartedCanBeClosed) {
  const auto listener = BindAnyPort();
  const int port = listener->port();
  listener->Close();
  EXPECT_FALSE(Caller(port).connected());
}

// A restart must not wait until the connections of the process before are forgotten.
TEST(Listener, TakesAPortWhoseConnectionsAreWindingUp) {
  int port = 0;
  {
    Connections connections;
    const auto listener = BindAnyPort();
    port = listener->port();
    listener->Start(connections.Take());
    const Caller caller(port);
    connections.WaitFor(1);
  }
  EXPECT_TRUE(Listener::Bind("127.0.0.1:" + std::to_string(port)).ok());
}

TEST(Listener, LeavesAPortToWhoHasIt) {
  const auto first = BindAnyPort();
  const std::string address = "127.0.0.1:" + std::to_string(first->port());
  const auto second = Listener::Bind(address);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(second.status().message(), HasSubstr(address + ": Address already in use"));
}

TEST(Listener, ServesEveryAddressOfAName) {
  Connections connections;
  const auto listener = *Listener::Bind("localhost:0");
  listener->Start(connections.Take());
  EXPECT_TRUE(Caller(listener->port()).connected());
}

sockaddr_in6 LoopbackOfIpv6(int port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Whether `call`, bind or connect, takes that address.
template <class Call>
bool TakesIpv6(Call call, int port) {
  const int fd = socket(AF_INET6, SOCK_STREAM, 0);
  const sockaddr_in6 address = LoopbackOfIpv6(port);
  const bool taken = call(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return taken;
}

class EveryAddress : public testing::TestWithParam<const char*> {};

// Pods have addresses of either kind, or of both.
TEST_P(EveryAddress, IsOfBothProtocols) {
  const auto listener = Listener::Bind(std::string(GetParam()) + ":0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(Caller((*listener)->port()).connected());
  EXPECT_EQ(TakesIpv6(connect, (*listener)->port()), TakesIpv6(bind, 0));
}

INSTANTIATE_TEST_SUITE_P(Listener, EveryAddress, testing::Values("0.0.0.0", "[::]"));

// A connection that was reset before its turn is nobody's affair.
TEST(Listener, HandsOverNobodyWhoIsGone) {
  Connections connections;
  const auto listener = BindAnyPort();
  for (int i = 0; i < 10; ++i) Caller(listener->port()).Reset();
  const Caller last(listener->port());
  listener->Start(connections.Take());
  connections.WaitFor(1);
  listener->Close();
  EXPECT_EQ(connections.count(), 1u);
}

TEST(Listener, NamesAnAddressThatIsNotThisMachines) {
  const auto listener = Listener::Bind("192.0.2.1:0");
  ASSERT_FALSE(listener.ok());
  EXPECT_THAT(listener.status().message(), HasSubstr("192.0.2.1:0: no such address"));
}

TEST(Listener, NamesAHostThatNobodyKnows) {
  const auto listener = Listener::Bind("gateway.invalid:0");
  ASSERT_FALSE(listener.ok());
  EXPECT_THAT(listener.status().message(), HasSubstr("gateway.invalid:0: "));
}

}  // namespace
}  // namespace modelgates::gateway
