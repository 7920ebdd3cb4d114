#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "failure/error_details.h"
#include "failure/error_reply.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using UE = v1::UpstreamError;
using namespace std::chrono_literals;

constexpr auto kExchange = Rpc::kExchangeAuthCode;
constexpr size_t kBudget = 4096;

std::string Repeated(std::string_view text, size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text;
  return result;
}

struct HostileCase {
  std::string name;
  HttpResponse response;
};

class HostileAnswerTest : public testing::TestWithParam<HostileCase> {};

// Given ten attempts, ids of the greatest length, and an answer that is as large as it gets.
TEST_P(HostileAnswerTest, FitsTheBudget) {
  Outcome outcome = OutcomeOf(GetParam().response, StopReason::kAttemptsExhausted,
                              std::vector<AttemptRecord>(9, RecordOf(JsonError(503))));
  for (AttemptRecord& record : outcome.attempts) record.elapsed = 9'999'999'999ns;
  outcome.retry_after = 3'599'999ms;
  const FailedCall failed = FailUpstream(kExchange, outcome);
  const std::string request_id(128, 'r');
  const ErrorReply error = ToErrorReply(failed, request_id, Redaction());

  EXPECT_LE(error.status.ByteSizeLong(), kBudget);
  EXPECT_LE(error.status.message().size(), 512u);
  EXPECT_EQ(error.status.message(), ToValidUtf8(error.status.message()));
  EXPECT_TRUE(FindDetail<google::rpc::ErrorInfo>(error.status).has_value());
  EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(error.status).has_value());
  EXPECT_EQ(FindDetail<google::rpc::RequestInfo>(error.status)->request_id(), request_id);
  const auto upstream = FindDetail<UE>(error.status);
  ASSERT_TRUE(upstream.has_value());
  EXPECT_TRUE(upstream->truncated());
  EXPECT_EQ(upstream->message(), ToValidUtf8(upstream->message()));
  EXPECT_EQ(upstream->body(), ToValidUtf8(upstream->body()));
  EXPECT_EQ(upstream->user_id(), ToValidUtf8(upstream->user_id()));
  EXPECT_EQ(upstream->content_type(), ToValidUtf8(upstream->content_type()));
}

HttpResponse Everything(std::string_view character) {
  HttpResponse response = JsonError(403, Repeated(character, 10'000),
                                    R"(,"metadata":{"a":")" + Repeated(character, 3'000) + "\"}");
  response.body.insert(response.body.size() - 1,
                       R"(,"user_id":")" + Repeated(character, 3'000) + "\"");
  response.request_id = Repeated("i", 8'000);
  return response;
}

