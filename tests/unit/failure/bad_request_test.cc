#include "failure/bad_request.h"

#include <gtest/gtest.h>

#include <set>

#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

struct FieldCase {
  std::string name;
  Rpc rpc;
  std::string message;
  std::string metadata_field;  // empty: no metadata
  std::string field;           // empty: none is named
};

class NamedFieldTest : public testing::TestWithParam<FieldCase> {};

TEST_P(NamedFieldTest, IsFoundOrLeftOpen) {
  const FieldCase& row = GetParam();
  ErrorBody body;
  body.message = row.message;
  if (!row.metadata_field.empty()) {
    (*body.metadata.emplace().mutable_fields())["field"].set_string_value(row.metadata_field);
  }
  const Outcome outcome = OutcomeOf(JsonError(400));
  const FailedCall failed = FailUpstream(row.rpc, outcome);
  const auto bad_request = BadRequestOf(failed, body, Redaction());
  ASSERT_EQ(bad_request.has_value(), !row.field.empty());
  if (!bad_request) return;
  ASSERT_EQ(bad_request->field_violations_size(), 1);
  EXPECT_EQ(bad_request->field_violations(0).field(), row.field);
  EXPECT_EQ(bad_request->field_violations(0).description(), row.message);
}

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;

INSTANTIATE_TEST_SUITE_P(
    Messages, NamedFieldTest,
    testing::Values(
        FieldCase{"Mentioned", kCreate, "callback_url must be https", "", "callback_url"},
        FieldCase{"MentionedTwice", kCreate, "key_label: key_label is odd", "", "key_label"},
        FieldCase{"LongerName", kCreate, "code_challenge_method is odd", "",
                  "code_challenge_method"},
        FieldCase{"LongerNameTwice", kCreate, "code_challenge_method: code_challenge_method is odd",
                  "", "code_challenge_method"},
        FieldCase{"Two", kCreate, "code_challenge needs code_challenge_method", "", ""},
        FieldCase{"None", kCreate, "something is odd", "", ""},
        FieldCase{"LimitIsAWord", kCreate, "you are over the limit", "", ""},
        FieldCase{"CodeIsAWord", kExchange, "Invalid code", "", ""},
        FieldCase{"OfTheOtherRpc", kExchange, "callback_url is odd", "", ""},
        FieldCase{"Verifier", kExchange, "Invalid code or code_verifier", "", "code_verifier"},
        FieldCase{"InMetadata", kCreate, "too high", "limit", "limit"},
        FieldCase{"CodeInMetadata", kExchange, "no", "code", "code"},
        FieldCase{"MetadataWins", kCreate, "callback_url is odd", "key_label", "key_label"},
        FieldCase{"UnknownInMetadata", kCreate, "no", "secret-field", ""}),
    [](const auto& row) { return row.param.name; });

// A field that the proto gains has to be found, too. Headers are not members of the body, and
// `retries` never leaves the gateway.
template <class Request>
void ExpectEveryMemberIsNamed(Rpc rpc) {
  const std::set<std::string> others = {"retries", "http_referer", "x_open_router_title",
                                        "x_open_router_categories"};
  for (int i = 0; i < Request::descriptor()->field_count(); ++i) {
    const std::string& field = Request::descriptor()->field(i)->name();
    if (others.contains(field)) continue;
    ErrorBody body;
    body.message = "this is odd";
    (*body.metadata.emplace().mutable_fields())["field"].set_string_value(field);
    const Outcome outcome = OutcomeOf(JsonError(400));
    const FailedCall failed = FailUpstream(rpc, outcome);
    const auto bad_request = BadRequestOf(failed, body, Redaction());
    ASSERT_TRUE(bad_request) << field;
    EXPECT_EQ(bad_request->field_violations(0).field(), field);
  }
}

TEST(BadRequest, NamesEveryMemberOfTheContract) {
  ExpectEveryMemberIsNamed<oauth::v1::CreateAuthCodeRequest>(kCreate);
  ExpectEveryMemberIsNamed<oauth::v1::ExchangeAuthCodeRequest>(kExchange);
}

// A message has a few KiB at most: what comes after the first 4 KiB is not looked at, so that the
// work has a bound, however long a message is and whatever it repeats.
TEST(BadRequest, LooksForFieldsInTheBeginningOfAMessageOnly) {
  constexpr size_t kSearchedBytes = 4096;
  const auto field_of = [](const std::string& message) {
    const Outcome outcome = OutcomeOf(JsonError(400));
    const FailedCall failed = FailUpstream(kCreate, outcome);
    ErrorBody body;
    body.message = message;
    const auto bad_request = BadRequestOf(failed, body, Redaction());
    return bad_request ? bad_request->field_violations(0).field() : "";
  };
  std::string repeated;
  for (int i = 0; i < 29'000; ++i) repeated += "key_label ";
  EXPECT_EQ(field_of(repeated), "key_label");
  EXPECT_EQ(field_of(repeated + "callback_url"), "key_label");
  EXPECT_EQ(field_of("callback_url " + repeated), "");
  const std::string name = "workspace_id";
  EXPECT_EQ(field_of(std::string(kSearchedBytes - name.size(), ' ') + name), name);
  EXPECT_EQ(field_of(std::string(kSearchedBytes - name.size() + 1, ' ') + name), "");
}

}  // namespace
}  // namespace modelgates::gateway
