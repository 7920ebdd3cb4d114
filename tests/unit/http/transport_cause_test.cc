#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_proxy.h"
#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kHost[] = "127.0.0.1";

TransportError ErrorOf(const TransportOptions& options) {
  TransportRunner transport(options);
  return transport.Send().error();
}

TransportOptions Trusting(const TestCertificate& certificate, const FakeUpstream& upstream) {
  TransportOptions options;
  options.base_url = upstream.url();
  options.ca_file = certificate.ca_file();
  return options;
}

FakeUpstream::Options Serving(const TestCertificate& certificate) {
  FakeUpstream::Options options;
  options.tls = certificate.server_context();
  return options;
}

std::string AddressOf(const FakeUpstream& upstream) {
  return std::string(kHost) + ":" + std::to_string(upstream.port());
}

TEST(TransportCause, NamesAddressAndErrnoOfARefusal) {
  TransportOptions options;
  std::string address;
  {
    const FakeUpstream gone;
    options.base_url = gone.url();
    address = AddressOf(gone);
  }
  const TransportError error = ErrorOf(options);
  EXPECT_THAT(error.cause, AllOf(HasSubstr(address), HasSubstr("errno 111")));
  EXPECT_EQ(error.detail, FailureDetail::kRefused);
}

TEST(TransportCause, NamesAnUnknownHostAndTheResolversWords) {
  TransportOptions options;
  options.base_url = "http://upstream.invalid:8080";
  const std::string cause = ErrorOf(options).cause;
  EXPECT_THAT(cause, testing::StartsWith("upstream.invalid:8080: name lookup: "));
  EXPECT_GT(cause.size(), std::string("upstream.invalid:8080: name lookup: ").size());
}

TEST(TransportCause, NamesTheCheckThatACertificateFailed) {
  const TestCertificate certificate(kHost);
  const TestCertificate expired(kHost, TestCertificate::Validity::kOver);
  const TestCertificate of_another("upstream.example");
  struct Case {
    const TestCertificate& serves;
    const TestCertificate& trusted;
    const char* words;
    FailureDetail detail;
  };
  for (const Case& row :
       {Case{expired, expired, "certificate has expired", FailureDetail::kCertificateExpired},
        Case{of_another, of_another, "no alternative certificate subject name",
             FailureDetail::kCertificateName},
        Case{certificate, of_another, "unable to get local issuer",
             FailureDetail::kCertificateIssuer}}) {
    const FakeUpstream upstream(Serving(row.serves));
    const TransportError error = ErrorOf(Trusting(row.trusted, upstream));
    EXPECT_EQ(error.failure, TransportFailure::kTlsUntrusted);
    EXPECT_EQ(error.detail, row.detail);
    EXPECT_THAT(error.cause, AllOf(HasSubstr(AddressOf(upstream)), HasSubstr(row.words)));
  }
}

TEST(TransportCause, NamesTheStatusOfTheProxyAndNotItsPassword) {
  struct Case {
    const char* status;
    TransportFailure failure;
    FailureDetail detail;
  };
  for (const Case& row : {Case{"407", TransportFailure::kProxyRefused, FailureDetail::kNone},
                          Case{"403", TransportFailure::kConnect, FailureDetail::kProxyStatus},
                          Case{"503", TransportFailure::kConnect, FailureDetail::kProxyStatus}}) {
    const FakeUpstream upstream;
    const FakeProxy proxy(upstream.port(), "HTTP/1.1 " + std::string(row.status) +
                                               " No\r\nContent-Length: 0\r\n\r\n");
    TransportOptions options;
    options.base_url = "http://upstream.invalid:8080";
    std::string url = proxy.url();
    url.insert(url.find("127."), "proxy-user:proxy-word@");
    options.proxy = Secret(url);
    const TransportError error = ErrorOf(options);
    EXPECT_EQ(error.failure, row.failure) << row.status;
    EXPECT_EQ(error.detail, row.detail) << row.status;
    EXPECT_EQ(error.delivery, Delivery::kNever);
    EXPECT_THAT(error.cause, AllOf(HasSubstr(row.status), HasSubstr("127.0.0.1:"),
                                   Not(HasSubstr("proxy-word")), Not(HasSubstr("proxy-user"))));
  }
}

TEST(TransportCause, NamesTheConnectTimeout) {
  const TestCertificate certificate(kHost);
  FakeUpstream upstream(Serving(certificate));
  upstream.EnqueueConnection(OnAccept::kIgnore);
  TransportOptions options = Trusting(certificate, upstream);
  options.connect_timeout = 50ms;
  const TransportError error = ErrorOf(options);
  EXPECT_EQ(error.failure, TransportFailure::kConnectTimeout);
  // The words are libcurl's: those of version 8 come last.
  EXPECT_THAT(error.cause, AllOf(HasSubstr(AddressOf(upstream)),
                                 AnyOf(HasSubstr("timeout"), HasSubstr("timed out"))));
}

// What ends an exchange of bytes, and where.
struct EndCase {
  const char* name;
  Answer answer;
  const char* words;
  const char* phase;
};

class TransportEnd : public testing::TestWithParam<std::tuple<EndCase, bool>> {};

TEST_P(TransportEnd, IsNamedWithAddressAndPhase) {
  const auto& [row, tls] = GetParam();
  const TestCertificate certificate(kHost);
  FakeUpstream upstream(tls ? Serving(certificate) : FakeUpstream::Options{});
  upstream.SetDefault(row.answer);
  TransportRunner transport(Trusting(certificate, upstream));
  TransportRunner::Limits limits;
  if (std::string_view(row.words) == "the time was up") limits.deadline = 300ms;
  const std::string cause = transport.Send("the-secret-body", limits).error().cause;
  EXPECT_THAT(cause, AllOf(testing::StartsWith(AddressOf(upstream) + ": "), HasSubstr(row.words),
                           HasSubstr(row.phase)));
  EXPECT_THAT(cause, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("key-of-somebody"))));
}

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    , TransportEnd,
    testing::Combine(
        testing::Values(
            EndCase{"Reset", Answer().ThenReset(), "errno 104", "before the answer"},
            EndCase{"Closed", Answer().ThenClose(), "the peer closed the connection",
                    "before the answer"},
            EndCase{"ClosedWithin", Answer::Bytes(kHead + "key-of-somebody").ThenClose(),
                    "the peer closed the connection", "within the answer"},
            EndCase{"Silent", Answer::Hang(), "the time was up", "before the answer"},
            EndCase{"SilentWithin", Answer::Bytes(kHead + "key-of-somebody").ThenHang(),
                    "the time was up", "within the answer"},
            EndCase{"NoHttp", Answer::Bytes("key-of-somebody\r\n"), "no HTTP/1.x: no status line",
                    "within the answer"},
            EndCase{"TwoLengths",
                    Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: "
                                  "2\r\n\r\nkey-of-somebody"),
                    "no HTTP/1.x: ", "within the answer"}),
        testing::Bool()),
    [](const auto& row) {
      return std::get<0>(row.param).name + std::string(std::get<1>(row.param) ? "Tls" : "");
    });

}  // namespace
}  // namespace modelgates::gateway
