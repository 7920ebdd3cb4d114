#include "integration/gateway_fixture.h"
#include "support/fake_proxy.h"
#include "support/metric_value.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class UpstreamConnectionFlow : public GatewayTest {
 protected:
  // What the line of the only call says of it.
  std::string Cause() const {
    EXPECT_TRUE(log_.WaitForLines("call", 1));
    return log_.Lines("call").at(0).value("cause", "");
  }
  // Returns its address.
  std::string UseUpstreamWhoseCertificateIsOver() {
    over_.emplace("127.0.0.1", TestCertificate::Validity::kOver);
    tls_upstream_.emplace(FakeUpstream::Options{.tls = over_->server_context()});
    config_.upstream = tls_upstream_->url();
    config_.upstream_ca_file = over_->ca_file();
    return "127.0.0.1:" + std::to_string(tls_upstream_->port());
  }

 private:
  std::optional<TestCertificate> over_;
  std::optional<FakeUpstream> tls_upstream_;
};

// Given room for two connections, when many calls come at once, then all are served by these two.
TEST_F(UpstreamConnectionFlow, AreAsManyAsAllowedWhoeverCalls) {
  config_.max_upstream_connections = 2;
  std::vector<std::unique_ptr<GatewayClient::PendingCreate>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(client().StartCreate(MinimalCreate()));
  for (const auto& call : calls) EXPECT_THAT(call->Wait(), Succeeds());
  EXPECT_LE(upstream_.connections(), 2);
}

// Given all connections in use, when an exchange has waited for one until its deadline, then its
// code was not sent.
TEST_F(UpstreamConnectionFlow, ThatNeverComesFreeLeavesTheCodeUnsent) {
  config_.max_upstream_connections = 1;
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  const CallSettings long_one{.deadline = milliseconds(20'000)};
  const CallSettings short_one{.deadline = milliseconds(1'000)};
  auto holder = client().StartExchange(MinimalExchange("code-1"), long_one);
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  const CallEnd waited = client().Exchange(MinimalExchange("code-2"), short_one);
  EXPECT_THAT(waited, FailsWith(grpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
  EXPECT_EQ(ErrorOf(waited).Metadata("authCodeState"), "UNSENT");
  holder->Cancel();
  holder->Wait();
  EXPECT_EQ(upstream_.Requests().size(), 1u);
}

TEST_F(UpstreamConnectionFlow, WhoseCertificateIsOverIsExplainedInTheLogAlone) {
  const std::string address = UseUpstreamWhoseCertificateIsOver();
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_TLS_UNTRUSTED"));
  EXPECT_THAT(created.status.error_message(), Not(HasSubstr("has expired")));
  EXPECT_THAT(Cause(), AllOf(HasSubstr("certificate has expired"), HasSubstr(address)));
}

// Given an upstream with an expired certificate, when many calls fail, then one line says which
// check failed, in which attempt, and all are counted.
TEST_F(UpstreamConnectionFlow, ThatFailIsSaidOnceAndCounted) {
  const std::string address = UseUpstreamWhoseCertificateIsOver();
  config_.admin_listen = "127.0.0.1:0";
  config_.breaker = false;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(Create().ok());
  ASSERT_TRUE(log_.WaitForLines("call", 20));
  const auto lines = log_.Lines("upstream_failed");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["failure"], "tls_untrusted");
  EXPECT_EQ(lines[0]["detail"], "certificate_expired");
  EXPECT_EQ(lines[0]["attempt"], 1);
  EXPECT_EQ(lines[0]["request_id"], log_.Lines("call")[0]["request_id"]);
  EXPECT_THAT(lines[0]["cause"].get<std::string>(), HasSubstr(address));
  const auto failures =
      MetricValue(server().admin_address(),
                  "oauth_gateway_upstream_failures_total{cause=\"certificate_expired\"}");
  EXPECT_GE(failures.value_or(0), 20);
}

TEST_F(UpstreamConnectionFlow, ThatIsRefusedByStatusNamesTheUpstreamsRequest) {
  upstream_.SetDefault(kCreatePath,
                       Answer::Json(403, ErrorBody(403, "no"), {{"x-request-id", "req_upstream"}}));
  EXPECT_FALSE(Create().ok());
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call")[0]["upstream_request_id"], "req_upstream");
}

TEST_F(UpstreamConnectionFlow, ThroughAProxyThatAsksWhoWeAreHasWordsOfItsOwn) {
  const FakeProxy proxy(upstream_.port(),
                        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n"
                        "Content-Length: 0\r\n\r\n");
  std::string url = proxy.url();
  url.insert(url.find("127."), "proxy-user:proxy-word@");
  config_.upstream_proxy = Secret(url);
  const auto exchanged = Exchange("code-1");
  EXPECT_THAT(exchanged, FailsWith(grpc::UNAVAILABLE, "UPSTREAM_CONNECT_FAILED"));
  EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNSENT");
  EXPECT_EQ(ErrorOf(exchanged).Metadata("attempts"), "1");
  EXPECT_THAT(exchanged.status.error_message(), HasSubstr("--upstream_proxy"));
  EXPECT_THAT(Cause(), HasSubstr("407"));
  EXPECT_THAT(log_.text(), Not(HasSubstr("proxy-word")));
}

}  // namespace
}  // namespace modelgates::gateway
