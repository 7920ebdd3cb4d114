#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

#include "sandbox/fault_script.h"

namespace modelgates::sandbox {
namespace {

// docs/sandbox.md, which people copy from.
std::string Page() {
  std::ifstream file(std::string(PROJECT_ROOT) +
                     "/"
                     "docs/sandbox.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Faults are written `{...}`, or '{...}' in a command.
std::vector<std::string> FaultsIn(const std::string& page) {
  std::vector<std::string> faults;
  const std::regex fault("[`'](\\{\"[^`']*\\})[`']");
  for (std::sregex_iterator it(page.begin(), page.end(), fault), end; it != end; ++it) {
    faults.push_back((*it)[1]);
  }
  return faults;
}

TEST(SandboxPage, HasFaultsThatAreAccepted) {
  std::set<FaultAction> actions;
  for (const std::string& fault : FaultsIn(Page())) {
    const auto parsed = ParseFaultScript(fault);
    const auto* rules = std::get_if<std::vector<FaultRule>>(&parsed);
    ASSERT_NE(rules, nullptr) << fault;
    actions.insert(rules->front().action);
  }
  EXPECT_EQ(actions.size(), 8u) << "an action has no example";
}

TEST(SandboxPage, DescribesEveryActionAndMember) {
  const std::string page = Page();
  for (const char* name :
       {"status", "delay", "reset", "close", "truncate", "oversize", "garbage", "hang"}) {
    EXPECT_THAT(page, testing::HasSubstr("\n| `" + std::string(name) + "` | ")) << name;
  }
  for (const char* name : {"action", "match", "count", "percent", "after_work", "delay_ms",
                           "status", "headers", "body", "content_type"}) {
    EXPECT_THAT(page, testing::ContainsRegex("\n\\| .*`" + std::string(name) + "`")) << name;
  }
}

}  // namespace
}  // namespace modelgates::sandbox
