#include <gmock/gmock.h>

#include "support/tls_folder.h"
#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRule[] =
    R"({"callers": [{"id": "dns:a", "methods": ["*"], "key_file": "checkout"}]})";

// The keys of callers that have one of their own: right with mutual TLS and rules that name them.
class CallerKeysSettings : public testing::Test {
 protected:
  CallerKeysSettings() {
    folder_.Write(authority_.Issue({.names = {"DNS:localhost"}}));
    TlsFolder::Write(folder_.ca_file(), authority_.pem());
  }

  std::string Folder() const {
    return "--caller_keys_dir=" + std::filesystem::path(folder_.ca_file()).parent_path().string();
  }
  // Mutual TLS, a key of the gateway's, and these.
  LoadResult With(std::vector<std::string> args) const {
    for (const std::string& more :
         {"--tls_cert_file=" + folder_.cert_file(), "--tls_key_file=" + folder_.key_file(),
          "--tls_client_ca_file=" + folder_.ca_file(), std::string("--max_connection_age=10m")}) {
      args.push_back(more);
    }
    return LoadWith(args, {{"MODELGATES_API_KEY", "sk-own"}});
  }
  std::string Rules(std::string_view text) {
    const std::string path = folder_.ca_file() + ".callers.json";
    TlsFolder::Write(path, std::string(text));
    return "--callers_file=" + path;
  }
  // The file of the rule above.
  void WriteKey(const std::string& key) {
    TlsFolder::Write(std::filesystem::path(folder_.ca_file()).parent_path() / "checkout", key);
  }

  const TestAuthority authority_;
  TlsFolder folder_;
};

TEST_F(CallerKeysSettings, AreRightTogether) {
  WriteKey("sk-1\n");
  const LoadResult result = With({Rules(kRule), Folder()});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST_F(CallerKeysSettings, NeedMutualTlsAndTheModeService) {
  EXPECT_THAT(LoadWith({Folder()}).errors,
              ElementsAre(HasSubstr("must come with --tls_client_ca_file")));
  for (const std::string mode : {"passthrough", "either"}) {
    EXPECT_THAT(With({Folder(), "--credential_mode=" + mode}).errors,
                ElementsAre(HasSubstr("must come with --credential_mode=service")));
  }
}

TEST_F(CallerKeysSettings, AreNeededByARuleThatNamesOne) {
  EXPECT_THAT(With({Rules(kRule)}).errors,
              ElementsAre(HasSubstr("must hold no key_file without --caller_keys_dir")));
}

TEST_F(CallerKeysSettings, WarnOfARuleWithoutAUsableKey) {
  const auto warns = ElementsAre(HasSubstr("a key_file of --callers_file holds no usable key"));
  EXPECT_THAT(With({Rules(kRule), Folder()}).warnings, warns);
  WriteKey("");
  EXPECT_THAT(With({Rules(kRule), Folder()}).warnings, warns);
}

TEST_F(CallerKeysSettings, WarnOfAFolderThatNobodyNames) {
  EXPECT_THAT(With({Folder()}).warnings,
              ElementsAre(HasSubstr("--caller_keys_dir is not used without --callers_file")));
}

TEST_F(CallerKeysSettings, AreNotReadByAProbe) {
  EXPECT_TRUE(With({Rules("garbage"), Folder(), "--probe=ready"}).config);
}

// With mutual TLS nobody is told apart by an address.
TEST_F(CallerKeysSettings, WarnOfRulesForAddressesThatFitNobody) {
  const std::string rules = Rules(R"({"callers": [{"id": "dns:a", "methods": ["*"]},
                            {"id": "address:10.0.0.0/8", "methods": ["*"]}]})");
  EXPECT_THAT(With({rules}).warnings,
              ElementsAre(HasSubstr("rules for addresses, which fit nobody")));
  EXPECT_THAT(LoadWith({rules, "--listen=127.0.0.1:0", "--credential_mode=passthrough"}).warnings,
              IsEmpty());
  EXPECT_THAT(With({Rules(R"({"callers": [{"id": "dns:a", "methods": ["*"]}]})")}).warnings,
              IsEmpty());
}

}  // namespace
}  // namespace modelgates::gateway
