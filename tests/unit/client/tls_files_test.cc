#include "tls_files.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "support/test_authority.h"

namespace modelgates::oauth {
namespace {

using gateway::TestAuthority;
using gateway::TestIdentity;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

class TlsFilesTest : public ::testing::Test {
 protected:
  TlsFilesTest() {
    std::filesystem::create_directories(folder_);
    Renew();
  }
  ~TlsFilesTest() override { std::filesystem::remove_all(folder_); }

  // As who renews certificates does: another file takes the name.
  void Write(const std::string& path, const std::string& text) const {
    std::ofstream(path + ".new", std::ios::binary) << text;
    std::filesystem::rename(path + ".new", path);
  }
  TestIdentity Renew() {
    const TestIdentity identity = authority_.Issue({.names = {"DNS:caller.example"}});
    Write(files_.root_certificates, authority_.pem());
    Write(files_.client_certificates, identity.certificate);
    Write(files_.client_key, identity.key);
    return identity;
  }
  std::optional<TlsOptions> PollLater() {
    now_ += milliseconds(1001);
    return watch_.Poll(now_);
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("tls_files." + std::to_string(getpid()));
  TestAuthority authority_;
  const TlsFiles files_{folder_ / "ca.crt", folder_ / "tls.crt", folder_ / "tls.key"};
  TlsFileWatch watch_{files_};
  TlsFileWatch::TimePoint now_{};
};

TEST_F(TlsFilesTest, AreReadOnceAndAgainWhenTheyChange) {
  const TestIdentity first = Renew();
  const std::optional<TlsOptions> read = watch_.Poll(now_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->root_certificates, authority_.pem());
  EXPECT_EQ(read->client_certificates, first.certificate);
  EXPECT_EQ(read->client_key.Reveal(), first.key);
  EXPECT_FALSE(PollLater()) << "nothing has changed";
  const TestIdentity second = Renew();
  EXPECT_FALSE(watch_.Poll(now_ + milliseconds(999))) << "looked less than a second ago";
  const std::optional<TlsOptions> renewed = PollLater();
  ASSERT_TRUE(renewed);
  EXPECT_EQ(renewed->client_certificates, second.certificate);
}

TEST_F(TlsFilesTest, ThatCannotBeUsedAreNoChangeAndSayWhy) {
  ASSERT_TRUE(watch_.Poll(now_));
  const TestIdentity other = authority_.Issue({.names = {"DNS:other.example"}});
  const std::string half = other.key.substr(0, other.key.size() / 2);
  for (const auto& [text, why] :
       {std::pair<std::string, std::string>{other.key, "is not the key of"},
        {half, "holds no PEM private key"},
        {"garbage", "holds no PEM private key"},
        {"", "holds no PEM private key"}}) {
    Write(files_.client_key, text);
    EXPECT_FALSE(PollLater()) << why;
    ASSERT_TRUE(watch_.error());
    EXPECT_THAT(watch_.error()->message, HasSubstr(files_.client_key + " " + why));
    EXPECT_THAT(watch_.error()->message, ::testing::Not(HasSubstr("PRIVATE KEY")));
    EXPECT_EQ(watch_.error()->grpc_code, GrpcCode::kUnavailable);
  }
  std::filesystem::remove(files_.client_certificates);
  EXPECT_FALSE(PollLater());
  EXPECT_THAT(watch_.error()->message, HasSubstr(files_.client_certificates + " cannot be read"));
  Renew();
  EXPECT_TRUE(PollLater());
  EXPECT_FALSE(watch_.error());
}

TEST_F(TlsFilesTest, MayBeOfAuthoritiesAlone) {
  const Result<TlsOptions> read = ReadTlsFiles({.root_certificates = files_.root_certificates});
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->client_certificates.empty());
  EXPECT_TRUE(ReadTlsFiles({}).ok()) << "the system's authorities";
  EXPECT_FALSE(ReadTlsFiles({.client_certificates = files_.client_certificates}).ok());
  EXPECT_FALSE(ReadTlsFiles({.client_key = files_.client_key}).ok());
}

}  // namespace
}  // namespace modelgates::oauth
