#include <gtest/gtest.h>

#include <optional>

#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

enum class Scheme { kHttp, kHttps, kHttp2, kHttp2Tls };

struct Case {
  const char* name;
  Answer answer;
  TransportFailure failure;
  Delivery delivery;
  int http_status = 0;
};

const TestCertificate& Certificate() {
  static const TestCertificate certificate("127.0.0.1");
  return certificate;
}

class TransportFailures : public testing::TestWithParam<std::tuple<Case, Scheme>> {
 protected:
  TransportOptions Options() const {
    TransportOptions options;
    options.base_url = upstream_.url();
    if (tls_) options.ca_file = Certificate().ca_file();
    if (http2_) options.http = TransportOptions::Http::k2;
    return options;
  }
  FakeUpstream::Options UpstreamOptions() const {
    FakeUpstream::Options options;
    if (tls_) options.tls = Certificate().server_context();
    options.http2 = http2_;
    return options;
  }

  const Scheme scheme_ = std::get<Scheme>(GetParam());
  const bool http2_ = scheme_ == Scheme::kHttp2 || scheme_ == Scheme::kHttp2Tls;
  const bool tls_ = scheme_ == Scheme::kHttps || scheme_ == Scheme::kHttp2Tls;
  FakeUpstream upstream_{UpstreamOptions()};
  TransportRunner transport_{Options()};
};

TEST_P(TransportFailures, AreNamedAndTheBodyIsSentOnce) {
  const Case& row = std::get<Case>(GetParam());
  upstream_.Enqueue(row.answer);
  const Sent sent = transport_.Send();
  ExpectError(sent, row.failure, row.delivery, row.http_status);
  EXPECT_TRUE(sent.offered);
  EXPECT_EQ(upstream_.Requests().size(), 1u);
  // Nothing of it is left behind; with HTTP/2 the fault may have been the stream's alone.
  const TransportStats stats = transport_.stats();
  EXPECT_EQ(stats.open, http2_ ? stats.idle : 0u);
  ExpectOk(transport_.Send(), "{}");
}

// exchange.md, promise 5: libcurl's own transfer sends the body twice here and reports success.
TEST_P(TransportFailures, OnAReusedConnectionTheBodyIsSentOnceAsWell) {
  const Case& row = std::get<Case>(GetParam());
  ExpectOk(transport_.Send("first"), "{}");
  upstream_.Enqueue(row.answer);
  ExpectError(transport_.Send("second"), row.failure, row.delivery, row.http_status);
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].body, "second");
  EXPECT_EQ(requests[1].connection, requests[0].connection);
  EXPECT_EQ(upstream_.connections(), 1);
}

std::string Storm() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "HTTP/1.1 103 Early Hints\r\n\r\n";
  return text;
}

std::string TenThousandFields() {
  std::string text = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) text += "X-" + std::to_string(i) + ": y\r\n";
  return text + "Content-Length: 2\r\n\r\n{}";
}

const char* NameOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kHttp:
      return "";
    case Scheme::kHttps:
      return "Https";
    case Scheme::kHttp2:
      return "Http2";
    case Scheme::kHttp2Tls:
      return "Http2Tls";
  }
  return "";
}

