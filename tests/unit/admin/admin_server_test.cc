#include "admin/admin_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "support/loopback.h"

namespace modelgates::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A client's end of a connection to the server.
class Connection {
 public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = Loopback(port);
    connected_ =
        connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    const timeval limit{30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket_); }

  bool connected() const { return connected_; }

  bool Send(std::string_view text) const {
    return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }

  // Whether the server still holds it and has sent nothing.
  bool IsHeld() const {
    char byte = 0;
    return recv(socket_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
  }

  // Everything up to the server's close.
  std::string ReceiveAll() const {
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = recv(socket_, buffer, sizeof(buffer), 0)) > 0;) {
      all.append(buffer, static_cast<size_t>(n));
    }
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

class AdminServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    AdminPages pages;
    pages.live = [this] { return live_.load(); };
    pages.ready = [this] { return ready_.load(); };
    pages.metrics = [] { return std::string("metric 1\n"); };
    pages.open_metrics = [] { return std::string("metric 1\n# EOF\n"); };
    pages.settings = [] { return std::string("--listen=a:1\n"); };
    pages.status = [] {
      return AdminAnswer{.body = "<p>fine", .type = "text/html", .policy = "script-src 'self'"};
    };
    Start(pages);
  }

  void Start(AdminPages pages) {
    auto server = AdminServer::Start("127.0.0.1:0", std::move(pages));
    ASSERT_TRUE(server.ok()) << server.status().message();
    server_ = *std::move(server);
  }

  std::string Get(std::string_view path, std::string_view method = "GET",
                  std::string_view headers = "") const {
    const Connection connection(server_->port());
    connection.Send(
        fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", method, path, headers));
    return connection.ReceiveAll();
  }

  // The answer to exactly these bytes.
  std::string Send(std::string_view bytes) const {
    const Connection connection(server_->port());
    connection.Send(bytes);
    return connection.ReceiveAll();
  }

  std::vector<std::unique_ptr<Connection>> Connect(size_t count, std::string_view sends) const {
    std::vector<std::unique_ptr<Connection>> connections;
    for (size_t i = 0; i < count; ++i) {
      connections.push_back(std::make_unique<Connection>(server_->port()));
      connections.back()->Send(sends);
    }
    return connections;
  }

  std::atomic<bool> live_{true};
  std::atomic<bool> ready_{true};
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ShowsPagesToTheBearerOnly) {
  AdminPages pages;
  pages.metrics = [] { return std::string("metric 1\n"); };
  pages.settings = [] { return std::string("--listen=a:1\n"); };
  pages.authorized = [](std::string_view bearer) { return bearer == "token-1"; };
  Start(pages);
  for (const char* page : {"/", "/metrics", "/configz", "/statusz", "/nothing"}) {
    for (const char* wrong : {"", "Authorization: Bearer token-2\r\n", "Authorization: token-1\r\n",
                              "Authorization: Basic token-1\r\n", "Authorization: Bearer\r\n"}) {
      const std::string answer = Get(page, "GET", wrong);
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 401")) << page << " " << wrong;
      EXPECT_THAT(answer, HasSubstr("\r\nWWW-Authenticate: Bearer\r\n"));
      EXPECT_THAT(answer, testing::Not(HasSubstr("metric 1")));
    }
  }
  for (const char* right :
       {"Authorization: Bearer token-1\r\n", "authorization: bearer token-1\r\n"}) {
    EXPECT_THAT(Get("/metrics", "GET", right), EndsWith("metric 1\n"));
  }
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200")) << "a kubelet has no bearer";
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, AnswersProbesByTheirState) {
  for (const auto& [path, state] : {std::pair{"/livez", &live_}, std::pair{"/readyz", &ready_}}) {
    EXPECT_THAT(Get(path), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\nok\n")));
    *state = false;
    EXPECT_THAT(Get(path), AllOf(StartsWith("HTTP/1.1 503"), EndsWith("unavailable\n")));
    *state = true;
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(AdminServerTest, ShowsMetricsAndSettings) {
  EXPECT_THAT(Get("/metrics"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("version=0.0.4"),
                                     EndsWith("\r\n\r\nmetric 1\n")));
  EXPECT_THAT(Get("/metrics?x=1"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/configz"), EndsWith("\r\n\r\n--listen=a:1\n"));
}

TEST_F(AdminServerTest, ShowsOpenMetricsToWhoAsksForIt) {
  const auto shown = [this](const std::string& accept) {
    return Get("/metrics", "GET", "Accept: " + accept + "\r\n");
  };
  constexpr const char* kOpenMetricsType =
      "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
  for (const char* accept :
       {"application/openmetrics-text", "Application/OpenMetrics-Text;version=1.0.0;q=0.5",
        "application/openmetrics-text;version=1.0.0,application/"
        "openmetrics-text;version=0.0.1;q=0.75,"
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}) {
    EXPECT_THAT(shown(accept), AllOf(HasSubstr(kOpenMetricsType), EndsWith("\n# EOF\n"))) << accept;
  }
  for (const char* accept : {"text/plain", "*/*", "", "application/openmetrics-text; q=0",
                             "application/openmetrics-text;q=0.000", "application/openmetrics"}) {
    EXPECT_THAT(shown(accept), AllOf(HasSubstr("version=0.0.4"), EndsWith("\nmetric 1\n")))
        << accept;
  }
}

TEST_F(AdminServerTest, HasNothingElse) {
  for (const char* path :
       {"/index.html", "/metrics/", "/METRICS", "/../etc/passwd", "/statusz/", "/livez%00"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 404")) << path;
  }
  Start(AdminPages());
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/configz"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/statusz"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
}

// The index has a link to each page, and to none that there is not.
TEST_F(AdminServerTest, HasAnIndex) {
  const std::string index = Get("/");
  EXPECT_THAT(index, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("text/html")));
  for (const char* path : {"/statusz", "/metrics", "/configz", "/livez", "/readyz"}) {
    EXPECT_THAT(index, HasSubstr(fmt::format("<a href=\"{0}\">{0}</a>", path)));
  }
  Start(AdminPages());
  EXPECT_THAT(Get("/"), AllOf(HasSubstr("/livez"), Not(HasSubstr("/metrics"))));
}

// What a browser makes of a page is what the page allows, and nothing when it says nothing.
TEST_F(AdminServerTest, TellsBrowsersWhatAPageMayDo) {
  EXPECT_THAT(Get("/statusz"),
              AllOf(HasSubstr("\r\nContent-Type: text/html\r\n"),
                    HasSubstr("\r\nContent-Security-Policy: script-src 'self'\r\n"),
                    EndsWith("\r\n\r\n<p>fine")));
  for (const char* path : {"/", "/metrics", "/livez", "/nothing"}) {
    EXPECT_THAT(Get(path), AllOf(HasSubstr("\r\nContent-Security-Policy: default-src 'none'; "
                                           "frame-ancestors 'none'\r\n"),
                                 HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"),
                                 HasSubstr("\r\nReferrer-Policy: no-referrer\r\n")))
        << path;
  }
}

// Given something to sample, then it is sampled again and again, and not after the stop.
TEST_F(AdminServerTest, SamplesAtItsInterval) {
  constexpr int kWanted = 3;
  std::mutex mutex;
  std::condition_variable changed;
  int samples = 0;
  AdminPages pages;
  pages.sample_interval = std::chrono::milliseconds(1);
  pages.sample = [&] {
    const std::lock_guard lock(mutex);
    ++samples;
    changed.notify_all();
  };
  Start(pages);
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(
        changed.wait_for(lock, std::chrono::seconds(30), [&] { return samples >= kWanted; }));
  }
  server_->Stop();
  const int at_stop = samples;
  server_.reset();
  EXPECT_EQ(samples, at_stop);
}

TEST_F(AdminServerTest, ReadsOnly) {
  EXPECT_THAT(Get("/livez", "HEAD"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\n")));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    EXPECT_THAT(Get("/livez", method), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET")));
  }
}

TEST_F(AdminServerTest, IgnoresRanges) {
  EXPECT_THAT(Get("/metrics", "GET", "Range: bytes=0-1,0-1,0-1\r\n"),
              EndsWith("\r\n\r\nmetric 1\n"));
}

TEST_F(AdminServerTest, ServesOneRequestPerConnection) {
  const Connection connection(server_->port());
  connection.Send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(connection.ReceiveAll(), HasSubstr("Connection: close"));
}

TEST_F(AdminServerTest, RefusesWhatIsNoRequestWithWords) {
  EXPECT_THAT(Send("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Send("GET /livez HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Send("GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  const std::string field = "X: " + std::string(AdminServer::kMaxHeadBytes, 'x');
  EXPECT_THAT(Send("GET /livez HTTP/1.1\r\nHost: localhost\r\n" + field + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
}

TEST_F(AdminServerTest, TakesWhatOldAndCarelessClientsSend) {
  EXPECT_THAT(Send("GET /configz HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/livez", "GET", "Content-Length: 5\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Send("POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"),
              StartsWith("HTTP/1.1 405"));
}

// A foreign page whose name was made to resolve to this address must not read settings or metrics;
// a balancer that probes by a name may.
TEST_F(AdminServerTest, ShowsPagesToItsOwnHostsOnly) {
  const auto status = [this](std::string_view path, std::string_view host) {
    return Send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, host)).substr(0, 12);
  };
  for (const char* path : {"/", "/configz", "/metrics", "/statusz"}) {
    EXPECT_EQ(status(path, "127.0.0.1:9090"), "HTTP/1.1 200");
    EXPECT_EQ(status(path, "evil.example"), "HTTP/1.1 421");
    EXPECT_EQ(status(path, ""), "HTTP/1.1 421");
  }
  EXPECT_EQ(status("/livez", "gateway.example"), "HTTP/1.1 200");
  EXPECT_EQ(status("/readyz", "gateway.example"), "HTTP/1.1 200");
}

struct PeerCase {
  const char* name;
  size_t count;
  const char* sends;
};

class AdminServerPeers : public AdminServerTest, public testing::WithParamInterface<PeerCase> {};

// Given clients that send nothing, or half a request, when somebody else asks, then he is answered
// while they are still held.
TEST_P(AdminServerPeers, HoldUpNobody) {
  const auto peers = Connect(GetParam().count, GetParam().sends);
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200"));
  for (const auto& peer : peers) EXPECT_TRUE(peer->IsHeld());
}

INSTANTIATE_TEST_SUITE_P(AdminServer, AdminServerPeers,
                         testing::Values(PeerCase{"FourIdle", 4, ""}, PeerCase{"ManyIdle", 200, ""},
                                         PeerCase{"HalfALine", 100, "GET /liv"},
                                         PeerCase{"HalfAHead", 100, "GET /livez HTTP/1.1\r\nX: "}),
                         [](const auto& param) { return param.param.name; });

TEST_F(AdminServerTest, SlowReadersHoldUpNobody) {
  AdminPages pages;
  pages.metrics = [] { return std::string(4 * 1024 * 1024, 'x'); };
  Start(pages);
  const auto readers = Connect(8, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(readers.front()->ReceiveAll(), EndsWith(std::string(100, 'x')));
}

// More than it holds at once: the oldest go, and who asks is answered.
TEST_F(AdminServerTest, EndsTheOldestOfTooManyConnections) {
  constexpr size_t kMore = 8;
  const auto peers = Connect(AdminServer::kMaxConnections + kMore, "");
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  for (size_t i = 0; i < kMore; ++i) EXPECT_THAT(peers[i]->ReceiveAll(), IsEmpty());
  EXPECT_TRUE(peers.back()->IsHeld());
}

TEST_F(AdminServerTest, EndsAConnectionWhoseTimeIsUp) {
  const auto peers = Connect(1, "GET /livez HTTP/1.1\r\nX: ");
  EXPECT_THAT(peers.front()->ReceiveAll(), IsEmpty());
}

TEST_F(AdminServerTest, StopDoesNotWaitForSilentClients) {
  const auto peers = Connect(1, "GET /livez");
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(peers.front()->IsHeld());
  server_->Stop();
  server_->Stop();
  EXPECT_THAT(peers.front()->ReceiveAll(), IsEmpty());
  EXPECT_FALSE(Connection(server_->port()).connected());
}

// A loop that brings fresh numbers when the test says so.
class AdminServerRefresh : public AdminServerTest {
 protected:
  void SetUp() override {
    AdminPages pages;
    pages.refresh_metrics = [this](std::function<void()> done) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(std::move(done));
      changed_.notify_all();
    };
    pages.metrics = [this] { return fresh_ ? std::string("fresh\n") : std::string("stale\n"); };
    Start(pages);
  }

  // The one who asked.
  std::function<void()> WaitUntilAsked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !asked_.empty(); });
    return asked_.front();
  }
  size_t asked() {
    const std::lock_guard lock(mutex_);
    return asked_.size();
  }

  std::atomic<bool> fresh_{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void()>> asked_;
};

constexpr const char* kGetMetrics = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_F(AdminServerRefresh, ShowsFreshNumbersOnceTheyAreThereAndHoldsUpNobody) {
  const auto scrapers = Connect(2, kGetMetrics);
  const std::function<void()> done = WaitUntilAsked();
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(asked(), 1u) << "each scraper asks the loop";
  fresh_ = true;
  done();
  for (const auto& scraper : scrapers) EXPECT_THAT(scraper->ReceiveAll(), EndsWith("fresh\n"));
}

TEST_F(AdminServerRefresh, ShowsTheLastNumbersWhenTheLoopHangs) {
  EXPECT_THAT(Send(kGetMetrics), EndsWith("stale\n"));
  EXPECT_THAT(Send(kGetMetrics), EndsWith("stale\n"));
  EXPECT_EQ(asked(), 2u);
}

TEST_F(AdminServerRefresh, NumbersThatComeAfterItsEndDoNoHarm) {
  const auto scrapers = Connect(1, kGetMetrics);
  const std::function<void()> done = WaitUntilAsked();
  server_.reset();
  done();
  EXPECT_THAT(scrapers.front()->ReceiveAll(), EndsWith("stale\n"));
}

TEST_F(AdminServerTest, ReportsItsAddress) {
  EXPECT_GT(server_->port(), 0);
  EXPECT_EQ(server_->address(), fmt::format("127.0.0.1:{}", server_->port()));
}

TEST_F(AdminServerTest, DoesNotShareItsPort) {
  const auto second = AdminServer::Start(server_->address(), {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().message(),
            fmt::format("cannot listen on {}: Address already in use", server_->address()));
}

// The other side of the same promise: nobody else who asks for sharing gets in.
TEST_F(AdminServerTest, NobodyCanShareItsPort) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(socket_fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
  setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const sockaddr_in address = Loopback(server_->port());
  EXPECT_NE(bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(socket_fd);
}

TEST(AdminServerStart, NamesAnAddressThatIsNotThere) {
  for (const char* listen : {"192.0.2.1:9090", "no-such-host.invalid:0"}) {
    const auto server = AdminServer::Start(listen, {});
    ASSERT_FALSE(server.ok()) << listen;
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(listen));
  }
}

TEST(AdminServerStart, ServesOnIpv6OrSaysWhyNot) {
  const auto server = AdminServer::Start("[::1]:0", {});
  if (server.ok()) {
    EXPECT_THAT((*server)->address(), StartsWith("[::1]:"));
  } else {  // a machine without IPv6
    EXPECT_THAT(std::string(server.status().message()), HasSubstr("[::1]:0"));
  }
}

}  // namespace
}  // namespace modelgates::gateway
