#include "error_decoding.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <sstream>

#include "failure/error_reply.h"
#include "modelgates/oauth/result.h"
#include "unit/failure/failed_support.h"

namespace modelgates::oauth {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

google::rpc::ErrorInfo InfoOf(const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_domain("modelgates.ai");
  info.set_reason(reason);
  return info;
}

template <class... Details>
Error Decode(const Details&... details) {
  google::rpc::Status status;
  (status.add_details()->PackFrom(details), ...);
  return DecodeError({14, "message", status.SerializeAsString(), ""});
}

// What the gateway itself makes of a failure, decoded here.
Error DecodeFailed(const gateway::FailedCall& failed) {
  const google::rpc::Status status =
      gateway::ToErrorReply(failed, "request-1", gateway::Redaction()).status;
  return DecodeError({status.code(), status.message(), status.SerializeAsString(), ""});
}

constexpr gateway::Rpc kRpcs[] = {gateway::Rpc::kCreateAuthCode, gateway::Rpc::kExchangeAuthCode};

// ---- Reasons

TEST(ErrorDecoding, KnowsEveryReasonOfTheProtoByNumberAndName) {
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const std::string& name = reasons.value(i)->name();
    SCOPED_TRACE(name);
    const Error error = Decode(InfoOf(name));
    EXPECT_EQ(static_cast<int>(error.reason), reasons.value(i)->number());
    EXPECT_EQ(ToString(error.reason), name);
    EXPECT_EQ(error.reason_name, name);
  }
  EXPECT_GT(reasons.value_count(), 47);
}

TEST(ErrorDecoding, KeepsTheNameOfAReasonOfTheFuture) {
  for (const char* name : {"SOLAR_FLARE", "", "field_required", "48"}) {
    const Error error = Decode(InfoOf(name));
    EXPECT_EQ(error.reason, ErrorReason::kUnrecognized);
    EXPECT_EQ(error.reason_name, name);
    EXPECT_EQ(ToString(error.reason), "UNRECOGNIZED");
  }
}

TEST(ErrorDecoding, KnowsEveryStateOfAnAuthCode) {
  const auto& states = *v1::UpstreamError::AuthCodeState_descriptor();
  for (int i = 1; i < states.value_count(); ++i) {
    google::rpc::ErrorInfo info = InfoOf("FORBIDDEN");
    (*info.mutable_metadata())["authCodeState"] = states.value(i)->name();
    const Error error = Decode(info);
    EXPECT_EQ(static_cast<int>(error.auth_code_state), states.value(i)->number());
    EXPECT_EQ(ToString(error.auth_code_state), states.value(i)->name());
  }
  EXPECT_EQ(Decode(InfoOf("FORBIDDEN")).auth_code_state, AuthCodeState::kUnspecified);
}

TEST(ErrorDecoding, KnowsEveryCodeOfGrpc) {
  for (int code = 1; code <= 16; ++code) {
    EXPECT_EQ(static_cast<int>(DecodeError({code, "", "", ""}).grpc_code), code);
    EXPECT_NE(ToString(static_cast<GrpcCode>(code)), "");
  }
  EXPECT_EQ(DecodeError({17, "", "", ""}).grpc_code, GrpcCode::kUnknown);
  EXPECT_EQ(DecodeError({-1, "", "", ""}).grpc_code, GrpcCode::kUnknown);
}

// ---- What the gateway sends

ErrorOrigin Expected(gateway::Origin origin) {
  switch (origin) {
    case gateway::Origin::kGateway:
      return ErrorOrigin::kGateway;
    case gateway::Origin::kUpstream:
      return ErrorOrigin::kUpstream;
    case gateway::Origin::kTransport:
      return ErrorOrigin::kTransport;
    case gateway::Origin::kCaller:
      return ErrorOrigin::kCaller;
  }
  return ErrorOrigin::kUnknown;
}

