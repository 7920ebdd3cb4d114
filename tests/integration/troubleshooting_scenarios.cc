#include <signal.h>

#include <limits>

#include "integration/troubled_gateway.h"
#include "support/fake_proxy.h"
#include "support/generic_call.h"
#include "support/tcp_connection.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using Validity = TestCertificate::Validity;

constexpr char kHost[] = "127.0.0.1";

// An address where nothing listens.
std::string DeadAddress() {
  const FakeUpstream gone;
  return std::string(kHost) + ":" + std::to_string(gone.port());
}

CallEnd WithUpstream(TroubledGateway& trouble, const std::string& url) {
  trouble.Start({"--max_attempts=1", "--upstream=" + url});
  return trouble.Create();
}

CallEnd ThroughProxy(TroubledGateway& trouble, const std::string& status) {
  const auto& proxy = trouble.Keep<FakeProxy>(
      trouble.upstream.port(), "HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
  trouble.Start({"--max_attempts=1", "--upstream_proxy=" + proxy.url()});
  return trouble.Create();
}

CallEnd WithCertificate(TroubledGateway& trouble, const std::string& host, Validity validity) {
  const auto& certificate = trouble.Keep<TestCertificate>(host, validity);
  trouble.StartWithCertificates(certificate, certificate);
  return trouble.Create();
}

CallEnd WithAnswer(TroubledGateway& trouble, const Answer& answer) {
  trouble.upstream.SetDefault(kCreatePath, answer);
  trouble.Start({"--max_attempts=1", "--connect_timeout=100ms", "--attempt_timeout=200ms"});
  return trouble.Create();
}

CallEnd NameIsNotFound(TroubledGateway& trouble) {
  return WithUpstream(trouble, "https://upstream.invalid/api/v1");
}

CallEnd ConnectionIsRefused(TroubledGateway& trouble) {
  return WithUpstream(trouble, "http://" + DeadAddress());
}

CallEnd ConnectionTimesOut(TroubledGateway& trouble) {
  const auto& certificate = trouble.Keep<TestCertificate>(kHost);
  auto& silent =
      trouble.Keep<FakeUpstream>(FakeUpstream::Options{.tls = certificate.server_context()});
  silent.EnqueueConnection(OnAccept::kIgnore);
  trouble.Start({"--max_attempts=1", "--connect_timeout=200ms", "--upstream=" + silent.url()});
  return trouble.Create();
}

CallEnd ProxyWantsAPassword(TroubledGateway& trouble) { return ThroughProxy(trouble, "407"); }
CallEnd ProxyRefuses(TroubledGateway& trouble) { return ThroughProxy(trouble, "403"); }

CallEnd HttpIsTooOld(TroubledGateway& trouble) {
  const auto& certificate = trouble.Keep<TestCertificate>(kHost);
  const auto& upstream =
      trouble.Keep<FakeUpstream>(FakeUpstream::Options{.tls = certificate.server_context()});
  trouble.Start({"--max_attempts=1", "--upstream_http=2", "--upstream=" + upstream.url(),
                 "--upstream_ca_file=" + certificate.ca_file()});
  return trouble.Create();
}

CallEnd CertificateIsOver(TroubledGateway& trouble) {
  return WithCertificate(trouble, kHost, Validity::kOver);
}
CallEnd CertificateIsNotYetValid(TroubledGateway& trouble) {
  return WithCertificate(trouble, kHost, Validity::kNotYet);
}
CallEnd CertificateIsOfAnotherHost(TroubledGateway& trouble) {
  return WithCertificate(trouble, "upstream.example", Validity::kNow);
}
CallEnd CertificateIsOfAnotherCa(TroubledGateway& trouble) {
  trouble.StartWithCertificates(trouble.Keep<TestCertificate>(kHost),
                                trouble.Keep<TestCertificate>(kHost));
  return trouble.Create();
}

CallEnd ConnectionsBreak(TroubledGateway& trouble) {
  return WithAnswer(trouble, Answer().ThenReset());
}

CallEnd NoAnswerInTime(TroubledGateway& trouble) { return WithAnswer(trouble, Answer::Hang()); }

CallEnd OutcomeIsUnknown(TroubledGateway& trouble) {
  trouble.upstream.SetDefault(kExchangePath, Answer().ThenReset());
  trouble.Start();
  return trouble.Exchange();
}

CallEnd IsBlocked(TroubledGateway& trouble) {
  return WithAnswer(trouble, Answer::Bytes("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n"
                                           "Content-Length: 15\r\n\r\n<h1>Sorry.</h1>"));
}

CallEnd FieldIsMissing(TroubledGateway& trouble) {
  return WithAnswer(trouble, Answer::Json(200, R"({"data":{"id":"auth-code-1"}})"));
}

CallEnd KeyIsRejected(TroubledGateway& trouble) {
  trouble.upstream.SetDefault(Answer::Json(401, ErrorBody(401, "no such key")));
  trouble.upstream.SetDefault(kCreatePath, Answer::Json(401, ErrorBody(401, "no such key")));
  trouble.Start({}, {"MODELGATES_API_KEY=sk-revoked"});
  return trouble.Create();
}

CallEnd KeyFileIsEmpty(TroubledGateway& trouble) {
  trouble.files.Mount({{"key", "sk-first"}});
  trouble.Start({"--api_key_file=" + trouble.files / "key"});
  trouble.files.Mount({{"key", "\n"}});
  trouble.gateway->WaitForEvent("reload_failed");
  return trouble.Create();
}

CallEnd BreakerIsOpen(TroubledGateway& trouble) {
  trouble.upstream.SetDefault(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  trouble.Start({"--max_attempts=1", "--breaker_min_attempts=2", "--breaker_probe_interval=60s"});
  trouble.Create();
  trouble.Create();
  return trouble.Create();
}

CallEnd RetryBudgetIsEmpty(TroubledGateway& trouble) {
  constexpr int kMost = 20;
  trouble.upstream.SetDefault(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  trouble.Start({"--nobreaker", "--retry_budget_percent=0", "--retry_budget_min_rate=1"});
  CallEnd end = trouble.Create();
  for (int i = 0; i < kMost && ErrorOf(end).Metadata("stopReason") != "budget_exhausted"; ++i) {
    end = trouble.Create();
  }
  return end;
}

CallEnd TooManyCalls(TroubledGateway& trouble) {
  trouble.upstream.SetDefault(kExchangePath, Answer::Hang());
  trouble.Start({"--max_concurrent_calls=1"});
  trouble.KeepCall(trouble.client->StartExchange(MinimalExchange("code-1")));
  trouble.upstream.WaitForRequests(1);
  return trouble.Create();
}

CallEnd CallerIsAboveItsShare(TroubledGateway& trouble) {
  constexpr int kMost = 20;
  trouble.StartWithRules(R"({"callers": [{"id": "address:*", "methods": ["*"], "rate": 1}]})");
  CallEnd end = trouble.Create();
  for (int i = 0; i < kMost && end.ok(); ++i) end = trouble.Create();
  return end;
}

CallEnd CallerIsNotAllowed(TroubledGateway& trouble) {
  trouble.StartWithRules(R"({"callers": [{"id": "address:*", "methods": ["ExchangeAuthCode"]}]})");
  return trouble.Create();
}

CallEnd FieldIsWrong(TroubledGateway& trouble) {
  trouble.Start();
  auto request = MinimalCreate();
  request.set_limit(std::numeric_limits<double>::quiet_NaN());
  return trouble.client->Create(request);
}

CallEnd MethodDoesNotExist(TroubledGateway& trouble) {
  trouble.Start();
  return CallMethod(trouble.client->channel(), "/modelgates.oauth.v1.OAuthService/Refresh");
}

CallEnd GatewayDrains(TroubledGateway& trouble) {
  constexpr int kMostConnections = 100'000;
  trouble.upstream.SetDefault(kCreatePath, Answer::Hang());
  trouble.Start();
  trouble.KeepCall(trouble.client->StartCreate(MinimalCreate()));
  trouble.upstream.WaitForRequests(1);
  trouble.gateway->Signal(SIGTERM);
  for (int i = 0; i < kMostConnections; ++i) {
    if (!TcpConnection(trouble.gateway->grpc_address()).connected()) break;
  }
  return GatewayClient(trouble.gateway->grpc_address()).Exchange(MinimalExchange("code-1"));
}

CallEnd NoClientCertificate(TroubledGateway& trouble) {
  trouble.StartWithMutualTls(TestAuthority());
  return trouble.CreateByTls(std::nullopt);
}

CallEnd ClientCertificateOfAnotherCa(TroubledGateway& trouble) {
  trouble.StartWithMutualTls(TestAuthority());
  return trouble.CreateByTls(TestAuthority().Issue({.names = {"DNS:caller.example"}}));
}

CallEnd PlainText(TroubledGateway& trouble) {
  trouble.StartWithMutualTls(TestAuthority());
  return trouble.Create();
}

CallEnd TooManyConnections(TroubledGateway& trouble) {
  trouble.Start({"--max_connections_per_address=1"});
  trouble.Create();
  return GatewayClient(trouble.gateway->grpc_address()).Create(MinimalCreate());
}

CallEnd StoreIsDown(TroubledGateway& trouble) {
  trouble.files.Mount({{"pepper", std::string(33, 'p')}});
  trouble.Start({"--exchange_store=redis://" + DeadAddress(),
                 "--exchange_pepper_file=" + trouble.files / "pepper"});
  return trouble.Exchange();
}

CallEnd CollectorIsDown(TroubledGateway& trouble) {
  trouble.Start({}, {"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + DeadAddress(),
                     "OTEL_BSP_SCHEDULE_DELAY=50", "OTEL_BSP_EXPORT_TIMEOUT=200"});
  return trouble.Create();
}

}  // namespace

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {
      {"Its name is not found", NameIsNotFound},
      {"It refuses connections", ConnectionIsRefused},
      {"Connections time out", ConnectionTimesOut},
      {"The proxy wants a password", ProxyWantsAPassword},
      {"The proxy refuses", ProxyRefuses},
      {"It does not speak HTTP/2", HttpIsTooOld},
      {"Its certificate has expired", CertificateIsOver},
      {"Its certificate is not valid yet", CertificateIsNotYetValid},
      {"Its certificate is for another name", CertificateIsOfAnotherHost},
      {"Its certificate is of an unknown CA", CertificateIsOfAnotherCa},
      {"It breaks connections off", ConnectionsBreak},
      {"It does not answer in time", NoAnswerInTime},
      {"The outcome of an exchange is unknown", OutcomeIsUnknown},
      {"Something in front of the API blocks", IsBlocked},
      {"Its answers lack a field", FieldIsMissing},
      {"The upstream rejects the gateway's key", KeyIsRejected},
      {"The file of the key cannot be used", KeyFileIsEmpty},
      {"The circuit breaker is open", BreakerIsOpen},
      {"The retry budget is empty", RetryBudgetIsEmpty},
      {"There are too many calls", TooManyCalls},
      {"A caller is above its share", CallerIsAboveItsShare},
      {"A caller is not allowed", CallerIsNotAllowed},
      {"A request has a wrong field", FieldIsWrong},
      {"A method does not exist", MethodDoesNotExist},
      {"The gateway drains", GatewayDrains},
      {"No client certificate", NoClientCertificate},
      {"A client certificate of an unknown CA", ClientCertificateOfAnotherCa},
      {"Plain text to a port with TLS", PlainText},
      {"Too many connections", TooManyConnections},
      {"The shared store is down", StoreIsDown},
      {"Traces do not arrive", CollectorIsDown},
  };
  return scenarios;
}

}  // namespace modelgates::gateway
