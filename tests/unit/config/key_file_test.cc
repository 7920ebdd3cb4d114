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

TEST(KeyFile, MayBeginWithAByteOrderMark) { EXPECT_EQ(KeyIn("\xef\xbb\xbfsk-1\r\n"), "sk-1"); }

TEST(KeyFile, MayHoldWhatABearerConsistsOf) { EXPECT_EQ(KeyIn("aZ09-._~+/==\n"), "aZ09-._~+/=="); }

struct WrongKeyCase {
  std::string name;
  std::string content;
  std::string rule;
};

class WrongKey : public ::testing::TestWithParam<WrongKeyCase> {};

TEST_P(WrongKey, IsRefusedWithWordsAndWithoutItsContent) {
  const TemporaryFile file(GetParam().content);
  const absl::StatusOr<Secret> key = ReadKeyFile(file.path());
  ASSERT_FALSE(key.ok());
  const std::string message(key.status().message());
  EXPECT_THAT(message, HasSubstr(GetParam().rule));
  EXPECT_THAT(message, Not(HasSubstr("canary")));
}

constexpr char kEmpty[] = "must hold a key, the file is empty";
constexpr char kQuotes[] = "must hold the key alone, without quotes";
constexpr char kOneWord[] = "must hold the key alone: one line of visible ASCII";
constexpr char kAssignment[] = "must hold the key alone, not NAME=key";
constexpr char kBearerAlone[] = "must hold a key, not the word Bearer alone";

INSTANTIATE_TEST_SUITE_P(
    All, WrongKey,
    ::testing::Values(
        WrongKeyCase{"Empty", "", kEmpty}, WrongKeyCase{"Blank", " \t\r\n", kEmpty},
        WrongKeyCase{"ByteOrderMarkAlone", "\xef\xbb\xbf\n", kEmpty},
        WrongKeyCase{"Quotes", "\"canary\"\n", kQuotes},
        WrongKeyCase{"SingleQuotes", "'canary'", kQuotes},
        WrongKeyCase{"QuotesAfterBearer", "Bearer \"canary\"", kQuotes},
        WrongKeyCase{"QuoteAtOneEnd", "canary\"", kQuotes},
        WrongKeyCase{"Json", "{\"key\":\"canary\"}", kQuotes},
        WrongKeyCase{"Assignment", "MODELGATES_API_KEY=canary", kAssignment},
        WrongKeyCase{"AssignmentWithPadding", "KEY=canary==", kAssignment},
        WrongKeyCase{"Export", "export KEY=canary", kOneWord},
        WrongKeyCase{"HeaderLine", "Authorization: Bearer canary", kOneWord},
        WrongKeyCase{"OtherScheme", "Basic canary", kOneWord},
        WrongKeyCase{"BearerAlone", "Bearer", kBearerAlone},
        WrongKeyCase{"BearerAndSpace", "bearer \n", kBearerAlone},
        WrongKeyCase{"TwoWords", "Bearer canary canary", kOneWord},
        WrongKeyCase{"TwoLines", "canary\ncanary", kOneWord},
        WrongKeyCase{"Tab", "canary\tcanary", kOneWord},
        WrongKeyCase{"Nul", std::string("canary\0x", 8), kOneWord},
        WrongKeyCase{"Control01", "canary\x01", kOneWord},
        WrongKeyCase{"VerticalTab", "canary\x0b", kOneWord},
        WrongKeyCase{"Escape", "canary\x1b[0m", kOneWord},
        WrongKeyCase{"Delete", "canary\x7f", kOneWord},
        WrongKeyCase{"NonAscii", "canary\xc3\xa9", kOneWord},
        WrongKeyCase{"NoBreakSpace", "canary\xc2\xa0", kOneWord},
        WrongKeyCase{"Utf16", std::string("\xff\xfe\x63\0\x61\0", 6), kOneWord},
        WrongKeyCase{"TooLong", "canary" + std::string(8192, 'k'), "at most 8192 bytes"},
        WrongKeyCase{"MuchTooLong", std::string(100'000, 'k'), "must be a file that can be read"}),
    [](const auto& row) { return row.param.name; });

TEST(TokenFile, HoldsTheTokenAlone) {
  const TemporaryFile right("token-1\n");
  EXPECT_EQ(ReadTokenFile(right.path())->Reveal(), "token-1");
  for (const char* wrong : {"", "Bearer token-1", "two words"}) {
    const TemporaryFile file(wrong);
    EXPECT_FALSE(ReadTokenFile(file.path()).ok()) << wrong;
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
