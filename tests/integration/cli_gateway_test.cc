#include "integration/cli_fixture.h"
#include "support/test_authority.h"
#include "support/tls_folder.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

// How the command reaches the gateway, and what it says when it does not.
class CliGateway : public CliTest {
 protected:
  void ServeTls(bool mutual = false) {
    folder_of_tls_.Write(authority_.Issue({.names = {"DNS:localhost", "IP:127.0.0.1"}}));
    TlsFolder::Write(folder_of_tls_.ca_file(), authority_.pem());
    config_.tls_cert_file = folder_of_tls_.cert_file();
    config_.tls_key_file = folder_of_tls_.key_file();
    if (mutual) config_.tls_client_ca_file = folder_of_tls_.ca_file();
  }

  std::string Address() { return server().grpc_address(); }
  std::string Authority() const { return folder_of_tls_.ca_file(); }

  CliRun Health(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "health");
    return Run(flags);
  }

  static void ExpectUnavailable(const CliRun& run, const std::string& reason,
                                const std::string& next) {
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("modelgates-oauth: " + reason + ": the "));
    EXPECT_THAT(run.err, HasSubstr("next: " + next));
    EXPECT_THAT(run.err, Not(HasSubstr("SSL_ERROR")));
  }

  TestAuthority authority_;
  TlsFolder folder_of_tls_;
};

TEST_F(CliGateway, TakesTheUrlOfAServerWithoutTls) {
  EXPECT_EQ(Health({"--gateway", "http://" + Address()}).out, "SERVING\n");
  EXPECT_EQ(Health({"--gateway", "http://" + Address() + "/"}).out, "SERVING\n");
  EXPECT_EQ(Health({"--gateway", "ipv4:" + Address()}).out, "SERVING\n");
  EXPECT_EQ(Health({"--gateway", "dns:///" + Address()}).out, "SERVING\n");
}

TEST_F(CliGateway, TakesTheUrlOfAServerWithTls) {
  ServeTls();
  const CliRun run = Health({"--gateway", "https://" + Address(), "--ca-file", Authority()});
  EXPECT_EQ(run.out, "SERVING\n") << run.err;
}

TEST_F(CliGateway, SaysWhatToWriteInsteadOfOtherUrls) {
  for (const std::string url : {"grpc://127.0.0.1:1", "http://", "https://127.0.0.1:1/api",
                                "http://me@127.0.0.1:1", "gateway.example/api", "", ":50051"}) {
    const CliRun run = Health({"--gateway", url});
    EXPECT_EQ(run.status, 2) << url;
    EXPECT_THAT(run.err, HasSubstr("--gateway must be HOST:PORT, or https://HOST:PORT for TLS\n"));
  }
  for (const char* const tls : {"--tls", "--ca-file=/etc/none"}) {
    const std::vector<std::string> flags = {"--gateway", "http://127.0.0.1:1", tls};
    const CliRun run = Health(flags);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.err, HasSubstr("--gateway has http://, which means no TLS, but --tls"));
  }
}

// 127.0.0.9 has no gateway, so that the answer names the port.
TEST_F(CliGateway, TakesAHostWithoutAPort) {
  const std::pair<const char*, const char*> cases[] = {{"127.0.0.9", "127.0.0.9:50051"},
                                                       {"http://127.0.0.9", "127.0.0.9:80"},
                                                       {"127.0.0.9:1", "127.0.0.9:1"}};
  for (const auto& [written, address] : cases) {
    const CliRun run = Health({"--gateway", written});
    EXPECT_EQ(run.status, 3) << written;
    EXPECT_THAT(run.err, HasSubstr("no server listens at " + std::string(address) + "\n"));
  }
  for (const char* ipv6 : {"::1", "[::1]", "[::1]:1"}) {
    EXPECT_EQ(Health({"--gateway", ipv6}).status, 3) << ipv6;
  }
}

TEST_F(CliGateway, RefusesAPortThatIsNone) {
  for (const char* address : {"127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", "127.0.0.1:5005l",
                              "https://127.0.0.1:-1", "[::1]:x"}) {
    const CliRun run = Health({"--gateway", address});
    EXPECT_EQ(run.status, 2) << address;
    EXPECT_THAT(run.err, HasSubstr("--gateway must have a port from 1 to 65535\n")) << address;
  }
}

TEST_F(CliGateway, NamesTheFlagThatIsTooMuchWithoutTls) {
  ExpectUnavailable(Health({"--tls"}), "TLS_NOT_SERVED", "leave out --tls");
  ExpectUnavailable(Health({"--gateway", "https://" + Address()}), "TLS_NOT_SERVED",
                    "leave out --tls");
  ExpectUnavailable(Run({"create", "--callback-url", kCallbackUrl, "--tls"}), "TLS_NOT_SERVED",
                    "leave out --tls");
  ExpectUnavailable(Run({"login", "--no-browser", "--tls"}), "TLS_NOT_SERVED", "leave out --tls");
}

TEST_F(CliGateway, NamesTheFlagThatIsMissingForTls) {
  ServeTls();
  ExpectUnavailable(Health({}), "TLS_PROBABLY_SERVED", "give --tls");
  ExpectUnavailable(Health({"--tls"}), "TLS_UNTRUSTED", "give the gateway's authority");
  const CliRun json = Health({"--output", "json"});
  EXPECT_EQ(json.json()["error"]["reason"], "TLS_PROBABLY_SERVED");
}

TEST_F(CliGateway, NamesTheFlagsOfACertificateThatIsMissing) {
  ServeTls(/*mutual=*/true);
  ExpectUnavailable(Health({"--ca-file", Authority()}), "TLS_CERTIFICATE_MISSING",
                    "give --client-cert-file");
}

}  // namespace
}  // namespace modelgates::gateway
