#include "base/reloaded_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "support/fake_loop.h"
#include "support/temporary_folder.h"

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
  File& Open(std::string value, File::Read read = ReadText) {
    value_ = std::move(value);
    const auto use = [this](std::string changed) {
      if (changed == value_) return false;
      value_ = std::move(changed);
      return true;
    };
    file_.emplace(loop_, File::Options{.path = path_, .setting = "file"}, std::move(read), use,
                  this);
    file_->Watch();
    return *file_;
  }

  // Refresh, which sets `done` when it is over.
  static Task<void> Refresh(File& file, TimePoint deadline, std::stop_token stop, bool& done) {
    Task<void> refresh = file.Refresh(deadline, stop);
    co_await refresh;
    done = true;
  }
  void RunUntil(const bool& done) {
    while (!done) {
      std::this_thread::yield();
      loop_.Run();
    }
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
  const TemporaryFolder folder_{"reloaded-file"};
  const std::string path_ = folder_ / "file";
  std::vector<std::string> told_;
  std::string value_;  // in use
  std::optional<File> file_;
};

TEST_F(ReloadedFileTest, IsReadAgainWhenItChanges) {
  Replace("one");
  Open("one");
  Look();
  EXPECT_TRUE(told_.empty());
  Replace("two");
  EXPECT_EQ(value_, "one");
  Look();
  EXPECT_EQ(value_, "two");
  EXPECT_EQ(told_, std::vector<std::string>{"reloaded file"});
  Look();
  EXPECT_EQ(told_.size(), 1u);
}

// Between its first reading and the first look.
TEST_F(ReloadedFileTest, IsNotMissedWhenItChangesEarly) {
  Replace("two");
  Open("one");
  Look();
  EXPECT_EQ(value_, "two");
}

TEST_F(ReloadedFileTest, ThatIsBrokenLeavesTheOldInUseAndIsToldOnce) {
  Replace("one");
  Open("one");
  Replace("");
  Look();
  Look();
  EXPECT_EQ(value_, "one");
  EXPECT_EQ(told_, std::vector<std::string>{"failed file: must not be empty"});
  Replace("two");
  Look();
  EXPECT_EQ(value_, "two");
}

TEST_F(ReloadedFileTest, ThatIsGoneLeavesTheOldInUse) {
  Replace("one");
  Open("one");
  Look();
  std::filesystem::remove(path_);
  Look();
  EXPECT_EQ(value_, "one");
  EXPECT_EQ(told_.size(), 1u);
  Replace("one");
  Look();
  EXPECT_EQ(told_.size(), 1u);
}

// What made it unusable may pass without the file changing: a date is reached, a disk answers.
TEST_F(ReloadedFileTest, ThatIsBrokenIsReadAgainUntilItCanBeUsed) {
  Replace("one");
  const auto fault = std::make_shared<std::string>("must not be early");
  Open("", [fault](const std::string& path) -> absl::StatusOr<std::string> {
    if (!fault->empty()) return absl::InvalidArgumentError(*fault);
    return ReadText(path);
  });
  Look();
  Look();
  *fault = "must be near";
  Look();
  EXPECT_EQ(told_, (std::vector<std::string>{"failed file: must not be early",
                                             "failed file: must be near"}));
  fault->clear();
  Look();
  EXPECT_EQ(value_, "one");
  EXPECT_EQ(told_.back(), "reloaded file");
}

