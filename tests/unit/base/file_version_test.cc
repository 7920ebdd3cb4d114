#include "base/file_version.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

class FileVersionTest : public testing::Test {
 protected:
  const TemporaryFolder folder_{"file-version"};
  const std::string path_ = folder_ / "file";
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
