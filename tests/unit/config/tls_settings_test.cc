#include <gmock/gmock.h>

#include <filesystem>

#include "support/tls_folder.h"
#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// TLS towards callers: three files that are right together.
class TlsSettings : public testing::Test {
 protected:
  TlsSettings() {
    folder_.Write(authority_.Issue({.names = {"DNS:localhost"}}));
    TlsFolder::Write(folder_.ca_file(), authority_.pem());
  }

  std::string Cert() const { return "--tls_cert_file=" + folder_.cert_file(); }
  std::string Key() const { return "--tls_key_file=" + folder_.key_file(); }
  std::string ClientCa() const { return "--tls_client_ca_file=" + folder_.ca_file(); }
  static std::vector<std::string> WarningsOf(std::vector<std::string> args) {
    args.emplace_back("--credential_mode=passthrough");
    return LoadWith(args).warnings;
  }

  const TestAuthority authority_;
  TlsFolder folder_;
};

TEST_F(TlsSettings, AreRightTogether) {
  EXPECT_TRUE(LoadWith({Cert(), Key()}).config);
  const LoadResult result = LoadWith({Cert(), Key(), ClientCa(), "--check_config"});
  EXPECT_EQ(result.exit_status, 0) << AllText(result);
  EXPECT_THAT(result.output, HasSubstr(Key() + "\n"));
}

TEST_F(TlsSettings, NeedOneAnother) {
  EXPECT_THAT(LoadWith({Cert()}).errors,
              ElementsAre(AllOf(StartsWith(Cert().substr(0, 16)),
                                HasSubstr("must come with --tls_key_file"))));
  EXPECT_THAT(LoadWith({Key()}).errors, ElementsAre(HasSubstr("must come with --tls_cert_file")));
  EXPECT_THAT(LoadWith({ClientCa()}).errors,
              ElementsAre(HasSubstr("must come with --tls_cert_file")));
}

const std::string kForwarded = "--forwarded_client_cert";
const std::string kSocket = "--listen=unix:/run/gateway.sock";

TEST_F(TlsSettings, TakeTheWordOfAProxyOnlyOverASocket) {
  EXPECT_TRUE(LoadWith({kForwarded, kSocket}).config);
  for (const std::string listen : {"127.0.0.1:50051", "[::1]:50051", "localhost:50051"}) {
    EXPECT_THAT(LoadWith({kForwarded, "--listen=" + listen}).errors,
                ElementsAre(HasSubstr("must come with --listen=unix:/path")));
  }
  EXPECT_THAT(LoadWith({kForwarded, kSocket, Cert(), Key(), ClientCa()}).errors,
              ElementsAre(HasSubstr("must not come with --tls_client_ca_file")));
}

// As those that the gateway verifies itself.
TEST_F(TlsSettings, LetCallersOfAProxyHaveKeysOfTheirOwn) {
  EXPECT_TRUE(LoadWith({kForwarded, kSocket, "--credential_mode=either"}).config);
  EXPECT_FALSE(LoadWith({kSocket, "--credential_mode=either"}).config);
  const std::string keys =
      "--caller_keys_dir=" + std::filesystem::path(folder_.ca_file()).parent_path().string();
  EXPECT_TRUE(LoadWith({kForwarded, kSocket, keys}).config);
  EXPECT_FALSE(LoadWith({kSocket, keys}).config);
}

TEST_F(TlsSettings, WarnOfClearTextButNotOnASocket) {
  EXPECT_THAT(WarningsOf({kSocket}), IsEmpty());
  EXPECT_THAT(WarningsOf({"--listen=0.0.0.0:50051"}),
              ElementsAre(HasSubstr("--listen is not loopback")));
}

TEST_F(TlsSettings, RefuseAKeyOfAnotherCertificate) {
  TlsFolder::Write(folder_.key_file(), authority_.Issue({}).key);
  const LoadResult result = LoadWith({Cert(), Key()});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors,
              ElementsAre(AllOf(StartsWith("--tls_key_file=\"" + folder_.key_file()),
                                HasSubstr("must hold the key of the first certificate in "
                                          "--tls_cert_file"))));
}

TEST_F(TlsSettings, RefuseFilesThatAreWrongAllAtOnceAndWithoutTheirContent) {
  folder_.Write(authority_.Issue({.names = {}, .valid_until = -std::chrono::minutes(1)}));
  TlsFolder::Write(folder_.key_file(), "sk-canary\n");
  TlsFolder::Write(folder_.ca_file(), "sk-canary\n");
  const LoadResult result = LoadWith({Cert(), Key(), ClientCa(), "--check_config"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors,
              ElementsAre(HasSubstr("certificate 1 has expired at "),
                          HasSubstr("must hold a PEM private key: there is no line"),
                          HasSubstr("must hold PEM certificates: there is no line")));
  EXPECT_THAT(AllText(result), Not(HasSubstr("canary")));
}

// A probe asks a gateway that may run on with the files of before.
TEST_F(TlsSettings, AreNotReadByAProbe) {
  TlsFolder::Write(folder_.key_file(), "garbage");
  EXPECT_TRUE(LoadWith({Cert(), Key(), "--probe=ready"}).config);
}

// It asks without TLS.
TEST_F(TlsSettings, RefuseAProbeOfHealth) {
  EXPECT_THAT(LoadWith({Cert(), Key(), "--probe=health"}).errors,
              ElementsAre(HasSubstr("must not be health if callers are served with TLS")));
}

struct ListenCase {
  std::string listen;
  bool warns;
};

TEST_F(TlsSettings, WarnOfAListenerInClear) {
  for (const auto& [listen, warns] :
       {ListenCase{"0.0.0.0:1", true}, ListenCase{"[::]:1", true}, ListenCase{":1", true},
        ListenCase{"10.1.2.3:1", true}, ListenCase{"gateway.example:1", true},
        ListenCase{"127.0.0.1:1", false}, ListenCase{"[::1]:1", false},
        ListenCase{"localhost:1", false}}) {
    const std::vector<std::string> warnings = WarningsOf({"--listen=" + listen});
    EXPECT_EQ(!warnings.empty(), warns) << listen;
    if (!warns) continue;
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("there is no --tls_cert_file")));
  }
  EXPECT_THAT(WarningsOf({Cert(), Key()}), IsEmpty());
}

// Without an age of connections there is one of half an hour.
TEST_F(TlsSettings, WarnOfConnectionsThatOutliveTheirCa) {
  EXPECT_THAT(WarningsOf({Cert(), Key(), ClientCa()}),
              ElementsAre(HasSubstr("stays connected for up to half an hour")));
  EXPECT_THAT(WarningsOf({Cert(), Key(), ClientCa(), "--max_connection_age=5m"}), IsEmpty());
}

}  // namespace
}  // namespace modelgates::gateway