HttpResponse Page(std::string body) {
  HttpResponse response = HtmlPage(403, std::move(body));
  response.content_type = "text/" + Repeated("\u00e4", 8'000);
  response.request_id = Repeated("\x80\xff\xe2\x82", 8'000);
  return response;
}

std::string Deep(int levels) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += R"({"a":)";
  text += "1";
  return text + std::string(static_cast<size_t>(levels), '}');
}

std::string Wide(int members) {
  std::string text = "{";
  for (int i = 0; i < members; ++i) {
    text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":" + std::to_string(i);
  }
  return text + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HostileAnswerTest,
    testing::Values(
        HostileCase{"LongMessage", JsonError(403, Repeated("a", 10'000))},
        HostileCase{"EverythingAscii", Everything("a")},
        HostileCase{"EverythingTwoBytes", Everything("\u00e4")},
        HostileCase{"EverythingFourBytes", Everything("\U0001F511")},
        HostileCase{"DeepMetadata", JsonError(403, "no", ",\"metadata\":" + Deep(150))},
        HostileCase{"WideMetadata", JsonError(403, "no", ",\"metadata\":" + Wide(5'000))},
        HostileCase{"Html256KiB", Page(Repeated("<p>\u00e4\u20ac</p>", 256 * 1024))},
        HostileCase{"Text256KiB", Page(Repeated("\u20ac", 256 * 1024))},
        HostileCase{"Binary256KiB",
                    Page(Repeated(std::string_view("\x80\xff\0\xe2\x82", 5), 256 * 1024))}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorBudget, KeepsTheFirstEightOf300Violations) {
  std::vector<Violation> violations;
  for (int i = 0; i < 300; ++i) {
    violations.push_back({"retries.status_codes[" + std::to_string(i) + "]",
                          "must be a status from 400 to 599, or 4XX or 5XX",
                          v1::RETRY_CONFIG_INVALID});
  }
  const FailedCall failed = FailValidation(Rpc::kCreateAuthCode, std::move(violations));
  const ErrorReply error = ToErrorReply(failed, "request-1", Redaction());
  EXPECT_LE(error.status.ByteSizeLong(), kBudget);
  EXPECT_LE(error.status.message().size(), 512u);
  EXPECT_TRUE(error.details_truncated);
  const auto bad_request = FindDetail<google::rpc::BadRequest>(error.status);
  ASSERT_EQ(bad_request->field_violations_size(), 8);
  EXPECT_EQ(bad_request->field_violations(7).field(), "retries.status_codes[7]");
}

// What is still there of a full set of details, by how much it is above the budget.
class CutOrderTest : public testing::Test {
 protected:
  CutOrderTest() {
    details_.error_info.set_reason("REASON");
    details_.bad_request.emplace();
    for (int i = 0; i < 20; ++i) {
      details_.bad_request->add_field_violations()->set_description(std::string(40, 'v'));
    }
    details_.retry_info.emplace().mutable_retry_delay()->set_seconds(1);
    details_.request_info.set_request_id("id");
    details_.help.emplace().add_links()->set_url(std::string(100, 'h'));
    details_.localized_message.emplace().set_message(std::string(100, 'l'));
    UE& upstream = details_.upstream_error.emplace();
    upstream.set_body(std::string(300, 'b'));
    (*upstream.mutable_metadata()->mutable_fields())["m"].set_string_value(std::string(300, 'm'));
    upstream.set_message(std::string(400, 't'));
    for (int i = 0; i < 10; ++i) upstream.add_attempt_log()->set_failure("connect_timeout");
    upstream.set_upstream_request_id("up");
  }

  // One letter for each part that is there: b(ody), m(etadata), t(ext of the message, long),
  // l(ocalized message), h(elp), a(ttempt log), v(iolations, all), u(pstream error).
  static std::string Parts(const google::rpc::Status& status) {
    std::string parts;
    const auto upstream = FindDetail<UE>(status);
    if (upstream && !upstream->body().empty()) parts += 'b';
    if (upstream && upstream->has_metadata()) parts += 'm';
    if (upstream && upstream->message().size() > 200) parts += 't';
    if (FindDetail<google::rpc::LocalizedMessage>(status)) parts += 'l';
    if (FindDetail<google::rpc::Help>(status)) parts += 'h';
    if (upstream && upstream->attempt_log_size() > 0) parts += 'a';
    const auto bad_request = FindDetail<google::rpc::BadRequest>(status);
    if (bad_request && bad_request->field_violations_size() > 8) parts += 'v';
    if (upstream) parts += 'u';
    return parts;
  }

  ErrorDetails details_;
};

TEST_F(CutOrderTest, IsThatOfTheContract) {
  std::vector<std::string> seen;
  for (size_t filler = 0; filler < kBudget - 700; filler += 20) {
    // ErrorInfo is never cut, so it can press the rest out.
    (*details_.error_info.mutable_metadata())["filler"] = std::string(filler, 'f');
    google::rpc::Status status;
    const bool truncated = PackDetails(details_, status);
    ASSERT_LE(status.ByteSizeLong(), kBudget);
    EXPECT_TRUE(FindDetail<google::rpc::ErrorInfo>(status).has_value());
    EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(status).has_value());
    EXPECT_TRUE(FindDetail<google::rpc::RequestInfo>(status).has_value());
    const std::string parts = Parts(status);
    EXPECT_EQ(truncated, parts != "bmtlhavu");
    if (const auto upstream = FindDetail<UE>(status)) {
      EXPECT_EQ(upstream->truncated(), truncated);
    }
    if (seen.empty() || seen.back() != parts) seen.push_back(parts);
  }
  EXPECT_THAT(seen, testing::ElementsAre("bmtlhavu", "mtlhavu", "tlhavu", "lhavu", "havu", "avu",
                                         "vu", "u", ""));
}

}  // namespace
}  // namespace modelgates::gateway
