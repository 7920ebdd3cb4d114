#include "exchange/shared/pepper_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "support/fake_loop.h"
#include "support/log_capture.h"
#include "support/temporary_folder.h"
#include "telemetry/reload_log.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::string kA(32, 'a');
const std::string kB(32, 'b');

class PepperFileTest : public testing::Test {
 protected:
  ~PepperFileTest() override { EXPECT_THAT(capture_.text(), Not(HasSubstr("aaaa"))); }

  // As deployments do: a new file takes the old one's place.
  void Write(std::string_view text) {
    std::ofstream(path_ + ".next", std::ios::binary) << text;
    std::filesystem::rename(path_ + ".next", path_);
  }

  // What ReadPepperFile says of a file with this content.
  absl::StatusOr<Peppers> Read(std::string_view text) {
    Write(text);
    return ReadPepperFile(path_);
  }

  std::string RuleBrokenBy(std::string_view text) {
    const absl::StatusOr<Peppers> peppers = Read(text);
    if (peppers.ok()) return "";
    const std::string rule(peppers.status().message());
    EXPECT_THAT(rule, Not(HasSubstr("aaaa")));
    return rule;
  }

  PepperFile Open(std::string_view text) {
    Write(text);
    return PepperFile(path_, loop_, &reloads_);
  }

  // Until the file was looked at once more: its timer is set again then.
  void Look() {
    loop_.Advance(1s);
    while (!loop_.HasTimer()) {
      std::this_thread::yield();
      loop_.Run();
    }
  }

  const TemporaryFolder folder_{"pepper"};
  const std::string path_ = folder_ / "pepper";
  FakeLoop loop_;
  LogCapture capture_;
  Metrics metrics_;
  ReloadLog reloads_{capture_.log(), metrics_};
  const ExchangeIdentity identity_{.auth_code = "code",
                                   .code_verifier = "verifier",
                                   .credential = "Bearer sk-1",
                                   .caller = "",
                                   .base_url = "https://upstream.example"};
};

TEST_F(PepperFileTest, HoldsOnePepperOrTwo) {
  const absl::StatusOr<Peppers> one = Read(kA);
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->current.Reveal(), kA);
  EXPECT_TRUE(one->previous.empty());
  const absl::StatusOr<Peppers> two = Read(" \t" + kA + " \r\n  " + kB + "\n\n");
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(two->current.Reveal(), kA);
  EXPECT_EQ(two->previous.Reveal(), kB);
}

TEST_F(PepperFileTest, ThatIsBadIsRefusedByARuleWithoutItsContent) {
  EXPECT_EQ(RuleBrokenBy(""), "must hold at least 32 characters in each line");
  EXPECT_EQ(RuleBrokenBy(kA.substr(1)), "must hold at least 32 characters in each line");
  EXPECT_EQ(RuleBrokenBy(kA + "\nshort"), "must hold at least 32 characters in each line");
  EXPECT_EQ(RuleBrokenBy(kA + "\n" + kB + "\n" + kB + "c"), "must hold one line or two");
  EXPECT_EQ(RuleBrokenBy(kA + "\n\n" + kB), "must hold one line or two");
  EXPECT_EQ(RuleBrokenBy(kA + "\n" + kA), "must not hold the same line twice");
  EXPECT_EQ(RuleBrokenBy(kA + " " + kB), "must hold visible ASCII characters only");
  EXPECT_EQ(RuleBrokenBy(kA + '\0'), "must hold visible ASCII characters only");
  EXPECT_EQ(RuleBrokenBy(kA + "\xc3\xa4"), "must hold visible ASCII characters only");
  EXPECT_THAT(RuleBrokenBy(std::string(10'000, 'a')), HasSubstr("must be a file that can be read"));
}

TEST_F(PepperFileTest, ThatIsNotThereIsAnError) {
  const absl::StatusOr<Peppers> peppers = ReadPepperFile(path_);
  ASSERT_FALSE(peppers.ok());
  EXPECT_THAT(std::string(peppers.status().message()),
              HasSubstr("must be a file that can be read: No such file"));
}

TEST_F(PepperFileTest, AnIndexIsTheSameInEveryGatewayThatKnowsThePepper) {
  const PepperFile::Indices one = Open(kA).IndicesOf(identity_);
  const PepperFile::Indices both = Open(kA + "\n" + kB).IndicesOf(identity_);
  const PepperFile::Indices swapped = Open(kB + "\n" + kA).IndicesOf(identity_);
  EXPECT_FALSE(one.previous.has_value());
  EXPECT_EQ(one.current, both.current);
  EXPECT_EQ(both.current, swapped.previous);
  EXPECT_EQ(both.previous, swapped.current);
  EXPECT_NE(both.previous, both.current);
}

TEST_F(PepperFileTest, IsReadAgainWhenItChanges) {
  PepperFile peppers = Open(kA);
  const auto before = peppers.IndicesOf(identity_);
  Write(kB + "\n" + kA);
  EXPECT_EQ(peppers.IndicesOf(identity_).current, before.current);
  Look();
  EXPECT_EQ(peppers.IndicesOf(identity_).previous, before.current);
  EXPECT_NE(peppers.IndicesOf(identity_).current, before.current);
  EXPECT_EQ(capture_.Lines("reloaded").size(), 1u);
}

TEST_F(PepperFileTest, ABadVersionIsLoggedOnceAndTheOneBeforeKept) {
  PepperFile peppers = Open(kA);
  const auto before = peppers.IndicesOf(identity_);
  Write("aaaa too short");
  for (int i = 0; i < 3; ++i) {
    Look();
    EXPECT_EQ(peppers.IndicesOf(identity_).current, before.current);
  }
  EXPECT_EQ(capture_.Lines("reload_failed").size(), 1u);
  EXPECT_EQ(capture_.Lines("reload_failed").at(0)["setting"], "exchange_pepper_file");
  Write(kB);
  Look();
  EXPECT_NE(peppers.IndicesOf(identity_).current, before.current);
  EXPECT_EQ(capture_.Lines("reloaded").size(), 1u);
}

// The settings were checked a moment before, so this is a race with who replaces the file.
TEST_F(PepperFileTest, ThatIsBadAtTheStartIsNobodysUntilItIsGood) {
  PepperFile peppers = Open("aaaa too short");
  const auto nobodys = peppers.IndicesOf(identity_);
  EXPECT_NE(nobodys.current, Open("aaaa too short").IndicesOf(identity_).current);
  Look();
  EXPECT_EQ(capture_.Lines("reload_failed").size(), 1u);
  Write(kA);
  Look();
  EXPECT_EQ(peppers.IndicesOf(identity_).current, Open(kA).IndicesOf(identity_).current);
}

}  // namespace
}  // namespace modelgates::gateway