// A value of two files, of which the second one is replaced later than the first.
TEST_F(ReloadedFileTest, OfSeveralFilesIsReadWhenNoneChangesAnyMore) {
  const std::string second = folder_ / "second";
  const auto reads = std::make_shared<std::atomic<int>>(0);
  Replace("one");
  std::ofstream(second) << "uno";
  const auto use = [this](std::string changed) {
    if (changed == value_) return false;
    value_ = std::move(changed);
    return true;
  };
  const auto read = [second, reads](const std::string& path) -> absl::StatusOr<std::string> {
    ++*reads;
    return ReadText(path).value_or("nothing") + "," + ReadText(second).value_or("nothing");
  };
  value_ = "one,uno";
  file_.emplace(loop_, File::Options{.path = path_, .setting = "file", .more_paths = {second}},
                read, use, this);
  file_->Watch();
  Look();
  EXPECT_EQ(*reads, 0);
  Look();
  EXPECT_EQ(*reads, 1);
  Look();
  EXPECT_EQ(*reads, 1);
  Replace("two");
  Look();
  std::ofstream(second) << "dos, and longer";
  Look();
  EXPECT_EQ(*reads, 1);
  Look();
  EXPECT_EQ(value_, "two,dos, and longer");
  EXPECT_EQ(*reads, 2);
  std::filesystem::remove(second);
  Look();
  Look();
  EXPECT_EQ(value_, "two,nothing");
  EXPECT_EQ(told_, (std::vector<std::string>{"reloaded file", "reloaded file"}));
}

TEST_F(ReloadedFileTest, ThatIsTouchedIsNoChange) {
  Replace("one");
  Open("one");
  Look();
  Replace("one");
  Look();
  EXPECT_TRUE(told_.empty());
}

TEST_F(ReloadedFileTest, IsInUseOnceARefreshIsOver) {
  Replace("one");
  File& file = Open("one");
  Look();
  Replace("two");
  bool first = false;
  bool second = false;
  Spawn(Refresh(file, TimePoint::max(), {}, first));
  Spawn(Refresh(file, TimePoint::max(), {}, second));
  RunUntil(first);
  EXPECT_EQ(value_, "two");
  RunUntil(second);
  EXPECT_EQ(told_.size(), 1u);
  EXPECT_TRUE(loop_.HasTimer()) << "the file is watched no longer";
}

// What a look that runs reads may be older than the change that a caller knows of.
TEST_F(ReloadedFileTest, IsLookedAtOnceMoreForARefreshThatBeginsDuringALook) {
  Replace("one");
  const auto gate = std::make_shared<std::promise<void>>();
  const auto entered = std::make_shared<std::promise<void>>();
  const auto looks = std::make_shared<std::atomic<int>>(0);
  File& file = Open("one", [gate, entered, looks](const std::string& path) {
    absl::StatusOr<std::string> text = ReadText(path);
    if (++*looks == 1) {
      entered->set_value();
      gate->get_future().wait();
    }
    return text;
  });
  loop_.Advance(1s);
  entered->get_future().wait();
  Replace("two");
  bool done = false;
  Spawn(Refresh(file, TimePoint::max(), {}, done));
  loop_.Run();
  EXPECT_EQ(*looks, 1);
  gate->set_value();
  RunUntil(done);
  EXPECT_EQ(value_, "two");
  EXPECT_EQ(*looks, 2);
}

// A file on a disk that hangs blocks neither the loop, nor those who refresh it for longer than
// they say, nor the end of its owner.
TEST_F(ReloadedFileTest, MayHangWithoutHarm) {
  Replace("one");
  const auto gate = std::make_shared<std::promise<void>>();
  const auto entered = std::make_shared<std::promise<void>>();
  File& file = Open("one", [gate, entered](const std::string&) -> absl::StatusOr<std::string> {
    entered->set_value();
    gate->get_future().wait();
    return "late";
  });
  loop_.Advance(1s);
  entered->get_future().wait();
  std::stop_source stop;
  bool stopped = false;
  bool late = false;
  bool waits = false;
  Spawn(Refresh(file, TimePoint::max(), stop.get_token(), stopped));
  Spawn(Refresh(file, loop_.Now() + 1min, {}, late));
  Spawn(Refresh(file, loop_.Now() + 2min, {}, waits));
  loop_.Run();
  EXPECT_FALSE(stopped);
  stop.request_stop();
  loop_.Run();
  EXPECT_TRUE(stopped);
  loop_.Advance(1min - 1ms);
  EXPECT_FALSE(late);
  loop_.Advance(1ms);
  EXPECT_TRUE(late);
  EXPECT_EQ(value_, "one");
  file_.reset();
  gate->set_value();
  loop_.Advance(1min);
  EXPECT_TRUE(waits);
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace modelgates::gateway
