#include "support/typed_error.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

template <class Detail>
bool UnpackInto(const google::protobuf::Any& any, std::optional<Detail>& detail) {
  if (!any.Is<Detail>()) return false;
  EXPECT_FALSE(detail.has_value()) << "twice: " << any.type_url();
  EXPECT_TRUE(any.UnpackTo(&detail.emplace()));
  return true;
}

}  // namespace

std::string TypedError::Metadata(const std::string& name) const {
  const auto found = info.metadata().find(name);
  return found == info.metadata().end() ? "" : found->second;
}

std::vector<std::string> TypedError::Fields() const {
  std::vector<std::string> fields;
  if (!bad_request) return fields;
  for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  return fields;
}

int64_t TypedError::RetryMilliseconds() const {
  if (!retry_info) return -1;
  return retry_info->retry_delay().seconds() * 1000 + retry_info->retry_delay().nanos() / 1'000'000;
}

TypedError ErrorOf(const CallEnd& call) {
  TypedError error;
  error.serialized = call.status.error_details();
  if (error.serialized.empty()) return error;
  EXPECT_TRUE(error.status.ParseFromString(error.serialized));
  for (const google::protobuf::Any& any : error.status.details()) {
    error.types.push_back(any.type_url().substr(any.type_url().rfind('.') + 1));
    if (any.Is<google::rpc::ErrorInfo>()) {
      EXPECT_TRUE(any.UnpackTo(&error.info));
      continue;
    }
    const bool known = UnpackInto(any, error.bad_request) ||
                       UnpackInto(any, error.precondition_failure) ||
                       UnpackInto(any, error.quota_failure) || UnpackInto(any, error.retry_info) ||
                       UnpackInto(any, error.request_info) || UnpackInto(any, error.help) ||
                       UnpackInto(any, error.localized_message) || UnpackInto(any, error.upstream);
    EXPECT_TRUE(known) << any.type_url();
  }
  return error;
}

void ExpectEnvelope(const CallEnd& call, const std::string& rpc) {
  const TypedError error = ErrorOf(call);
  ASSERT_FALSE(error.types.empty()) << "no details: " << call.status.error_message();
  EXPECT_EQ(error.types.front(), "ErrorInfo");
  EXPECT_EQ(std::count(error.types.begin(), error.types.end(), "ErrorInfo"), 1);
  EXPECT_EQ(error.status.code(), call.status.error_code());
  EXPECT_EQ(error.status.message(), call.status.error_message());
  EXPECT_LE(error.serialized.size(), 4096u);
  EXPECT_LE(call.status.error_message().size(), 512u);
  EXPECT_FALSE(call.status.error_message().empty());

  EXPECT_EQ(error.info.domain(), "modelgates.ai");
  EXPECT_EQ(error.Metadata("rpc"), rpc);
  EXPECT_THAT(error.Metadata("origin"),
              testing::AnyOf("gateway", "upstream", "transport", "caller"));
  EXPECT_THAT(error.Metadata("stopReason"),
              testing::AnyOf("not_retryable", "attempts_exhausted", "budget_exhausted", "deadline",
                             "breaker_open", "retries_off", "unsafe_exchange"));
  const bool is_exchange = rpc == "ExchangeAuthCode";
  EXPECT_EQ(is_exchange, error.info.metadata().contains("authCodeState"));
  EXPECT_FALSE(error.Metadata("requestId").empty());
  ASSERT_TRUE(error.request_info);
  EXPECT_EQ(error.request_info->request_id(), error.Metadata("requestId"));
  EXPECT_EQ(call.Trailer("x-request-id"), error.Metadata("requestId"));

  const std::string attempts = error.Metadata("attempts");
  EXPECT_EQ(error.upstream.has_value(), attempts != "0");
  if (error.upstream) {
    EXPECT_EQ(std::to_string(error.upstream->attempts()), attempts);
    if (is_exchange) {
      EXPECT_EQ(oauth::v1::UpstreamError::AuthCodeState_Name(error.upstream->auth_code_state()),
                error.Metadata("authCodeState"));
    }
    const int status = error.upstream->http_status();
    if (error.info.metadata().contains("httpStatus")) {
      EXPECT_EQ(std::to_string(status), error.Metadata("httpStatus"));
      EXPECT_FALSE(error.Metadata("sdkError").empty());
    }
  }

  EXPECT_EQ(call.trailers.count("grpc-retry-pushback-ms"), 1u);
  if (error.Metadata("retryable") == "true") {
    ASSERT_TRUE(error.retry_info);
    EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), std::to_string(error.RetryMilliseconds()));
  } else {
    EXPECT_EQ(error.Metadata("retryable"), "false");
    EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), "-1");
  }
}

void PrintTo(const CallEnd& call, std::ostream* out) {
  *out << "code " << call.status.error_code() << ", \"" << call.status.error_message() << "\"";
  if (!call.status.error_details().empty()) *out << "\n" << ErrorOf(call).status.ShortDebugString();
}

}  // namespace modelgates::gateway
