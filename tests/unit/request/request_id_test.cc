#include "request/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace modelgates::gateway {
namespace {

struct IdCase {
  std::string name;
  std::string from_caller;
  bool kept;
};

class RequestIdTest : public testing::TestWithParam<IdCase> {};

TEST_P(RequestIdTest, IsTheCallersWhenItIsSane) {
  absl::BitGen random;
  const std::string id = ToRequestId(GetParam().from_caller, random);
  if (GetParam().kept) {
    EXPECT_EQ(id, GetParam().from_caller);
  } else {
    EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(id, GetParam().from_caller);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ids, RequestIdTest,
    testing::Values(IdCase{"Uuid", "123e4567-e89b-12d3-a456-426614174000", true},
                    IdCase{"Alphabet", "AZaz09._-", true}, IdCase{"OneCharacter", "a", true},
                    IdCase{"Longest", std::string(128, 'a'), true},
                    IdCase{"TooLong", std::string(129, 'a'), false}, IdCase{"Empty", "", false},
                    IdCase{"LoadBalancer", "Root=1-67891233-abcdef012345678912345678", true},
                    IdCase{"Colon", "a:b", true}, IdCase{"CloudTrace", "trace/1;o=1", true},
                    IdCase{"QuoteAndBackslash", "a\"b\\", true},
                    IdCase{"FirstAndLastVisible", "!~", true}, IdCase{"Space", "a b", false},
                    IdCase{"SpaceAround", " a ", false}, IdCase{"Tab", "a\tb", false},
                    IdCase{"Delete", "a\x7f", false}, IdCase{"LineEnd", "a\n", false},
                    IdCase{"Nul", std::string("a\0", 2), false},
                    IdCase{"NonAscii", "\u00e4", false}),
    [](const auto& row) { return row.param.name; });

TEST(RequestId, IsNewForEachCall) {
  absl::BitGen random;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(ToRequestId("", random));
  EXPECT_EQ(ids.size(), 1000u);
}

}  // namespace
}  // namespace modelgates::gateway
