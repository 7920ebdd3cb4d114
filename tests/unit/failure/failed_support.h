#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "failure/failed_call.h"

namespace modelgates::gateway {

// An answer with this status and a JSON error of the API's shape.
inline HttpResponse JsonError(int status, const std::string& message = "no",
                              const std::string& more = "") {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = R"({"error":{"code":)" + std::to_string(status) + R"(,"message":")" + message +
                  R"(")" + more + "}}";
  return response;
}

inline HttpResponse HtmlPage(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(body);
  return response;
}

// The statuses of a row, in order.
inline std::vector<int> StatusesOf(const ErrorRow& row) {
  std::vector<int> statuses;
  for (int status = 100; status <= 999; ++status) {
    if (row.statuses.Contains(status)) statuses.push_back(status);
  }
  return statuses;
}

// An answer with `status` that has what the row's trigger asks for.
inline HttpResponse AnswerFor(const ErrorRow& row, int status) {
  if (row.trigger == Trigger::kStatusNotApi) return HtmlPage(status, "no");
  HttpResponse response = JsonError(status);
  if (row.trigger == Trigger::kStatusRetryAfter) response.retry_after = "2";
  return response;
}

// The log's line of an attempt that brought `result`, as the retrier writes it.
inline AttemptRecord RecordOf(const HttpResult& result, bool outcome_unknown = false) {
  AttemptRecord record = ToRecord(result);
  record.outcome_unknown = outcome_unknown;
  return record;
}

// An outcome of one attempt, after the `earlier` ones.
inline Outcome OutcomeOf(HttpResult last, StopReason stop = StopReason::kNotRetryable,
                         const std::vector<AttemptRecord>& earlier = {}) {
  Outcome outcome;
  outcome.attempts.assign(earlier.begin(), earlier.end());
  outcome.attempts.push_back(RecordOf(last));
  outcome.last = std::move(last);
  outcome.stop = stop;
  return outcome;
}

// How a call comes to fail as `row` says, with this reason to stop.
inline FailedCall FailAs(const ErrorRow& row, Rpc rpc, Outcome& outcome, StopReason stop) {
  switch (row.trigger) {
    case Trigger::kLocal:
      break;
    case Trigger::kTransport:
      outcome = OutcomeOf(TransportError{row.failure, Delivery::kMaybe}, stop);
      return FailUpstream(rpc, outcome);
    case Trigger::kTransportAfter200:
      outcome = OutcomeOf(TransportError{row.failure, Delivery::kAnswered, 200}, stop);
      return FailUpstream(rpc, outcome);
    case Trigger::kStatus:
    case Trigger::kStatusRetryAfter:
    case Trigger::kStatusNotApi:
      outcome = OutcomeOf(AnswerFor(row, StatusesOf(row).front()), stop);
      return FailUpstream(rpc, outcome);
  }
  return FailLocally(rpc, row.reason);
}

// What a status carries, e.g. {"ErrorInfo", "RequestInfo"}.
inline std::vector<std::string> DetailNames(const google::rpc::Status& status) {
  std::vector<std::string> names;
  for (const auto& detail : status.details()) {
    names.push_back(detail.type_url().substr(detail.type_url().rfind('.') + 1));
  }
  return names;
}

template <class Detail>
std::optional<Detail> FindDetail(const google::rpc::Status& status) {
  std::optional<Detail> found;
  for (const auto& any : status.details()) {
    Detail detail;
    if (!any.Is<Detail>()) continue;
    EXPECT_FALSE(found.has_value()) << "twice: " << any.type_url();
    EXPECT_TRUE(any.UnpackTo(&detail));
    found = std::move(detail);
  }
  return found;
}

}  // namespace modelgates::gateway
