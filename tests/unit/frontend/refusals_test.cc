#include "frontend/refusals.h"

#include <google/protobuf/util/message_differencer.h>
#include <google/rpc/error_details.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "failure/error_reply.h"
#include "support/log_capture.h"
#include "support/server_series.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

struct RefusalCase {
  const char* name;
  Rpc rpc;
  ErrorReason reason;
  std::string request_id;  // of the caller
};

class RefusalsTest : public testing::Test {
 protected:
  LogCapture log_;
  Metrics metrics_;
  Fingerprints fingerprints_;
  Refusals refusals_{{log_.log(), metrics_}, fingerprints_};
};

class RefusalTest : public RefusalsTest, public testing::WithParamInterface<RefusalCase> {};

// The reply is that of any other failure, whether it was prepared or not.
TEST_P(RefusalTest, RepliesAsTheErrorModelSays) {
  const RefusalCase& row = GetParam();
  const Refusal refusal =
      refusals_.Refuse(row.reason,
                       {row.rpc, TimePoint(), row.request_id, "", "ipv4:127.0.0.1:1",
                        row.rpc == Rpc::kCreateAuthCode ? "" : "code-1"},
                       TimePoint());
  const FailedCall failed = FailLocally(row.rpc, row.reason);
  const ErrorReply expected = ToErrorReply(failed, refusal.request_id, Redaction());
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(refusal.details));
  ASSERT_EQ(status.details_size(), expected.status.details_size());
  google::rpc::ErrorInfo info;
  google::rpc::ErrorInfo expected_info;
  ASSERT_TRUE(status.details(0).UnpackTo(&info));
  ASSERT_TRUE(expected.status.details(0).UnpackTo(&expected_info));
  using google::protobuf::util::MessageDifferencer;
  EXPECT_TRUE(MessageDifferencer::Equals(info, expected_info)) << info.DebugString();
  for (int i = 1; i < status.details_size(); ++i) {
    EXPECT_TRUE(MessageDifferencer::Equals(status.details(i), expected.status.details(i))) << i;
  }
  EXPECT_EQ(status.message(), expected.status.message());
  EXPECT_EQ(status.code(), expected.status.code());
  EXPECT_EQ(refusal.message, expected.status.message());
  EXPECT_EQ(static_cast<int>(refusal.code), expected.status.code());
  EXPECT_EQ(refusal.retry_pushback, expected.retry_pushback);
}

INSTANTIATE_TEST_SUITE_P(
    , RefusalTest,
    testing::Values(
        RefusalCase{"CreateWithoutId", Rpc::kCreateAuthCode, v1::GATEWAY_OVERLOADED, ""},
        RefusalCase{"CreateWithAnIdOfTheUsualLength", Rpc::kCreateAuthCode, v1::GATEWAY_OVERLOADED,
                    "0123456789abcdef0123456789abcdef"},
        RefusalCase{"CreateWithAnotherId", Rpc::kCreateAuthCode, v1::GATEWAY_OVERLOADED, "id-1"},
        RefusalCase{"CreateOfADrain", Rpc::kCreateAuthCode, v1::GATEWAY_DRAINING, ""},
        RefusalCase{"ExchangeWithoutId", Rpc::kExchangeAuthCode, v1::GATEWAY_OVERLOADED, ""},
        RefusalCase{"ExchangeWithALongId", Rpc::kExchangeAuthCode, v1::GATEWAY_OVERLOADED,
                    std::string(128, 'i')},
        RefusalCase{"CreateNotAllowed", Rpc::kCreateAuthCode, v1::CALLER_NOT_ALLOWED, ""},
        RefusalCase{"ExchangeNotAllowed", Rpc::kExchangeAuthCode, v1::CALLER_NOT_ALLOWED, "id-1"},
        RefusalCase{"CreateAboveItsShare", Rpc::kCreateAuthCode, v1::CALLER_LIMIT_EXCEEDED, ""},
        RefusalCase{"ExchangeAboveItsShare", Rpc::kExchangeAuthCode, v1::CALLER_LIMIT_EXCEEDED, ""},
        RefusalCase{"ExchangeOfADrain", Rpc::kExchangeAuthCode, v1::GATEWAY_DRAINING, ""},
        RefusalCase{"ExchangeOfADrainWithAnotherId", Rpc::kExchangeAuthCode, v1::GATEWAY_DRAINING,
                    "id-1"}),
    [](const auto& row) { return row.param.name; });

TEST_F(RefusalsTest, IsLoggedAndCountedAsACallIs) {
  const TimePoint start{std::chrono::hours(1)};
  const Refusal refusal =
      refusals_.Refuse(v1::GATEWAY_OVERLOADED,
                       {.rpc = Rpc::kExchangeAuthCode,
                        .started = start,
                        .request_id = "id-1",
                        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        .peer = "ipv4:127.0.0.1:1",
                        .auth_code = "code-1",
                        .identity = "address:127.0.0.1"},
                       start + std::chrono::milliseconds(2));
  EXPECT_EQ(refusal.request_id, "id-1");
  const auto lines = log_.Lines("call");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["severity"], "WARNING");
  EXPECT_EQ(lines[0]["request_id"], "id-1");
  EXPECT_EQ(lines[0]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(lines[0]["rpc"], "ExchangeAuthCode");
  EXPECT_EQ(lines[0]["grpc_code"], "UNAVAILABLE");
  EXPECT_EQ(lines[0]["reason"], "GATEWAY_OVERLOADED");
  EXPECT_EQ(lines[0]["auth_code_state"], "UNSENT");
  EXPECT_EQ(lines[0]["attempts"], 0);
  EXPECT_EQ(lines[0]["duration_ms"], 2.0);
  EXPECT_EQ(lines[0]["peer"], "ipv4:127.0.0.1:1");
  EXPECT_EQ(lines[0]["caller"], "address:127.0.0.1");
  // As an RPC names it, which has the other copy.
  EXPECT_EQ(lines[0]["auth_code_fp"], fingerprints_.Of("code-1"));

  const std::string page = metrics_.Render();
  const std::string rpc = "ExchangeAuthCode";
  for (const std::string& series :
       {ServerSeries("grpc_server_started_total", rpc) + " 1",
        ServerSeries("grpc_server_handled_total", rpc, "UNAVAILABLE") + " 1",
        "oauth_gateway_errors_total{reason=\"GATEWAY_OVERLOADED\",rpc=\"" + rpc + "\"} 1",
        std::string("oauth_gateway_calls_in_flight 0")}) {
    EXPECT_NE(page.find(series), std::string::npos) << series << "\n" << page;
  }
}

TEST_F(RefusalsTest, ManyThreadsGetRepliesOfTheirOwn) {
  constexpr size_t kThreads = 4;
  constexpr size_t kCalls = 500;
  std::vector<std::vector<std::string>> ids(kThreads);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < kCalls; ++i) {
        const Refusal refusal = refusals_.Refuse(
            v1::GATEWAY_OVERLOADED, {Rpc::kExchangeAuthCode, TimePoint(), "", "", "peer", "code-1"},
            TimePoint());
        ASSERT_NE(refusal.details.find(refusal.request_id), std::string::npos);
        ids[t].push_back(refusal.request_id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> distinct;
  for (const auto& of_thread : ids) distinct.insert(of_thread.begin(), of_thread.end());
  EXPECT_EQ(distinct.size(), kThreads * kCalls);
  EXPECT_EQ(log_.Lines("call").size(), kThreads * kCalls);
}

}  // namespace
}  // namespace modelgates::gateway
