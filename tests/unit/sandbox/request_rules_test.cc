#include "sandbox/request_rules.h"

#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <limits>
#include <set>
#include <string>

namespace modelgates::sandbox {
namespace {

using nlohmann::json;

constexpr UtcTime kNow = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1};
const std::string kPkce43(43, 'a');

// One member changed in a body that is right otherwise; `field` is the violation, empty for none.
struct RuleCase {
  const char* name;
  const char* member;
  json value;  // discarded: the member is left out
  const char* field;
};

json With(json body, const RuleCase& row) {
  if (row.value.is_discarded()) {
    body.erase(row.member);
  } else {
    body[row.member] = row.value;
  }
  return body;
}

template <typename Request>
std::string FieldOf(const std::variant<Request, Violation>& checked) {
  const auto* violation = std::get_if<Violation>(&checked);
  return violation != nullptr ? violation->field : "";
}

const json kAbsent(json::value_t::discarded);
std::string NameOf(const testing::TestParamInfo<RuleCase>& row) { return row.param.name; }

class CreateRuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(CreateRuleTest, NamesTheFieldThatIsWrong) {
  const json right{{"callback_url", "https://app.example/cb"}, {"code_challenge", kPkce43}};
  EXPECT_EQ(FieldOf(ValidateCreate(With(right, GetParam()), kNow)), GetParam().field);
}

const std::string kChars100 = [] {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xc3\xa4";  // one character, two bytes
  return text;
}();

INSTANTIATE_TEST_SUITE_P(
    Rows, CreateRuleTest,
    testing::Values(
        RuleCase{"CallbackAbsent", "callback_url", kAbsent, "callback_url"},
        RuleCase{"CallbackNull", "callback_url", nullptr, "callback_url"},
        RuleCase{"CallbackEmpty", "callback_url", "", "callback_url"},
        RuleCase{"CallbackOtherPort", "callback_url", "https://a.b:8443", "callback_url"},
        RuleCase{"CallbackLoopback", "callback_url", "http://localhost:1", ""},
        RuleCase{"ChallengeAbsent", "code_challenge", kAbsent, ""},
        RuleCase{"ChallengeNull", "code_challenge", nullptr, "code_challenge"},
        RuleCase{"ChallengeShort", "code_challenge", std::string(42, 'a'), "code_challenge"},
        RuleCase{"Challenge128", "code_challenge", std::string(128, '~'), ""},
        RuleCase{"ChallengeLong", "code_challenge", std::string(129, 'a'), "code_challenge"},
        RuleCase{"ChallengeAlphabet", "code_challenge", kPkce43 + "+", "code_challenge"},
        RuleCase{"MethodS256", "code_challenge_method", "S256", ""},
        RuleCase{"MethodPlain", "code_challenge_method", "plain", ""},
        RuleCase{"MethodLowerCase", "code_challenge_method", "s256", "code_challenge_method"},
        RuleCase{"MethodNull", "code_challenge_method", nullptr, "code_challenge_method"},
        RuleCase{"ExpiresNull", "expires_at", nullptr, ""},
        RuleCase{"ExpiresLater", "expires_at", "2026-06-01T00:00:00.000001Z", ""},
        RuleCase{"ExpiresFarAway", "expires_at", "9999-12-31T23:59:59Z", ""},
        RuleCase{"ExpiresNow", "expires_at", "2026-06-01T00:00:00Z", "expires_at"},
        RuleCase{"ExpiresMinutes", "expires_at", "2027-06-01T00:00Z", "expires_at"},
        RuleCase{"ExpiresOffset", "expires_at", "2027-06-01T00:00:00+02:00", "expires_at"},
        RuleCase{"ExpiresNumber", "expires_at", 1900000000, "expires_at"},
        RuleCase{"LabelEmpty", "key_label", "", "key_label"},
        RuleCase{"Label100", "key_label", kChars100, ""},
        RuleCase{"Label101", "key_label", kChars100 + "x", "key_label"},
        RuleCase{"LimitZero", "limit", 0, ""}, RuleCase{"LimitMinusZero", "limit", -0.0, ""},
        RuleCase{"LimitHuge", "limit", std::numeric_limits<double>::max(), ""},
        RuleCase{"LimitNegative", "limit", -5, "limit"},
        RuleCase{"LimitInfinite", "limit", std::numeric_limits<double>::infinity(), "limit"},
        RuleCase{"LimitText", "limit", "5", "limit"}, RuleCase{"LimitBool", "limit", true, "limit"},
        RuleCase{"LimitNull", "limit", nullptr, "limit"},
        RuleCase{"PeriodDaily", "usage_limit_type", "daily", ""},
        RuleCase{"PeriodWeekly", "usage_limit_type", "weekly", ""},
        RuleCase{"PeriodMonthly", "usage_limit_type", "monthly", ""},
        RuleCase{"PeriodOther", "usage_limit_type", "yearly", "usage_limit_type"},
        RuleCase{"WorkspaceText", "workspace_id", "ws", ""},
        RuleCase{"WorkspaceNumber", "workspace_id", 7, "workspace_id"},
        RuleCase{"UnknownMember", "anything", 7, ""}),
    NameOf);

TEST(ValidateCreate, RefusesAMethodWithoutAChallenge) {
  const json body{{"callback_url", "https://a.b"}, {"code_challenge_method", "S256"}};
  EXPECT_EQ(FieldOf(ValidateCreate(body, kNow)), "code_challenge_method");
}

TEST(ValidateCreate, TakesAChallengeWithoutMethodAsPlain) {
  const json body{{"callback_url", "https://a.b"}, {"code_challenge", kPkce43}};
  const auto request = std::get<CreateRequest>(ValidateCreate(body, kNow));
  ASSERT_TRUE(request.challenge.has_value());
  EXPECT_EQ(request.challenge->method, ChallengeMethod::kPlain);
}

TEST(ValidateCreate, RefusesWhatIsNoObject) {
  for (const char* text : {"[]", "null", "\"x\"", "1", "{", "", "{\"a\":\"\xff\"}"}) {
    const auto checked = ValidateCreate(json::parse(text, nullptr, false), kNow);
    EXPECT_TRUE(std::holds_alternative<Violation>(checked)) << text;
  }
}

class ExchangeRuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(ExchangeRuleTest, NamesTheFieldThatIsWrong) {
  const json right{{"code", "c"}, {"code_verifier", kPkce43}};
  EXPECT_EQ(FieldOf(ValidateExchange(With(right, GetParam()))), GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ExchangeRuleTest,
    testing::Values(
        RuleCase{"CodeAbsent", "code", kAbsent, "code"}, RuleCase{"CodeEmpty", "code", "", "code"},
        RuleCase{"CodeNumber", "code", 1, "code"},
        RuleCase{"VerifierAbsent", "code_verifier", kAbsent, ""},
        RuleCase{"VerifierShort", "code_verifier", std::string(42, 'a'), "code_verifier"},
        RuleCase{"VerifierLong", "code_verifier", std::string(129, 'a'), "code_verifier"},
        RuleCase{"VerifierAlphabet", "code_verifier", kPkce43 + " ", "code_verifier"},
        RuleCase{"VerifierEmpty", "code_verifier", "", "code_verifier"},
        RuleCase{"VerifierNull", "code_verifier", nullptr, "code_verifier"},
        RuleCase{"MethodS256", "code_challenge_method", "S256", ""},
        RuleCase{"MethodNull", "code_challenge_method", nullptr, ""},
        RuleCase{"MethodEmpty", "code_challenge_method", "", "code_challenge_method"},
        RuleCase{"UnknownMember", "anything", 7, ""}),
    NameOf);

// A field that the contract gains has a rule here: none of them is ever an array. Headers are not
// members of the body, and `retries` is for the gateway.
template <typename Request, typename Validate>
void ExpectARuleForEveryMember(json body, const Validate& validate) {
  const std::set<std::string> others = {"retries", "http_referer", "x_open_router_title",
                                        "x_open_router_categories"};
  for (int i = 0; i < Request::descriptor()->field_count(); ++i) {
    const std::string& field = Request::descriptor()->field(i)->name();
    if (others.contains(field)) continue;
    json wrong = body;
    wrong[field] = json::array();
    EXPECT_EQ(FieldOf(validate(wrong)), field);
  }
}

TEST(RequestRules, CoverEveryMemberOfTheContract) {
  ExpectARuleForEveryMember<oauth::v1::CreateAuthCodeRequest>(
      {{"callback_url", "https://app.example/cb"}},
      [](const json& body) { return ValidateCreate(body, kNow); });
  ExpectARuleForEveryMember<oauth::v1::ExchangeAuthCodeRequest>({{"code", "c"}}, ValidateExchange);
}

}  // namespace
}  // namespace modelgates::sandbox
