#include "support/catalogue_error.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "failure/verdict.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using std::chrono::milliseconds;

constexpr size_t kMaxAttempts = 10;
constexpr milliseconds kUsualWait{1'500};
constexpr milliseconds kLongestWait{3'599'999};

ErrorReason ReasonOf(const ErrorRow& row, Rpc rpc) {
  const bool lost = rpc == Rpc::kExchangeAuthCode && row.loses_exchange;
  return lost ? v1::EXCHANGE_OUTCOME_UNKNOWN : row.reason;
}

// The row, and the RPC that it is of: `first` if that has this reason at all.
std::pair<const ErrorRow*, Rpc> FindRow(ErrorReason reason, Rpc first) {
  const Rpc second = first == Rpc::kCreateAuthCode ? Rpc::kExchangeAuthCode : Rpc::kCreateAuthCode;
  for (const Rpc rpc : {first, second}) {
    for (const ErrorRow& row : ErrorCatalogue()) {
      if (ReasonOf(row, rpc) == reason) return {&row, rpc};
    }
  }
  throw std::logic_error("not in the catalogue: " + v1::ErrorReason_Name(reason));
}

std::string Repeated(std::string_view text, size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text;
  return result;
}

// What makes an error large. `filling` is the number of bytes that may be as many as one likes.
struct Texts {
  ErrorSize size;
  size_t filling;

  bool large() const { return size == ErrorSize::kLargest; }

  // Characters of four bytes, of which each becomes twelve in the header grpc-message.
  HttpResponse Answer(const ErrorRow& row, int status) const {
    if (row.trigger == Trigger::kStatusNotApi) return Page(status);
    if (!large())
      return JsonError(status, "no", R"(,"metadata":{"field":"code_challenge_method"})");
    constexpr size_t kMaxValueBytes = 1'000;
    std::string metadata = R"(,"metadata":{"field":"code_challenge_method")";
    for (size_t left = filling, i = 0; left > 0; ++i) {
      const size_t bytes = std::min(left, kMaxValueBytes);
      metadata += ",\"" + std::to_string(i) + "\":\"" + std::string(bytes, 'm') + '"';
      left -= bytes;
    }
    HttpResponse answer = JsonError(status, Repeated("\U0001F511", 2'000), metadata + '}');
    answer.request_id = std::string(128, 'i');
    return answer;
  }

  HttpResponse Page(int status) const {
    HttpResponse page = HtmlPage(status, large() ? Repeated("\U0001F511", filling) : "no");
    if (large()) page.request_id = std::string(128, 'i');
    return page;
  }

  std::vector<Violation> Violations(ErrorReason reason) const {
    const size_t count = large() ? 1 + filling / 100 : 1;
    std::vector<Violation> violations;
    for (size_t i = 0; i < count; ++i) {
      violations.push_back({"retries.status_codes[" + std::to_string(i) + "]",
                            "must be a status from 400 to 599, or 4XX or 5XX", reason});
    }
    return violations;
  }
};

// What the row stands for, of this reason and no other: rows overlap.
HttpResult ResultOf(const ErrorRow& row, Rpc rpc, ErrorReason reason, const Texts& texts) {
  if (row.trigger == Trigger::kTransport || row.trigger == Trigger::kTransportAfter200) {
    const int seen = row.trigger == Trigger::kTransport ? 0 : 200;
    const bool unsent = row.auth_code_state == v1::UpstreamError::UNSENT;
    return TransportError{row.failure, unsent ? Delivery::kNever : Delivery::kMaybe, seen};
  }
  for (const int http_status : StatusesOf(row)) {
    HttpResponse answer = texts.Answer(row, http_status);
    if (row.trigger == Trigger::kStatusRetryAfter) answer.retry_after = "2";
    if (Judge(rpc, answer).reason == reason) return answer;
  }
  throw std::logic_error("no status has this row: " + v1::ErrorReason_Name(reason));
}

Outcome OutcomeWith(HttpResult last, Rpc rpc, ErrorSize size) {
  const bool large = size == ErrorSize::kLargest;
  const bool may_be_repeated = Judge(rpc, last).retry != RetryClass::kNever;
  const std::vector<AttemptRecord> earlier(large ? kMaxAttempts - 1 : 0, RecordOf(JsonError(503)));
  Outcome outcome = OutcomeOf(
      std::move(last), large ? StopReason::kAttemptsExhausted : StopReason::kNotRetryable, earlier);
  for (AttemptRecord& record : outcome.attempts) {
    record.elapsed = large ? std::chrono::nanoseconds(9'999'999'999) : milliseconds(5);
  }
  if (large || may_be_repeated) outcome.retry_after = large ? kLongestWait : kUsualWait;
  return outcome;
}

CatalogueError Make(ErrorReason reason, const Texts& texts) {
  const auto [row, rpc] =
      FindRow(reason, texts.large() ? Rpc::kExchangeAuthCode : Rpc::kCreateAuthCode);
  Outcome outcome;
  FailedCall failed{};
  if (reason == v1::UPSTREAM_CIRCUIT_OPEN) {
    outcome.stop = StopReason::kBreakerOpen;
    outcome.retry_after = texts.large() ? kLongestWait : kUsualWait;
    outcome.breaker_failure = v1::UPSTREAM_TIMEOUT;
    failed = FailUpstream(rpc, outcome);
  } else if (row->trigger != Trigger::kLocal) {
    outcome = OutcomeWith(ResultOf(*row, rpc, reason, texts), rpc, texts.size);
    failed = FailUpstream(rpc, outcome);
  } else if ((row->details & kBadRequest) != 0) {
    failed = FailValidation(rpc, texts.Violations(reason));
  } else {
    failed = FailLocally(rpc, reason);
  }
  if (failed.reason != reason) {
    throw std::logic_error("made another error than " + v1::ErrorReason_Name(reason));
  }
  CatalogueError error{
      .rpc = rpc, .code = row->code, .auth_code_state = {}, .request_id = {}, .reply = {}};
  if (rpc == Rpc::kExchangeAuthCode) {
    if (row->loses_exchange) error.code = RowOf(reason).code;
    error.auth_code_state = row->auth_code_state;
  }
  error.request_id = texts.large() ? std::string(128, 'r') : "request-1";
  error.reply = ToErrorReply(failed, error.request_id, Redaction());
  return error;
}

struct Largest {
  CatalogueError error;
  size_t filling;
};

Largest FindLargest(ErrorReason reason, size_t from, size_t to, size_t step) {
  Largest largest{Make(reason, {ErrorSize::kLargest, from}), from};
  for (size_t filling = from + step; filling < to; filling += step) {
    CatalogueError error = Make(reason, {ErrorSize::kLargest, filling});
    const size_t bytes = error.reply.status.ByteSizeLong();
    if (bytes > largest.error.reply.status.ByteSizeLong()) {
      largest = {std::move(error), filling};
    }
  }
  return largest;
}

}  // namespace

CatalogueError CatalogueErrorOf(ErrorReason reason, ErrorSize size) {
  if (size == ErrorSize::kUsual) return Make(reason, {size, 0});
  // What does not fit is cut as a whole, so the largest error is one that just fits.
  constexpr size_t kMaxFilling = 4'096;
  constexpr size_t kStep = 64;
  const Largest roughly = FindLargest(reason, 0, kMaxFilling, kStep);
  return FindLargest(reason, roughly.filling, roughly.filling + kStep, 4).error;
}

}  // namespace modelgates::gateway
