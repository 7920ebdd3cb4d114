#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nearest.h"

namespace modelgates::oauth::cli {
namespace {

const std::vector<std::string> kNames = {
    "login", "create", "exchange", "--callback-url", "--code-challenge", "--code-challenge-method"};

TEST(CliNearest, FindsWhatWasMeant) {
  EXPECT_EQ(Nearest("creat", kNames), "create");
  EXPECT_EQ(Nearest("craete", kNames), "create");
  EXPECT_EQ(Nearest("exchnge", kNames), "exchange");
  EXPECT_EQ(Nearest("--callbak-url", kNames), "--callback-url");
  EXPECT_EQ(Nearest("--callback_url", kNames), "--callback-url");
  EXPECT_EQ(Nearest("--callback", kNames), "--callback-url");
  EXPECT_EQ(Nearest("--code-challange", kNames), "--code-challenge");
}

TEST(CliNearest, IsSilentWhenNothingIsSimilar) {
  EXPECT_EQ(Nearest("foo", kNames), "");
  EXPECT_EQ(Nearest("", kNames), "");
  EXPECT_EQ(Nearest("--colour", kNames), "");
  EXPECT_EQ(Nearest(std::string(10'000, 'c'), kNames), "");
}

}  // namespace
}  // namespace modelgates::oauth::cli
