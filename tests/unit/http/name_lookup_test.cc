#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <vector>

#include "support/fake_resolver.h"
#include "support/fake_upstream.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr char kName[] = "upstream.test";

// Something at `port` of ::1 that lets no connection through and says nothing, as a network does
// that drops IPv6. Without IPv6 on this machine there is nothing to make: it is dead by itself.
class SilentIpv6 {
 public:
  explicit SilentIpv6(int port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(static_cast<uint16_t>(port));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const int listener = Open(SOCK_STREAM | SOCK_CLOEXEC);
    const int on = 1;
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(listener, generic, sizeof(address)) != 0 || listen(listener, 0) != 0) return;
    // The first ones are taken, then the kernel stops to answer.
    for (int i = 0; i < 4; ++i) {
      connect(Open(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK), generic, sizeof(address));
    }
  }
  SilentIpv6(const SilentIpv6&) = delete;
  SilentIpv6& operator=(const SilentIpv6&) = delete;
  ~SilentIpv6() {
    for (const int fd : fds_) close(fd);
  }

 private:
  int Open(int type) { return fds_.emplace_back(socket(AF_INET6, type, 0)); }

  std::vector<int> fds_;
};

class NameLookup : public testing::Test {
 protected:
  TransportOptions Options() const {
    TransportOptions options;
    options.base_url = "http://" + std::string(kName) + ":" + std::to_string(upstream_.port());
    return options;
  }

  // In which no connect timeout fits, for that is a minute here.
  static TransportRunner::Limits Soon() {
    TransportRunner::Limits limits;
    limits.deadline = 20s;
    return limits;
  }

  FakeUpstream upstream_;
};

// RFC 8305: the other family is tried while the first one is silent.
TEST_F(NameLookup, ADeadAddressFamilyCostsNoCall) {
  const SilentIpv6 silent(upstream_.port());
  const FakeResolver resolver(kName, {"::1", "127.0.0.1"});
  TransportRunner transport(Options());
  ExpectOk(transport.Send("{}", Soon()), "{}");
  EXPECT_EQ(resolver.lookups(), 1);
}

TEST_F(NameLookup, AnAddressThatRefusesCostsNoCall) {
  for (const char* refuses : {"::1", "127.0.0.2"}) {
    const FakeResolver resolver(kName, {refuses, "127.0.0.1"});
    TransportRunner transport(Options());
    ExpectOk(transport.Send("{}", Soon()), "{}");
  }
}

TEST_F(NameLookup, AddressesThatAllRefuseAreNamed) {
  const FakeResolver resolver(kName, {"::1", "127.0.0.2", "127.0.0.3"});
  TransportRunner transport(Options());
  ExpectError(transport.Send(), TransportFailure::kConnect, Delivery::kNever);
}

TEST_F(NameLookup, IsRememberedForAllConnections) {
  const FakeResolver resolver(kName, {"127.0.0.1"});
  TransportOptions options = Options();
  options.names_cached = std::chrono::minutes(10);
  TransportRunner transport(options);
  upstream_.SetDefault(Answer::Json(200, "{}", {{"Connection", "close"}}));
  for (int i = 0; i < 5; ++i) ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream_.connections(), 5);
  EXPECT_EQ(resolver.lookups(), 1);
}

// Given an upstream that moves, when the name's time is over and the connection's life as well,
// then requests go to where it is now, and none was lost on the way.
TEST_F(NameLookup, IsAskedAgainInTimeAndFollowed) {
  FakeUpstream moved({.port = upstream_.port(), .address = "127.0.0.2"});
  FakeResolver resolver(kName, {"127.0.0.1"});
  TransportOptions options = Options();
  options.names_cached = 1s;
  options.max_connection_life = 200ms;
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  resolver.SetAddresses({"127.0.0.2"});
  for (int i = 0; i < 2000 && moved.connections() == 0; ++i) {
    ExpectOk(transport.Send(), "{}");
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(moved.connections(), 1);
  EXPECT_EQ(resolver.lookups(), 2);
}

int Threads() {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                                        std::filesystem::directory_iterator()));
}

