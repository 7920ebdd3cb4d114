#include <gtest/gtest.h>

#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

class TransportTls : public testing::Test {
 protected:
  static FakeUpstream::Options Serving(const TestCertificate& certificate) {
    FakeUpstream::Options options;
    options.tls = certificate.server_context();
    return options;
  }
  static TransportOptions Trusting(const TestCertificate& certificate, const std::string& url) {
    TransportOptions options;
    options.base_url = url;
    options.ca_file = certificate.ca_file();
    return options;
  }

  const TestCertificate certificate_{"127.0.0.1"};
  FakeUpstream upstream_{Serving(certificate_)};
};

TEST_F(TransportTls, ATrustedUpstreamIsSpokenTo) {
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  ExpectOk(transport.Send("secret"), "{}");
  EXPECT_EQ(upstream_.Requests().at(0).body, "secret");
}

TEST_F(TransportTls, ALargeBodyArrivesWhole) {
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  const std::string body(3'000'000, 'x');
  ExpectOk(transport.Send(body), "{}");
  EXPECT_TRUE(upstream_.Requests().at(0).body == body);
}

TEST_F(TransportTls, ALargeAnswerArrivesWhole) {
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  const std::string body(256 * 1024, 'x');
  upstream_.SetDefault(Answer::Json(200, body));
  for (int i = 0; i < 3; ++i) ExpectOk(transport.Send(), body);
  EXPECT_EQ(upstream_.connections(), 1);
}

TEST_F(TransportTls, AnUnknownAuthorityIsNotTrusted) {
  const TestCertificate other("127.0.0.1");
  TransportRunner transport(Trusting(other, upstream_.url()));
  const Sent sent = transport.Send();
  ExpectError(sent, TransportFailure::kTlsUntrusted, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(upstream_.Requests().size(), 0u);
}

TEST_F(TransportTls, TheSystemsAuthoritiesDoNotKnowATestServer) {
  TransportRunner transport(upstream_.url());
  ExpectError(transport.Send(), TransportFailure::kTlsUntrusted, Delivery::kNever);
}

TEST_F(TransportTls, ACertificateForAnotherHostIsNotTrusted) {
  const TestCertificate other("upstream.example");
  FakeUpstream upstream(Serving(other));
  TransportRunner transport(Trusting(other, upstream.url()));
  ExpectError(transport.Send(), TransportFailure::kTlsUntrusted, Delivery::kNever);
}

TEST_F(TransportTls, AMissingCaFileTrustsNobody) {
  TransportOptions options;
  options.base_url = upstream_.url();
  options.ca_file = "/nonexistent/ca.pem";
  TransportRunner transport(options);
  ExpectError(transport.Send(), TransportFailure::kTlsUntrusted, Delivery::kNever);
}

TEST_F(TransportTls, APlainServerBehindHttpsIsABrokenHandshake) {
  FakeUpstream plain;
  // A plain server that waits for the end of a head would wait for ever.
  plain.EnqueueConnection(OnAccept::kSpeakPlain);
  TransportRunner transport("https://127.0.0.1:" + std::to_string(plain.port()));
  ExpectError(transport.Send(), TransportFailure::kTls, Delivery::kNever);
}

TEST_F(TransportTls, AHandshakeThatIsResetIsBroken) {
  upstream_.EnqueueConnection(OnAccept::kResetInHello);
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  ExpectError(transport.Send(), TransportFailure::kTls, Delivery::kNever);
}

// A TLS proxy may refuse a protocol that it does not serve.
TEST_F(TransportTls, HttpIsOfferedOnlyWhereItIsSpoken) {
  const auto refuse = [](SSL*, const unsigned char**, unsigned char*, const unsigned char*,
                         unsigned, void*) { return SSL_TLSEXT_ERR_ALERT_FATAL; };
  SSL_CTX_set_alpn_select_cb(certificate_.server_context(), refuse, nullptr);
  TransportOptions options = Trusting(certificate_, upstream_.url());
  ExpectError(TransportRunner(options).Send(), TransportFailure::kTls, Delivery::kNever);
  options.speaks_http = false;
  ExpectOk(TransportRunner(options).Send(), "{}");
}

TEST_F(TransportTls, Tls11IsNotSpoken) {
  SSL_CTX_set_max_proto_version(certificate_.server_context(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(certificate_.server_context(), 0);
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  ExpectError(transport.Send(), TransportFailure::kTls, Delivery::kNever);
}

TEST_F(TransportTls, Tls12IsSpokenAndItsConnectionReused) {
  SSL_CTX_set_max_proto_version(certificate_.server_context(), TLS1_2_VERSION);
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  ExpectOk(transport.Send(), "{}");
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream_.connections(), 1);
}

// Without a close_notify anybody could have ended the answer (RFC 9112, 9.8).
TEST_F(TransportTls, AnAnswerWithoutLengthThatIsCutIsTruncated) {
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  upstream_.Enqueue(Answer::Bytes("HTTP/1.1 200 OK\r\n\r\n{\"a\":").ThenCut());
  ExpectError(transport.Send(), TransportFailure::kTruncated, Delivery::kAnswered, 200);
}

TEST_F(TransportTls, AnAnswerWithoutLengthThatIsClosedInOrderIsComplete) {
  TransportRunner transport(Trusting(certificate_, upstream_.url()));
  upstream_.Enqueue(Answer::Bytes("HTTP/1.1 200 OK\r\n\r\n{}").ThenClose());
  ExpectOk(transport.Send(), "{}");
}

}  // namespace
}  // namespace modelgates::gateway