std::string NameOfRow(const testing::TestParamInfo<std::tuple<Case, Scheme>>& row) {
  return std::get<Case>(row.param).name + std::string(NameOf(std::get<Scheme>(row.param)));
}

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n";
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// Of both versions: the connection ends, or the answer is wrong in its head.
const Case kOfBoth[] = {
    {"CloseBeforeTheAnswer", Answer().ThenClose(), TransportFailure::kReset, Delivery::kMaybe},
    {"CutBeforeTheAnswer", Answer().ThenCut(), TransportFailure::kReset, Delivery::kMaybe},
    {"ResetBeforeTheAnswer", Answer().ThenReset(), TransportFailure::kReset, Delivery::kMaybe},
    {"ResetBeforeReadingTheBody", Answer().ThenReset().ReadingOnly(0), TransportFailure::kReset,
     Delivery::kMaybe},
    {"HalfCloseBeforeTheAnswer", Answer().ThenHalfClose(), TransportFailure::kReset,
     Delivery::kMaybe},
    {"CloseAfterAnInterimAnswer", Answer::Bytes("HTTP/1.1 100 Continue\r\n\r\n").ThenClose(),
     TransportFailure::kReset, Delivery::kMaybe},
    {"CloseInTheBody", Answer::Bytes(kHead + "\r\n{").ThenClose(), TransportFailure::kTruncated,
     Delivery::kAnswered, 200},
    {"ResetInTheBody", Answer::Bytes(kHead + "\r\n{").After(5ms).ThenReset(),
     TransportFailure::kTruncated, Delivery::kAnswered, 200},
    {"HalfCloseInTheBody", Answer::Bytes(kHead + "\r\n{").ThenHalfClose(),
     TransportFailure::kTruncated, Delivery::kAnswered, 200},
    {"CloseInAnErrorAnswer",
     Answer::Bytes("HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\n").ThenClose(),
     TransportFailure::kTruncated, Delivery::kAnswered, 500},
    {"NegativeLength", Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
     TransportFailure::kGarbage, Delivery::kAnswered, 200},
    {"TwoLengths",
     Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
     TransportFailure::kGarbage, Delivery::kAnswered, 200},
    {"TenThousandFields", Answer::Bytes(TenThousandFields()), TransportFailure::kGarbage,
     Delivery::kAnswered, 200},
    {"InterimStorm", Answer::Bytes(Storm()), TransportFailure::kGarbage, Delivery::kMaybe},
    {"SwitchingProtocols",
     Answer::Bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
     TransportFailure::kGarbage, Delivery::kMaybe},
};

// Of text.
const Case kOfHttp1[] = {
    {"CloseInTheStatusLine", Answer::Bytes("HTTP/1.1 2").ThenClose(), TransportFailure::kTruncated,
     Delivery::kMaybe},
    {"CloseInTheHead", Answer::Bytes(kHead).ThenClose(), TransportFailure::kTruncated,
     Delivery::kAnswered, 200},
    {"ResetInTheHead", Answer::Bytes(kHead).After(5ms).ThenReset(), TransportFailure::kTruncated,
     Delivery::kAnswered, 200},
    {"CloseInAChunk", Answer::Bytes(kChunked + "9\r\n{").ThenClose(), TransportFailure::kTruncated,
     Delivery::kAnswered, 200},
    {"Garbage", Answer::Bytes("SSH-2.0-OpenSSH_9.2\r\n"), TransportFailure::kGarbage,
     Delivery::kMaybe},
    {"BadChunk", Answer::Bytes(kChunked + "xyz\r\n{}"), TransportFailure::kGarbage,
     Delivery::kAnswered, 200},
};

// Of frames (RFC 9113, 7 for the codes).
const Case kOfHttp2[] = {
    {"StreamReset", Answer::ResetStream(0x2), TransportFailure::kReset, Delivery::kMaybe},
    {"StreamResetWithoutAnError", Answer::ResetStream(0x0), TransportFailure::kReset,
     Delivery::kMaybe},
    {"StreamResetInTheBody", Answer::Bytes(kHead + "\r\n{").After(5ms).ThenResetStream(0x8),
     TransportFailure::kTruncated, Delivery::kAnswered, 200},
    {"StreamRefused", Answer::ResetStream(0x7), TransportFailure::kRefusedStream, Delivery::kNever},
    {"GoAwayWithAnError", Answer::GoAwayBelow(0xb), TransportFailure::kRefusedStream,
     Delivery::kNever},
    {"GoAwayThenClose", Answer().ThenGoAway(0x0).ThenClose(), TransportFailure::kReset,
     Delivery::kMaybe},
    {"NoFrames", Answer().ThenFrames("SSH-2.0-OpenSSH_9.2\r\n"), TransportFailure::kGarbage,
     Delivery::kMaybe},
    {"BrokenCompression", Answer().ThenFrames(std::string("\0\0\x01\x01\x05\0\0\0\x01\xff", 10)),
     TransportFailure::kGarbage, Delivery::kMaybe},
    {"DataOnNoStream", Answer().ThenFrames(std::string("\0\0\x01\0\0\0\0\0\0x", 10)),
     TransportFailure::kGarbage, Delivery::kMaybe},
};