void ExpectDecoded(const gateway::FailedCall& failed) {
  const Error error = DecodeFailed(failed);
  EXPECT_EQ(static_cast<int>(error.reason), static_cast<int>(failed.reason));
  EXPECT_EQ(static_cast<int>(error.grpc_code), static_cast<int>(failed.code));
  EXPECT_EQ(static_cast<int>(error.auth_code_state), static_cast<int>(failed.auth_code_state));
  EXPECT_EQ(error.origin, Expected(failed.row->origin));
  EXPECT_EQ(error.retryable, failed.retryable);
  EXPECT_EQ(error.retry_delay, failed.retry_delay);
  EXPECT_EQ(error.attempts, failed.attempts);
  EXPECT_EQ(error.upstream.has_value(), failed.attempts > 0);
  EXPECT_EQ(error.request_id, "request-1");
  EXPECT_EQ(error.stop_reason, gateway::ToString(failed.stop));
  EXPECT_EQ(error.metadata.at("rpc"), gateway::ToString(failed.rpc));
}

TEST(ErrorDecoding, ReadsEveryRowOfTheGatewaysCatalogue) {
  std::set<int> reasons;
  for (const gateway::ErrorRow& row : gateway::ErrorCatalogue()) {
    for (const gateway::Rpc rpc : kRpcs) {
      SCOPED_TRACE(std::string(gateway::ToString(rpc)) + ": " + row.condition);
      if (row.trigger == gateway::Trigger::kLocal) {
        const gateway::FailedCall failed = gateway::FailLocally(rpc, row.reason);
        ExpectDecoded(failed);
        reasons.insert(failed.reason);
        continue;
      }
      if (row.trigger == gateway::Trigger::kTransport ||
          row.trigger == gateway::Trigger::kTransportAfter200) {
        const int seen = row.trigger == gateway::Trigger::kTransport ? 0 : 200;
        const gateway::Outcome outcome = gateway::OutcomeOf(
            gateway::TransportError{row.failure, gateway::Delivery::kMaybe, seen});
        const gateway::FailedCall failed = gateway::FailUpstream(rpc, outcome);
        ExpectDecoded(failed);
        reasons.insert(failed.reason);
        continue;
      }
      for (const int status : gateway::StatusesOf(row)) {
        SCOPED_TRACE(status);
        const gateway::Outcome outcome = gateway::OutcomeOf(gateway::AnswerFor(row, status));
        const gateway::FailedCall failed = gateway::FailUpstream(rpc, outcome);
        ExpectDecoded(failed);
        EXPECT_EQ(DecodeFailed(failed).http_status, status);
        reasons.insert(failed.reason);
      }
    }
  }
  // All but ERROR_REASON_UNSPECIFIED, which is never sent.
  EXPECT_EQ(static_cast<int>(reasons.size()), v1::ErrorReason_descriptor()->value_count() - 1);
}

TEST(ErrorDecoding, ReadsWhatTheUpstreamSaid) {
  const gateway::Outcome outcome = gateway::OutcomeOf(
      gateway::JsonError(400, "key_label is too long", R"(,"metadata":{"limit":64})"),
      gateway::StopReason::kNotRetryable, {gateway::RecordOf(gateway::JsonError(503))});
  const Error error = DecodeFailed(gateway::FailUpstream(gateway::Rpc::kCreateAuthCode, outcome));
  EXPECT_EQ(error.upstream_message, "key_label is too long");
  EXPECT_EQ(error.sdk_error, "BadRequestResponseError");
  ASSERT_EQ(error.field_violations.size(), 1u);
  EXPECT_EQ(error.field_violations[0].field, "key_label");
  ASSERT_TRUE(error.upstream);
  EXPECT_EQ(error.upstream->http_status, 400);
  EXPECT_EQ(error.upstream->code, 400);
  EXPECT_EQ(error.upstream->metadata_json, R"({"limit":64})");
  ASSERT_EQ(error.upstream->attempts.size(), 2u);
  EXPECT_EQ(error.upstream->attempts[0].http_status, 503);
  EXPECT_EQ(error.upstream->attempts[1].failure, "");
}

