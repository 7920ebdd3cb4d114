#include "resilience/status_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

std::vector<int> Members(const StatusSet& set) {
  std::vector<int> members;
  for (int status = -1; status <= 1000; ++status) {
    if (set.Contains(status)) members.push_back(status);
  }
  return members;
}

TEST(StatusSet, HoldsNothingAtFirst) {
  EXPECT_TRUE(StatusSet().empty());
  EXPECT_EQ(Members(StatusSet()), std::vector<int>());
}

TEST(StatusSet, ANumberIsItselfOnly) {
  for (const int status : {400, 404, 429, 499, 500, 503, 599}) {
    const auto set = StatusSet::Parse(std::to_string(status));
    ASSERT_TRUE(set) << status;
    EXPECT_FALSE(set->empty());
    EXPECT_EQ(Members(*set), std::vector{status});
  }
}

TEST(StatusSet, AClassIsItsHundredNumbers) {
  for (const auto& [entry, first] :
       {std::pair("4XX", 400), std::pair("5XX", 500), std::pair("5xx", 500)}) {
    const auto set = StatusSet::Parse(entry);
    ASSERT_TRUE(set) << entry;
    const std::vector<int> members = Members(*set);
    EXPECT_EQ(members.size(), 100u);
    EXPECT_EQ(members.front(), first);
    EXPECT_EQ(members.back(), first + 99);
  }
}

TEST(StatusSet, EntriesAddUp) {
  StatusSet set;
  for (const char* entry : {"429", "503", "429"}) set.Add(*StatusSet::Parse(entry));
  EXPECT_EQ(Members(set), (std::vector{429, 503}));
  set.Add(*StatusSet::Parse("5XX"));
  EXPECT_EQ(Members(set).size(), 101u);
}

TEST(StatusSet, NothingElseIsAnEntry) {
  for (const char* entry :
       {"",    "5",   "50",   "5X",  "5Xx", "50X", "5X0",  "XXX", "200", "2XX", "399",
        "600", "6XX", "5000", "-50", "+50", " 50", "500 ", "5.0", "4:0", "4/0"}) {
    EXPECT_FALSE(StatusSet::Parse(entry)) << '"' << entry << '"';
  }
}

}  // namespace
}  // namespace modelgates::gateway
