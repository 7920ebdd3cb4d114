#include <gtest/gtest.h>

#include "support/fake_proxy.h"
#include "support/fake_upstream.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

// Given a proxy, then the upstream gets the same bytes as without, through a tunnel, and the proxy
// sees nothing of them but the upstream's name.
TEST(TransportProxy, IsAskedForATunnel) {
  FakeUpstream upstream;
  FakeProxy proxy(upstream.port());
  TransportOptions options;
  options.base_url = "http://upstream.invalid:8080/api";
  options.proxy = Secret(proxy.url());
  TransportRunner transport(options);
  ExpectOk(transport.Send("first"), "{}");
  ExpectOk(transport.Send("second"), "{}");

  ASSERT_EQ(proxy.Heads().size(), 1u);
  EXPECT_TRUE(proxy.Heads()[0].starts_with("CONNECT upstream.invalid:8080 HTTP/1.1\r\n"));
  ASSERT_EQ(upstream.Requests().size(), 2u);
  EXPECT_TRUE(upstream.Requests()[0].head.starts_with(
      "POST /api/auth/keys HTTP/1.1\r\nHost: upstream.invalid:8080\r\n"));
  EXPECT_EQ(upstream.Requests()[1].body, "second");
}

TEST(TransportProxy, CarriesTlsToTheUpstream) {
  const TestCertificate certificate("upstream.invalid");
  FakeUpstream::Options upstream_options;
  upstream_options.tls = certificate.server_context();
  FakeUpstream upstream(upstream_options);
  FakeProxy proxy(upstream.port());
  TransportOptions options;
  options.base_url = "https://upstream.invalid";
  options.ca_file = certificate.ca_file();
  options.proxy = Secret(proxy.url());
  TransportRunner transport(options);
  ExpectOk(transport.Send("secret"), "{}");
  EXPECT_EQ(upstream.Requests().at(0).Header("Host"), "upstream.invalid");
}

TEST(TransportProxy, ThatRefusesIsAFailedConnect) {
  FakeUpstream upstream;
  FakeProxy proxy(upstream.port(), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  TransportOptions options;
  options.base_url = "http://upstream.invalid:8080";
  options.proxy = Secret(proxy.url());
  TransportRunner transport(options);
  ExpectError(transport.Send(), TransportFailure::kConnect, Delivery::kNever);
}

TEST(TransportProxy, WithoutANameIsADnsFailure) {
  TransportOptions options;
  options.base_url = "http://127.0.0.1:8080";
  options.proxy = Secret(std::string_view("http://proxy.invalid:3128"));
  TransportRunner transport(options);
  ExpectError(transport.Send(), TransportFailure::kDns, Delivery::kNever);
}

}  // namespace
}  // namespace modelgates::gateway