// Given a resolver that takes its time, when a thousand calls come at once, then it is asked once,
// by one thread, and all of them are served.
TEST_F(NameLookup, IsOneForAllWhoComeAtOnce) {
  FakeResolver resolver(kName, {"127.0.0.1"});
  resolver.BeSilent();
  TransportRunner transport(Options());
  const int threads = Threads();
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 1000; ++i) sent.push_back(transport.Start());
  transport.OnLoop([] {});
  EXPECT_LE(Threads(), threads + 1);
  resolver.Speak();
  for (std::future<Sent>& one : sent) ExpectOk(one.get(), "{}");
  EXPECT_EQ(resolver.lookups(), 1);
}

// Given a resolver that never answers, then calls end by their own time, whatever thread still
// waits for it; and when it speaks again, calls are served.
TEST_F(NameLookup, ThatNeverEndsEndsNoCallLate) {
  FakeResolver resolver(kName, {"127.0.0.1"});
  resolver.BeSilent();
  TransportOptions options = Options();
  options.connect_timeout = 50ms;
  TransportRunner transport(options);
  const int threads = Threads();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::future<Sent>> sent;
    for (size_t i = 0; i < options.max_connects; ++i) sent.push_back(transport.Start());
    for (std::future<Sent>& one : sent) {
      const Sent ended = one.get();
      ExpectError(ended, TransportFailure::kDns, Delivery::kNever);
      EXPECT_FALSE(ended.offered);
      EXPECT_THAT(ended.error().cause, testing::HasSubstr(kName));
    }
  }
  TransportRunner::Limits limits;
  limits.deadline = 20ms;
  ExpectError(transport.Send("{}", limits), TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_LE(Threads(), threads + 1);
  EXPECT_EQ(resolver.lookups(), 1);
  resolver.Speak();
  ASSERT_TRUE(transport.WaitForStats([&](const TransportStats&) {
    return std::holds_alternative<HttpResponse>(transport.Send().result);
  }));
}

TEST_F(NameLookup, ThatFailsIsToldToAllAndTriedAgain) {
  FakeResolver resolver(kName, {});
  resolver.BeSilent();
  TransportRunner transport(Options());
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 10; ++i) sent.push_back(transport.Start());
  transport.OnLoop([] {});
  resolver.Speak();
  for (std::future<Sent>& one : sent) {
    ExpectError(one.get(), TransportFailure::kDns, Delivery::kNever);
  }
  EXPECT_EQ(resolver.lookups(), 1);
  resolver.SetAddresses({"127.0.0.1"});
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(resolver.lookups(), 2);
}

TEST_F(NameLookup, OfTheProxyIsOneForAll) {
  FakeResolver resolver(kName, {});
  resolver.BeSilent();
  TransportOptions options = Options();
  options.base_url = "https://127.0.0.1:8443";
  options.proxy = Secret("http://user:word@" + std::string(kName) + ":3128");
  TransportRunner transport(options);
  std::vector<std::future<Sent>> sent;
  for (int i = 0; i < 10; ++i) sent.push_back(transport.Start());
  transport.OnLoop([] {});
  resolver.Speak();
  for (std::future<Sent>& one : sent) {
    const Sent ended = one.get();
    ExpectError(ended, TransportFailure::kDns, Delivery::kNever);
    EXPECT_THAT(ended.error().cause, testing::StartsWith(std::string(kName) + ":3128: "));
  }
  EXPECT_EQ(resolver.lookups(), 1);
}

// Who waits for it when the transport goes away is let go; the resolver may answer after that.
TEST_F(NameLookup, IsLeftBehindByATransportThatGoesAway) {
  FakeResolver resolver(kName, {"127.0.0.1"});
  resolver.BeSilent();
  {
    TransportRunner transport(Options());
    std::future<Sent> sent = transport.Start();
    transport.DestroyTransport();
    ExpectError(sent.get(), TransportFailure::kCancelled, Delivery::kNever);
  }
  EXPECT_EQ(upstream_.connections(), 0);
}

TEST(NameLookupDefaults, AreThoseOfTheContract) {
  EXPECT_LE(TransportOptions().names_cached, 30s);
  EXPECT_LE(TransportOptions().max_connection_life, 5min);
}

}  // namespace
}  // namespace modelgates::gateway
