#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "support/fake_upstream.h"
#include "support/loopback.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// A port where nobody accepts and no further connection fits in: connecting there takes for ever.
class FullPort {
 public:
  FullPort() : listen_fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    port_ = BindToLoopback(listen_fd_);
    listen(listen_fd_, 0);
    const sockaddr_in address = Loopback(port_);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    // The first ones are taken, then the kernel stops to answer.
    for (int i = 0; i < 4; ++i) {
      fillers_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      connect(fillers_.back(), generic, sizeof(address));
    }
  }
  ~FullPort() {
    for (const int fd : fillers_) close(fd);
    close(listen_fd_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int listen_fd_;
  int port_ = 0;
  std::vector<int> fillers_;
};

// Where a Send stands when it is ended from outside.
enum class Stage { kConnect, kTls, kSend, kAnswer, kAnswerHead, kAnswerBody };

struct StageCase {
  const char* name;
  Stage stage;
  Delivery delivery;
  int http_status = 0;
};

class TransportWait : public testing::TestWithParam<StageCase> {
 protected:
  FakeUpstream::Options UpstreamOptions() const {
    FakeUpstream::Options options;
    options.receive_buffer_bytes = 4096;
    if (GetParam().stage == Stage::kTls) options.tls = certificate_.server_context();
    return options;
  }

  TransportOptions Options() const {
    TransportOptions options;
    options.base_url = GetParam().stage == Stage::kConnect ? full_port_.url() : upstream_.url();
    options.ca_file = certificate_.ca_file();
    return options;
  }

  void PrepareUpstream() {
    switch (GetParam().stage) {
      case Stage::kConnect:
        break;
      case Stage::kTls:
        upstream_.EnqueueConnection(OnAccept::kIgnore);
        break;
      case Stage::kSend:
        body_ = std::string(30'000'000, 'x');
        upstream_.Enqueue(Answer().After(10s).ReadingOnly(1000));
        break;
      case Stage::kAnswer:
        upstream_.Enqueue(Answer::Hang());
        break;
      case Stage::kAnswerHead:
        upstream_.Enqueue(Answer::Bytes("HTTP/1.1 200 OK\r\nContent-").ThenHang());
        break;
      case Stage::kAnswerBody:
        // Slow-loris: something always comes, but never enough.
        upstream_.Enqueue(Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                              .ThenDribble(std::string(100'000, 'x'), 1ms));
        break;
    }
  }

  // Returns when the upstream has seen as much of the request as it ever will.
  void WaitForStage() {
    switch (GetParam().stage) {
      case Stage::kConnect:
        break;
      case Stage::kTls:
        ASSERT_TRUE(upstream_.WaitForConnections(seen_connections_ + 1));
        break;
      case Stage::kSend:
      case Stage::kAnswer:
      case Stage::kAnswerHead:
      case Stage::kAnswerBody:
        ASSERT_TRUE(upstream_.WaitForRequests(seen_requests_ + 1));
        break;
    }
  }

  // Does `attempt` with ever more patience until the Send stands where this test wants it: from
  // here there is no sign that the client has read what the upstream said, and on a busy machine
  // it takes its time.
  template <class Attempt>
  Sent UntilItStands(Attempt attempt) {
    Sent sent;
    for (const auto patience : {50ms, 200ms, 1000ms, 5000ms}) {
      seen_connections_ = upstream_.connections();
      seen_requests_ = upstream_.Requests().size();
      PrepareUpstream();
      sent = attempt(patience);
      const TransportError error = sent.error();
      if (error.delivery == GetParam().delivery && error.http_status == GetParam().http_status) {
        break;
      }
    }
    return sent;
  }

  bool WasOffered() const {
    return GetParam().stage != Stage::kConnect && GetParam().stage != Stage::kTls;
  }

  TestCertificate certificate_{"127.0.0.1"};
  FullPort full_port_;
  FakeUpstream upstream_{UpstreamOptions()};
  std::string body_ = "{}";
  int seen_connections_ = 0;
  size_t seen_requests_ = 0;
};

INSTANTIATE_TEST_SUITE_P(
    , TransportWait,
    testing::Values(StageCase{"WhileConnecting", Stage::kConnect, Delivery::kNever},
                    StageCase{"WithinTheTlsHandshake", Stage::kTls, Delivery::kNever},
                    StageCase{"WhileSending", Stage::kSend, Delivery::kMaybe},
                    StageCase{"BeforeTheAnswer", Stage::kAnswer, Delivery::kMaybe},
                    StageCase{"WithinTheHead", Stage::kAnswerHead, Delivery::kAnswered, 200},
                    StageCase{"WithinTheBody", Stage::kAnswerBody, Delivery::kAnswered, 200}),
    [](const auto& row) { return row.param.name; });

TEST_P(TransportWait, IsEndedByTheDeadline) {
  TransportRunner transport(Options());
  const Sent sent = UntilItStands([&](Duration patience) {
    TransportRunner::Limits limits;
    limits.deadline = patience;
    return transport.Send(body_, limits);
  });
  ExpectError(sent, TransportFailure::kTimeout, GetParam().delivery, GetParam().http_status);
  EXPECT_EQ(sent.offered, WasOffered());
  EXPECT_EQ(transport.stats().open, 0u);
}

TEST_P(TransportWait, IsEndedByAStop) {
  TransportRunner transport(Options());
  const Sent sent = UntilItStands([&](Duration patience) {
    std::stop_source source;
    TransportRunner::Limits limits;
    limits.stop = source.get_token();
    std::future<Sent> sending = transport.Start(body_, limits);
    WaitForStage();
    if (GetParam().http_status != 0) std::this_thread::sleep_for(patience);
    transport.OnLoop([&] { source.request_stop(); });
    return sending.get();
  });
  ExpectError(sent, TransportFailure::kCancelled, GetParam().delivery, GetParam().http_status);
  EXPECT_EQ(sent.offered, WasOffered());
  EXPECT_EQ(transport.stats().open, 0u);
}

TEST_P(TransportWait, IsEndedWhenTheTransportGoesAway) {
  const Sent sent = UntilItStands([&](Duration patience) {
    TransportRunner transport(Options());
    std::future<Sent> sending = transport.Start(body_);
    WaitForStage();
    if (GetParam().http_status != 0) std::this_thread::sleep_for(patience);
    transport.DestroyTransport();
    return sending.get();
  });
  ExpectError(sent, TransportFailure::kCancelled, GetParam().delivery, GetParam().http_status);
}

// The loop has ended and will not turn again: who holds the task destroys it.
TEST_P(TransportWait, MayBeDestroyedAfterTheTransport) {
  PrepareUpstream();
  EpollLoop loop;
  HttpRequest request("/auth/keys");
  request.set_body(body_);
  auto transport = std::make_unique<CurlTransport>(loop, Options());
  const auto wait = [](Task<HttpResult> task, bool& done) -> Task<void> {
    co_await task;
    done = true;
  };
  bool done = false;
  Task<void> waiting = wait(transport->Send(request, SendOptions()), done);
  std::coroutine_handle<> none = std::noop_coroutine();
  std::thread thread([&] { loop.Run(); });
  loop.Post([&] { waiting.await_suspend(none).resume(); });
  WaitForStage();
  loop.Stop();
  thread.join();
  transport.reset();
  EXPECT_FALSE(done);
}

// Given an answer that came while the loop's thread did not get the CPU, and a deadline that passed
// meanwhile, then it is the answer that counts.
TEST(TransportDeadline, ThatPassedDuringAStallDoesNotHideAnAnswer) {
  FakeUpstream upstream;
  TransportRunner runner(upstream.url());
  ExpectOk(runner.Send(), "{}");  // leaves a connection, so that the next request goes out at once
  upstream.Enqueue(Answer::Json(200, R"({"late":1})").ThenClose());
  // The request and the stall are tasks of one turn: nothing is polled between them.
  std::promise<void> both_posted;
  runner.Post([&] { both_posted.get_future().wait(); });
  TransportRunner::Limits limits;
  limits.deadline = 20ms;
  std::future<Sent> sent = runner.Start("{}", limits);
  runner.Post([&] {
    const TimePoint end = std::chrono::steady_clock::now() + 20ms;
    EXPECT_TRUE(upstream.WaitForOpenConnections(0));  // it has said all
    while (std::chrono::steady_clock::now() <= end) continue;
  });
  both_posted.set_value();
  ExpectOk(sent.get(), R"({"late":1})");
}

TEST(TransportDeadline, ThatHasPassedSendsNothing) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  ExpectOk(transport.Send(), "{}");
  TransportRunner::Limits limits;
  limits.deadline = -1ms;
  const Sent sent = transport.Send("late", limits);
  ExpectError(sent, TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(upstream.Requests().size(), 1u);
  EXPECT_EQ(transport.stats().idle, 1u);
}

TEST(TransportStop, BeforeTheStartSendsNothing) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  ExpectOk(transport.Send(), "{}");
  std::stop_source source;
  source.request_stop();
  TransportRunner::Limits limits;
  limits.stop = source.get_token();
  const Sent sent = transport.Send("stopped", limits);
  ExpectError(sent, TransportFailure::kCancelled, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(upstream.Requests().size(), 1u);
  EXPECT_EQ(transport.stats().idle, 1u);
}

TEST(ConnectTimeout, HasItsOwnName) {
  const FullPort full_port;
  TransportOptions options;
  options.base_url = full_port.url();
  options.connect_timeout = 50ms;
  TransportRunner transport(options);
  ExpectError(transport.Send(), TransportFailure::kConnectTimeout, Delivery::kNever);
}

TEST(ConnectTimeout, IncludesTls) {
  const TestCertificate certificate("127.0.0.1");
  FakeUpstream::Options upstream_options;
  upstream_options.tls = certificate.server_context();
  FakeUpstream upstream(upstream_options);
  upstream.EnqueueConnection(OnAccept::kIgnore);
  TransportOptions options;
  options.base_url = upstream.url();
  options.ca_file = certificate.ca_file();
  options.connect_timeout = 50ms;
  TransportRunner transport(options);
  ExpectError(transport.Send(), TransportFailure::kConnectTimeout, Delivery::kNever);
}

}  // namespace
}  // namespace modelgates::gateway