// ---- Every other detail

TEST(ErrorDecoding, ReadsEveryDetail) {
  google::rpc::ErrorInfo info = InfoOf("UPSTREAM_CIRCUIT_OPEN");
  (*info.mutable_metadata())["lastFailure"] = "UPSTREAM_RESET";
  (*info.mutable_metadata())["upstreamRequestId"] = "up-1";
  (*info.mutable_metadata())["invented"] = "later";
  google::rpc::PreconditionFailure precondition;
  auto& failed = *precondition.add_violations();
  failed.set_type("CREDIT");
  failed.set_subject("account");
  failed.set_description("has none");
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_description("too many");
  google::rpc::RetryInfo retry_info;
  retry_info.mutable_retry_delay()->set_nanos(1'000'001);
  google::rpc::Help help;
  help.add_links()->set_url("https://modelgates.ai/docs");
  google::rpc::LocalizedMessage localized;
  localized.set_locale("en");
  localized.set_message("Sign in again");
  v1::UpstreamError upstream;
  upstream.set_http_status(503);
  upstream.set_content_type("text/html");
  upstream.set_body("Sorry");
  upstream.set_user_id("user-1");
  upstream.set_truncated(true);
  v1::Attempt& attempt = *upstream.add_attempt_log();
  attempt.set_failure("reset");
  attempt.mutable_started()->set_seconds(1);
  attempt.mutable_elapsed()->set_nanos(5);

  const Error error = Decode(info, precondition, quota, retry_info, help, localized, upstream);
  EXPECT_EQ(error.reason, ErrorReason::kUpstreamCircuitOpen);
  EXPECT_EQ(error.last_failure, ErrorReason::kUpstreamReset);
  EXPECT_EQ(error.upstream_request_id, "up-1");
  EXPECT_EQ(error.metadata.at("invented"), "later");
  ASSERT_EQ(error.failed_preconditions.size(), 1u);
  EXPECT_EQ(error.failed_preconditions[0].type, "CREDIT");
  EXPECT_EQ(error.failed_preconditions[0].subject, "account");
  EXPECT_EQ(error.failed_preconditions[0].description, "has none");
  ASSERT_EQ(error.exceeded_quotas.size(), 1u);
  EXPECT_EQ(error.exceeded_quotas[0].description, "too many");
  EXPECT_EQ(error.retry_delay, 2ms);  // never less than was asked
  ASSERT_EQ(error.help.size(), 1u);
  EXPECT_EQ(error.help[0].url, "https://modelgates.ai/docs");
  EXPECT_EQ(error.user_message, "Sign in again");
  EXPECT_EQ(error.user_message_locale, "en");
  ASSERT_TRUE(error.upstream);
  EXPECT_EQ(error.upstream->content_type, "text/html");
  EXPECT_EQ(error.upstream->body, "Sorry");
  EXPECT_EQ(error.upstream->user_id, "user-1");
  EXPECT_TRUE(error.upstream->truncated);
  ASSERT_EQ(error.upstream->attempts.size(), 1u);
  EXPECT_EQ(error.upstream->attempts[0].http_status, std::nullopt);
  EXPECT_EQ(error.upstream->attempts[0].failure, "reset");
  EXPECT_EQ(error.upstream->attempts[0].started, 1s);
  EXPECT_EQ(error.upstream->attempts[0].elapsed, 5ns);
}

// ---- What is not the gateway's, or hostile

TEST(ErrorDecoding, MakesAnErrorWithoutAReasonOfWhatHasNoDetails) {
  const Error error = DecodeError({14, "connection refused", "", "from-trailer"});
  EXPECT_EQ(error.reason, ErrorReason::kUnspecified);
  EXPECT_EQ(error.reason_name, "");
  EXPECT_EQ(error.grpc_code, GrpcCode::kUnavailable);
  EXPECT_EQ(error.message, "connection refused");
  EXPECT_EQ(error.request_id, "from-trailer");
  EXPECT_EQ(error.origin, ErrorOrigin::kUnknown);
  EXPECT_FALSE(error.retryable);
}

