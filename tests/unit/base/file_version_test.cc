#include "base/file_version.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace modelgates::gateway {
namespace {

class FileVersionTest : public testing::Test {
 protected:
  FileVersionTest() {
    std::string pattern = testing::TempDir() + "file_version_XXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/file";
  }
  ~FileVersionTest() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
  std::string path_;
};

TEST_F(FileVersionTest, StaysWhileTheFileDoes) {
  std::ofstream(path_) << "one";
  ASSERT_TRUE(FileVersionOf(path_).has_value());
  EXPECT_EQ(FileVersionOf(path_), FileVersionOf(path_));
}

TEST_F(FileVersionTest, ChangesWithItsLength) {
  std::ofstream(path_) << "one";
  const auto before = FileVersionOf(path_);
  std::ofstream(path_) << "three";
  EXPECT_NE(FileVersionOf(path_), before);
}

TEST_F(FileVersionTest, ChangesWhenAnotherTakesItsPlace) {
  std::ofstream(path_) << "one";
  const auto before = FileVersionOf(path_);
  std::ofstream(path_ + ".next") << "two";
  std::filesystem::last_write_time(path_ + ".next", std::filesystem::last_write_time(path_));
  std::filesystem::rename(path_ + ".next", path_);
  EXPECT_NE(FileVersionOf(path_), before);
}

TEST_F(FileVersionTest, IsNoneWithoutAFile) {
  EXPECT_FALSE(FileVersionOf(path_).has_value());
  EXPECT_FALSE(FileVersionOf("").has_value());
}

}  // namespace
}  // namespace modelgates::gateway
