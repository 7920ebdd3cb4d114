#include "call/status_mapping.h"

#include <gtest/gtest.h>

#include "failure/error_reply.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

// Python's decoder raises when code or message differ between the two.
void ExpectSameInBoth(const FailedCall& failed) {
  const ErrorReply error = ToErrorReply(failed, "request-1", Redaction());
  const grpc::Status status = ToStatus(error);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(status.error_message(), details.message());
  EXPECT_EQ(static_cast<int>(status.error_code()), details.code());
  EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(failed.code));
  EXPECT_FALSE(status.ok());
  EXPECT_LE(status.error_details().size(), 4096u);
  EXPECT_EQ(DetailNames(details), DetailNames(error.status));
}

constexpr Rpc kRpcs[] = {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode};

TEST(StatusMapping, SaysTheSameInStatusAndDetailsForEveryAnswer) {
  for (int http_status = 100; http_status <= 599; ++http_status) {
    SCOPED_TRACE(http_status);
    for (const Rpc rpc : kRpcs) {
      const Outcome json =
          OutcomeOf(JsonError(http_status, R"(n\u00f6 \"way\" % \n \u0000 \ud83d\udd11)"));
      ExpectSameInBoth(FailUpstream(rpc, json));
      const Outcome page = OutcomeOf(HtmlPage(http_status, "<p>n\xf6</p>"));
      ExpectSameInBoth(FailUpstream(rpc, page));
    }
  }
}

TEST(StatusMapping, SaysTheSameInStatusAndDetailsForEveryRowOfTheCatalogue) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    SCOPED_TRACE(row.condition);
    for (const Rpc rpc : kRpcs) {
      if (row.trigger == Trigger::kLocal) ExpectSameInBoth(FailLocally(rpc, row.reason));
      if (row.trigger != Trigger::kTransport && row.trigger != Trigger::kTransportAfter200)
        continue;
      const int seen = row.trigger == Trigger::kTransport ? 0 : 200;
      const Outcome outcome = OutcomeOf(TransportError{row.failure, Delivery::kMaybe, seen});
      ExpectSameInBoth(FailUpstream(rpc, outcome));
    }
  }
}

TEST(StatusMapping, TellsOfDetailsThatWereCut) {
  const Outcome outcome = OutcomeOf(JsonError(
      400, std::string(10'000, 'a'), R"(,"metadata":{"a":")" + std::string(3'500, 'm') + "\"}"));
  ExpectSameInBoth(FailUpstream(Rpc::kCreateAuthCode, outcome));
}

}  // namespace
}  // namespace modelgates::gateway
