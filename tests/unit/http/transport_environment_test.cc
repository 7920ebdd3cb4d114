#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/fake_proxy.h"
#include "support/fake_upstream.h"
#include "support/temporary_folder.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

// Sets a variable of the environment for the life of a test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(TransportEnvironment, ProxyVariablesAreNotFollowed) {
  const FakeUpstream upstream;
  const FakeProxy proxy(upstream.port());
  const ScopedVariable http("http_proxy", proxy.url());
  const ScopedVariable https("https_proxy", proxy.url());
  const ScopedVariable https_capitals("HTTPS_PROXY", proxy.url());
  const ScopedVariable all("ALL_PROXY", proxy.url());
  const ScopedVariable all_small("all_proxy", proxy.url());
  TransportRunner transport(upstream.url());
  ExpectOk(transport.Send(), "{}");
  EXPECT_TRUE(proxy.Heads().empty());
}

TEST(TransportEnvironment, NoProxyDoesNotSwitchTheConfiguredProxyOff) {
  const FakeUpstream upstream;
  const FakeProxy proxy(upstream.port());
  const ScopedVariable no_proxy("no_proxy", "*");
  const ScopedVariable no_proxy_capitals("NO_PROXY", "*");
  TransportOptions options;
  options.base_url = upstream.url();
  options.proxy = Secret(proxy.url());
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(proxy.Heads().size(), 1u);
}

TEST(TransportEnvironment, NetrcAddsNoCredentials) {
  const FakeUpstream upstream;
  const TemporaryFolder home("http-test");
  std::ofstream(home.path() / ".netrc") << "machine 127.0.0.1 login me password pw\n"
                                        << "default login me password pw\n";
  const ScopedVariable home_variable("HOME", home.path());
  const ScopedVariable netrc("NETRC", home.path() / ".netrc");
  TransportRunner transport(upstream.url());
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream.Requests().at(0).CountHeader("Authorization"), 0);
}

TEST(TransportEnvironment, CertificatesOfTheEnvironmentAreNotTrusted) {
  const TestCertificate certificate("127.0.0.1");
  FakeUpstream::Options options;
  options.tls = certificate.server_context();
  const FakeUpstream upstream(options);
  const ScopedVariable curl_bundle("CURL_CA_BUNDLE", certificate.ca_file());
  const ScopedVariable file("SSL_CERT_FILE", certificate.ca_file());
  const ScopedVariable folder("SSL_CERT_DIR", "/nonexistent");
  TransportRunner transport(upstream.url());
  ExpectError(transport.Send(), TransportFailure::kTlsUntrusted, Delivery::kNever);
}

TEST(TransportEnvironment, TlsSecretsAreNotWrittenToAFile) {
  const TestCertificate certificate("127.0.0.1");
  FakeUpstream::Options upstream_options;
  upstream_options.tls = certificate.server_context();
  const FakeUpstream upstream(upstream_options);
  const TemporaryFolder folder("http-test");
  const std::filesystem::path log = folder.path() / "keys";
  const ScopedVariable variable("SSLKEYLOGFILE", log);
  TransportOptions options;
  options.base_url = upstream.url();
  options.ca_file = certificate.ca_file();
  TransportRunner transport(options);
  ExpectOk(transport.Send(), "{}");
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0);
}

}  // namespace
}  // namespace modelgates::gateway