INSTANTIATE_TEST_SUITE_P(OfBoth, TransportFailures,
                         testing::Combine(testing::ValuesIn(kOfBoth),
                                          testing::Values(Scheme::kHttp, Scheme::kHttps,
                                                          Scheme::kHttp2, Scheme::kHttp2Tls)),
                         NameOfRow);
INSTANTIATE_TEST_SUITE_P(OfHttp1, TransportFailures,
                         testing::Combine(testing::ValuesIn(kOfHttp1),
                                          testing::Values(Scheme::kHttp, Scheme::kHttps)),
                         NameOfRow);
INSTANTIATE_TEST_SUITE_P(OfHttp2, TransportFailures,
                         testing::Combine(testing::ValuesIn(kOfHttp2),
                                          testing::Values(Scheme::kHttp2, Scheme::kHttp2Tls)),
                         NameOfRow);

TEST(TransportConnect, RefusedIsNeverDelivered) {
  int port = 0;
  {
    const FakeUpstream gone;
    port = gone.port();
  }
  TransportRunner transport("http://127.0.0.1:" + std::to_string(port));
  const Sent sent = transport.Send();
  ExpectError(sent, TransportFailure::kConnect, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
  EXPECT_EQ(transport.stats().connect_failures, 1u);
}

// RFC 6761, 6.4: a name under "invalid" never exists.
TEST(TransportConnect, AnUnknownNameIsADnsFailure) {
  TransportRunner transport(std::string("http://upstream.invalid"));
  const Sent sent = transport.Send();
  ExpectError(sent, TransportFailure::kDns, Delivery::kNever);
  EXPECT_FALSE(sent.offered);
}

// Whether the connect, the request or the reset is first is for the kernel to say.
TEST(TransportConnect, AConnectionThatIsResetAtOnceIsNotTriedTwice) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  upstream.EnqueueConnection(OnAccept::kReset);
  const TransportError error = transport.Send().error();
  EXPECT_TRUE(error.failure == TransportFailure::kConnect ||
              error.failure == TransportFailure::kReset);
  EXPECT_EQ(upstream.Requests().size(), 0u);
  EXPECT_EQ(upstream.connections(), 1);
}

// Given a reset while a large body is on its way, then it is not sent again.
TEST(TransportConnect, AResetWithinTheRequestIsMaybeDelivered) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  upstream.Enqueue(Answer().ThenReset().ReadingOnly(1000));
  ExpectError(transport.Send(std::string(30'000'000, 'x')), TransportFailure::kReset,
              Delivery::kMaybe);
  EXPECT_EQ(upstream.Requests().size(), 1u);
  EXPECT_FALSE(upstream.Requests()[0].complete);
}

// Given a head so large that the kernel cannot take it at once, when the upstream resets within it,
// then no byte of the body was handed over. No caller can send such a head; the rule holds for any.
TEST(TransportConnect, AResetWithinTheHeadIsNeverDelivered) {
  FakeUpstream upstream({.receive_buffer_bytes = 4096});
  TransportRunner transport(upstream.url());
  upstream.EnqueueConnection(OnAccept::kResetInHello);
  HttpRequest request("/auth/keys");
  ASSERT_TRUE(request.AddHeader("HTTP-Referer", std::string(8'000'000, 'r')));
  request.set_body("{}");
  ExpectError(transport.StartRequest(std::move(request), {}).get(), TransportFailure::kReset,
              Delivery::kNever);
  EXPECT_EQ(upstream.Requests().size(), 0u);
}

}  // namespace
}  // namespace modelgates::gateway
