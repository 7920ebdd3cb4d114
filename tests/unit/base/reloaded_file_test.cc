#include "base/reloaded_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "support/fake_loop.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (text.str().empty()) return absl::InvalidArgumentError("must not be empty");
  return text.str();
}

class ReloadedFileTest : public testing::Test, public ReloadObserver {
 protected:
  ReloadedFileTest() {
    std::string pattern = testing::TempDir() + "reloaded_file_XXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/file";
  }
  ~ReloadedFileTest() override { std::filesystem::remove_all(directory_); }

  // As those do it who renew a file: in one step.
  void Replace(std::string_view text) {
    std::ofstream(path_ + ".next") << text;
    std::filesystem::rename(path_ + ".next", path_);
  }

  void OnReloaded(std::string_view setting) override {
    told_.push_back("reloaded " + std::string(setting));
  }
  void OnReloadFailed(std::string_view setting, std::string_view why) override {
    told_.push_back("failed " + std::string(setting) + ": " + std::string(why));
  }

  using File = ReloadedFile<std::string>;
  const File& Open(std::string value) {
    File::Options options{.path = path_, .setting = "file"};
    file_.emplace(loop_, std::move(options), ReadText, std::move(value), this,
                  [this](const std::string& changed) { changes_.push_back(changed); });
    file_->Watch();
    return *file_;
  }

  // Until the file was looked at once more: it then sets its timer again.
  void Look() {
    loop_.Advance(1s);
    while (!loop_.HasTimer()) {
      std::this_thread::yield();
      loop_.Run();
    }
  }

  FakeLoop loop_;
  std::string directory_;
  std::string path_;
  std::vector<std::string> told_;
  std::vector<std::string> changes_;
  std::optional<File> file_;
};

TEST_F(ReloadedFileTest, IsReadAgainWhenItChanges) {
  Replace("one");
  const File& file = Open("one");
  Look();
  EXPECT_TRUE(told_.empty());
  Replace("two");
  EXPECT_EQ(file.value(), "one");
  Look();
  EXPECT_EQ(file.value(), "two");
  EXPECT_EQ(changes_, std::vector<std::string>{"two"});
  EXPECT_EQ(told_, std::vector<std::string>{"reloaded file"});
  Look();
  EXPECT_EQ(told_.size(), 1u);
}

// Between its first reading and the first look.
TEST_F(ReloadedFileTest, IsNotMissedWhenItChangesEarly) {
  Replace("two");
  const File& file = Open("one");
  Look();
  EXPECT_EQ(file.value(), "two");
}

TEST_F(ReloadedFileTest, ThatIsBrokenLeavesTheOldInUseAndIsToldOnce) {
  Replace("one");
  const File& file = Open("one");
  Replace("");
  Look();
  Look();
  EXPECT_EQ(file.value(), "one");
  EXPECT_EQ(told_, std::vector<std::string>{"failed file: must not be empty"});
  Replace("two");
  Look();
  EXPECT_EQ(file.value(), "two");
}

TEST_F(ReloadedFileTest, ThatIsGoneLeavesTheOldInUse) {
  Replace("one");
  const File& file = Open("one");
  Look();
  std::filesystem::remove(path_);
  Look();
  EXPECT_EQ(file.value(), "one");
  EXPECT_EQ(told_.size(), 1u);
  Replace("one");
  Look();
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(ReloadedFileTest, ThatIsTouchedIsNoChange) {
  Replace("one");
  Open("one");
  Look();
  Replace("one");
  Look();
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(changes_.empty());
}

// A file on a disk that hangs blocks neither the loop nor the end of whoever reads it.
TEST_F(ReloadedFileTest, MayHangWithoutHarm) {
  Replace("one");
  const auto gate = std::make_shared<std::promise<void>>();
  const auto entered = std::make_shared<std::promise<void>>();
  {
    File file(
        loop_, {.path = path_, .setting = "file"},
        [gate, entered](const std::string&) -> absl::StatusOr<std::string> {
          entered->set_value();
          gate->get_future().wait();
          return "late";
        },
        "one", this, nullptr);
    file.Watch();
    loop_.Advance(1s);
    entered->get_future().wait();
    loop_.Advance(1min);
    EXPECT_EQ(file.value(), "one");
  }
  gate->set_value();
  loop_.Run();
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace modelgates::gateway
