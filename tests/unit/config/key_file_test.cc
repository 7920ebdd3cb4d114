#include "config/key_file.h"

#include <gmock/gmock.h>

#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string KeyIn(std::string_view content) {
  const TemporaryFile file(content);
  const absl::StatusOr<Secret> key = ReadKeyFile(file.path());
  EXPECT_TRUE(key.ok()) << key.status().message();
  return key.ok() ? std::string(key->Reveal()) : "(error)";
}

TEST(KeyFile, IsReadWithoutTheSpaceAroundIt) {
  EXPECT_EQ(KeyIn("sk-1"), "sk-1");
  EXPECT_EQ(KeyIn(" \tsk-1 \r\n\n"), "sk-1");
  EXPECT_EQ(KeyIn("Bearer sk-1\n"), "Bearer sk-1");
  EXPECT_EQ(KeyIn(std::string(8192, 'k') + "\n"), std::string(8192, 'k'));
}

TEST(KeyFile, ThatIsEmptyIsNoKey) {
  EXPECT_EQ(KeyIn(""), "");
  EXPECT_EQ(KeyIn("\n"), "");
}

TEST(KeyFile, ThatCannotBeSentIsRefusedWithoutItsContent) {
  for (const std::string& content :
       {std::string("canary\ncanary"), std::string("canary\0x", 8), std::string("canary\xc3\xa9"),
        "canary" + std::string(8192, 'k'), std::string(100'000, 'k')}) {
    const TemporaryFile file(content);
    const absl::StatusOr<Secret> key = ReadKeyFile(file.path());
    ASSERT_FALSE(key.ok());
    const std::string message(key.status().message());
    EXPECT_THAT(message, HasSubstr("must "));
    EXPECT_THAT(message, Not(HasSubstr("canary")));
  }
}

TEST(KeyFile, ThatCannotBeReadIsAnError) {
  for (const char* path : {"/nonexistent/key", "/"}) {
    const absl::StatusOr<Secret> key = ReadKeyFile(path);
    ASSERT_FALSE(key.ok()) << path;
    EXPECT_THAT(std::string(key.status().message()), HasSubstr("must be a file that can be read"));
  }
}

}  // namespace
}  // namespace modelgates::gateway