TEST(ErrorDecoding, TakesNoReasonOfAnotherDomain) {
  google::rpc::ErrorInfo info = InfoOf("FORBIDDEN");
  info.set_domain("proxy.example");
  (*info.mutable_metadata())["retryable"] = "true";
  const Error error = Decode(info);
  EXPECT_EQ(error.reason, ErrorReason::kUnspecified);
  EXPECT_FALSE(error.retryable);
}

TEST(ErrorDecoding, LeavesOutWhatCannotBeRead) {
  google::rpc::Status status;
  auto& any = *status.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any.set_value("\xff\xff not proto");
  status.add_details()->set_type_url("type.googleapis.com/of.the.Future");
  google::rpc::RequestInfo request_info;
  request_info.set_request_id("r-1");
  status.add_details()->PackFrom(request_info);
  const Error error = DecodeError({13, "m", status.SerializeAsString(), ""});
  EXPECT_EQ(error.reason, ErrorReason::kUnspecified);
  EXPECT_EQ(error.request_id, "r-1");
  EXPECT_EQ(DecodeError({13, "m", "\xff\xff", ""}).message, "m");
}

TEST(ErrorDecoding, ReadsNumbersThatAreNoneAsAbsent) {
  google::rpc::ErrorInfo info = InfoOf("CONFLICT");
  for (const char* name : {"attempts", "httpStatus"}) {
    (*info.mutable_metadata())[name] = "99999999999";
  }
  (*info.mutable_metadata())["retryable"] = "TRUE";
  (*info.mutable_metadata())["origin"] = "mars";
  (*info.mutable_metadata())["authCodeState"] = "LOST";
  const Error error = Decode(info);
  EXPECT_EQ(error.attempts, 0);
  EXPECT_EQ(error.http_status, std::nullopt);
  EXPECT_FALSE(error.retryable);
  EXPECT_EQ(error.origin, ErrorOrigin::kUnknown);
  EXPECT_EQ(error.auth_code_state, AuthCodeState::kUnspecified);
}

TEST(ErrorDecoding, BoundsWaitsThatNoClockCanHold) {
  google::rpc::RetryInfo retry_info;
  retry_info.mutable_retry_delay()->set_seconds(INT64_MAX);
  retry_info.mutable_retry_delay()->set_nanos(INT32_MAX);
  EXPECT_GT(Decode(retry_info).retry_delay, 24h * 365 * 200);
  retry_info.mutable_retry_delay()->set_seconds(INT64_MIN);
  EXPECT_EQ(Decode(retry_info).retry_delay, 0ms);
}

// ---- Error and Result

TEST(Error, PrintsOneLine) {
  Error error = Decode(InfoOf("CONFLICT"));
  error.request_id = "r-1";
  std::ostringstream out;
  out << error;
  EXPECT_EQ(out.str(), "UNAVAILABLE CONFLICT: message (request id r-1)");
}

TEST(Result, HoldsAValueOrAnError) {
  Result<std::string> value(std::string("text"));
  EXPECT_TRUE(value.ok());
  EXPECT_EQ(*value, "text");
  EXPECT_EQ(value->size(), 4u);
  EXPECT_EQ(std::move(value).value(), "text");
  Result<std::string> failed(Error{.reason = ErrorReason::kGone});
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, ErrorReason::kGone);
}

TEST(ResultDeathTest, EndsTheProgramThatLooksWithoutAsking) {
  const Result<int> failed(Error{.reason_name = "GONE", .message = "too late"});
  EXPECT_DEATH(static_cast<void>(*failed), "GONE: too late");
  const Result<int> value(1);
  EXPECT_DEATH(static_cast<void>(value.error()), "the error of a success");
}

}  // namespace
}  // namespace modelgates::oauth
