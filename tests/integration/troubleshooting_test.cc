#include <absl/status/status.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "integration/troubled_gateway.h"
#include "integration/troubleshooting_page.h"
#include "support/metric_value.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

const std::map<std::string, Symptom>& Page() {
  static const std::map<std::string, Symptom> page = [] {
    std::ostringstream text;
    text << std::ifstream(PROJECT_ROOT
                          "/"
                          "docs/troubleshooting.md")
                .rdbuf();
    return ReadTroubleshootingPage(text.str());
  }();
  return page;
}

bool HasFields(const nlohmann::json& line, const std::map<std::string, std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
    const auto found = line.find(field.first);
    if (found == line.end()) return false;
    const std::string text =
        found->is_string() ? found->template get<std::string>() : found->dump();
    return FitsPattern(text, field.second);
  });
}

// Until there is a line as the entry says; false: not within 60 s.
bool WaitForLine(const GatewayProcess& gateway, const Symptom& symptom) {
  for (size_t count = 1; gateway.WaitForLines(symptom.event, count); ++count) {
    if (HasFields(gateway.Lines(symptom.event).at(count - 1), symptom.fields)) return true;
  }
  return false;
}

class Troubleshooting : public testing::TestWithParam<Scenario> {};

// Given the trouble of an entry, then callers, log and metrics say what the entry says.
TEST_P(Troubleshooting, FindsTheCauseWhereThePageSays) {
  ASSERT_TRUE(Page().contains(GetParam().title)) << "it has no entry";
  const Symptom& symptom = Page().at(GetParam().title);
  TroubledGateway trouble;
  const CallEnd end = GetParam().make(trouble);
  const auto code = static_cast<absl::StatusCode>(end.status.error_code());
  EXPECT_EQ(absl::StatusCodeToString(code), symptom.grpc_code) << testing::PrintToString(end);
  if (!symptom.reason.empty()) {
    EXPECT_EQ(ErrorOf(end).info.reason(), symptom.reason);
  }
  EXPECT_TRUE(WaitForLine(*trouble.gateway, symptom)) << trouble.gateway->out();
  EXPECT_GT(MetricValue(trouble.gateway->admin_address(), symptom.metric).value_or(-1), 0);
}

INSTANTIATE_TEST_SUITE_P(, Troubleshooting, testing::ValuesIn(Scenarios()), [](const auto& row) {
  std::string name = row.param.title;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

TEST(TroubleshootingPage, HasNoEntryThatIsNotProven) {
  for (const auto& [title, symptom] : Page()) {
    const bool proven =
        std::any_of(Scenarios().begin(), Scenarios().end(),
                    [&title = title](const Scenario& scenario) { return title == scenario.title; });
    EXPECT_TRUE(proven) << title;
  }
  EXPECT_GE(Page().size(), 12u);
}

TEST(TroubleshootingPage, IsReadStrictly) {
  const std::string entry =
      "# Page\n\n### Title\n\n* callers: `OK`\n* log: `call` `a=b*`\n* metric: `m`\n* cause: x\n* "
      "do: "
      "y\n";
  const Symptom symptom = ReadTroubleshootingPage(entry).at("Title");
  EXPECT_EQ(symptom.fields.at("a"), "b*");
  for (const char* part : {"`OK`", "* metric: `m`\n", "* do: ", "* cause: "}) {
    std::string wrong = entry;
    wrong.erase(wrong.find(part), std::string_view(part).size());
    EXPECT_THROW(ReadTroubleshootingPage(wrong), std::runtime_error) << part;
  }
  EXPECT_TRUE(FitsPattern("1.2.3.4: errno 111", "*errno 111*"));
  EXPECT_FALSE(FitsPattern("errno 104", "*errno 111*"));
}

}  // namespace
}  // namespace modelgates::gateway
