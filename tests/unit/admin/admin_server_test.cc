#include "admin/admin_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <vector>

#include "admin/bounded_http_server.h"

namespace modelgates::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

// A client's end of a connection to the server.
class Connection {
 public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
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
    pages.settings = [] { return std::string("--listen=a:1\n"); };
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
    connection.Send(fmt::format("{} {} HTTP/1.1\r\nHost: a\r\n{}\r\n", method, path, headers));
    return connection.ReceiveAll();
  }

  std::atomic<bool> live_{true};
  std::atomic<bool> ready_{true};
  std::unique_ptr<AdminServer> server_;
};

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

TEST_F(AdminServerTest, HasNothingElse) {
  for (const char* path :
       {"/", "/metrics/", "/METRICS", "/../etc/passwd", "/statusz", "/livez%00"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 404")) << path;
  }
  Start(AdminPages());
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/configz"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
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
  connection.Send("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(connection.ReceiveAll(), HasSubstr("Connection: close"));
}

TEST_F(AdminServerTest, DropsAHeadThatIsTooLarge) {
  const Connection connection(server_->port());
  connection.Send("GET /livez HTTP/1.1\r\n");
  const std::string field = "X: " + std::string(1000, 'x') + "\r\n";
  for (int i = 0; i < 20 && connection.Send(field); ++i) {
  }
  EXPECT_THAT(connection.ReceiveAll(), Not(HasSubstr("200 OK")));
}

// Given as many silent clients as there are threads, and one that sends a byte now and then,
// when a probe asks, then it is answered once the others' time is up.
TEST_F(AdminServerTest, SlowClientsDoNotBlockOthersForEver) {
  std::vector<std::unique_ptr<Connection>> slow;
  for (size_t i = 0; i < BoundedHttpServer::kThreads; ++i) {
    slow.push_back(std::make_unique<Connection>(server_->port()));
    slow.back()->Send("GET /livez HTTP/1.1\r\nX: ");
  }
  std::atomic<bool> stop{false};
  std::jthread trickle([&] {
    while (!stop.load()) {
      for (const auto& connection : slow) connection->Send("x");
      usleep(20'000);
    }
  });
  const Clock::time_point start = Clock::now();
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_LT(Clock::now() - start, 2 * BoundedHttpServer::kConnectionTime);
  stop = true;
}

TEST_F(AdminServerTest, StopDoesNotWaitForSilentClients) {
  const Connection silent(server_->port());
  silent.Send("GET /livez");
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  const Clock::time_point start = Clock::now();
  server_->Stop();
  server_->Stop();
  EXPECT_LT(Clock::now() - start, BoundedHttpServer::kConnectionTime / 2);
  EXPECT_FALSE(Connection(server_->port()).connected());
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
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(bind(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
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
