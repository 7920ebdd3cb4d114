#include "exchange/shared/exchange_record.h"

#include <exchange_record.pb.h>

#include <chrono>
#include <utility>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// The enumerator with this number; nullopt: there is none up to `last`.
template <class Enum>
std::optional<Enum> ToEnum(uint32_t number, Enum last) {
  if (number > static_cast<uint32_t>(last)) return std::nullopt;
  return static_cast<Enum>(number);
}

template <class Enum>
uint32_t ToNumber(Enum value) {
  return static_cast<uint32_t>(value);
}

// Gateways of other versions share these numbers: a new enumerator goes to the end.
constexpr auto kLastDelivery = Delivery::kAnswered;
constexpr auto kLastBodyState = BodyState::kUndecodable;
constexpr auto kLastStop = StopReason::kUnsafeExchange;
constexpr uint32_t kKeyResult = 0;
constexpr auto kLastFate = CodeFate::kUnsent;

void Write(const HttpResponse& response, record::Answer& answer) {
  answer.set_status(response.status);
  answer.set_content_type(response.content_type);
  answer.set_retry_after(response.retry_after);
  answer.set_retry_after_ms(response.retry_after_ms);
  answer.set_date(response.date);
  answer.set_location(response.location);
  answer.set_request_id(response.request_id);
  answer.set_body(response.body);
  answer.set_body_state(ToNumber(response.body_state));
}

void Write(const TransportError& error, record::Loss& loss) {
  loss.set_failure(ToNumber(error.failure));
  loss.set_delivery(ToNumber(error.delivery));
  loss.set_http_status(error.http_status);
}

void Write(const AttemptRecord& from, record::Attempt& to) {
  to.set_http_status(from.http_status);
  if (from.failure) to.set_failure(ToNumber(*from.failure));
  to.set_delivery(ToNumber(from.delivery));
  to.set_started_us(duration_cast<microseconds>(from.started).count());
  to.set_elapsed_us(duration_cast<microseconds>(from.elapsed).count());
  to.set_outcome_unknown(from.outcome_unknown);
}

void Write(const ApiKey& from, record::ExchangeRecord& to) {
  record::Key key;
  key.mutable_key()->assign(from.key.Reveal());
  if (from.user_id) key.set_user_id(*from.user_id);
  to.set_result(kKeyResult);
  record::Answer& answer = *to.mutable_answer();
  answer.set_status(from.attempts.empty() ? 200 : from.attempts.back().http_status);
  key.SerializeToString(answer.mutable_body());
  Wipe(*key.mutable_key());
  for (const AttemptRecord& attempt : from.attempts) Write(attempt, *to.add_attempts());
  to.set_stop(ToNumber(StopReason::kNotRetryable));
}

void Write(const ExchangeFailure& failure, record::ExchangeRecord& to) {
  const Outcome& outcome = *failure.outcome;
  to.set_result(ToNumber(failure.fate));
  if (const auto* response = std::get_if<HttpResponse>(&outcome.last)) {
    Write(*response, *to.mutable_answer());
  } else {
    Write(std::get<TransportError>(outcome.last), *to.mutable_loss());
  }
  for (const AttemptRecord& attempt : outcome.attempts) Write(attempt, *to.add_attempts());
  to.set_stop(ToNumber(outcome.stop));
  if (outcome.retry_after) to.set_retry_after_ms(outcome.retry_after->count());
}

std::optional<HttpResult> Read(record::Answer& answer) {
  const auto body_state = ToEnum(answer.body_state(), kLastBodyState);
  if (!body_state) return std::nullopt;
  HttpResponse response;
  response.status = answer.status();
  response.content_type = std::move(*answer.mutable_content_type());
  response.retry_after = std::move(*answer.mutable_retry_after());
  response.retry_after_ms = std::move(*answer.mutable_retry_after_ms());
  response.date = std::move(*answer.mutable_date());
  response.location = std::move(*answer.mutable_location());
  response.request_id = std::move(*answer.mutable_request_id());
  response.body = answer.body();
  response.body_state = *body_state;
  return response;
}

std::optional<HttpResult> Read(const record::Loss& loss) {
  const auto failure = ToEnum(loss.failure(), kLastTransportFailure);
  const auto delivery = ToEnum(loss.delivery(), kLastDelivery);
  if (!failure || !delivery) return std::nullopt;
  return TransportError{*failure, *delivery, loss.http_status()};
}

std::optional<HttpResult> ReadLast(record::ExchangeRecord& message) {
  if (message.has_answer()) return Read(*message.mutable_answer());
  if (message.has_loss()) return Read(message.loss());
  return std::nullopt;
}

std::optional<AttemptRecord> Read(const record::Attempt& from) {
  const auto delivery = ToEnum(from.delivery(), kLastDelivery);
  const auto failure = ToEnum(from.failure(), kLastTransportFailure);
  if (!delivery || !failure) return std::nullopt;
  AttemptRecord to;
  to.http_status = from.http_status();
  if (from.has_failure()) to.failure = *failure;
  to.delivery = *delivery;
  to.started = microseconds(from.started_us());
  to.elapsed = microseconds(from.elapsed_us());
  to.outcome_unknown = from.outcome_unknown();
  return to;
}

std::optional<AttemptLog> ReadAttempts(const record::ExchangeRecord& message) {
  if (message.attempts_size() > kMaxAttempts) return std::nullopt;
  AttemptLog attempts;
  for (const record::Attempt& from : message.attempts()) {
    const std::optional<AttemptRecord> attempt = Read(from);
    if (!attempt) return std::nullopt;
    attempts.push_back(*attempt);
  }
  return attempts;
}

std::optional<ReadRecord> ReadKey(const record::ExchangeRecord& message, AttemptLog attempts) {
  record::Key from;
  ApiKey to;
  if (from.ParseFromString(message.answer().body()) && !from.key().empty()) {
    to.key = Secret(std::string_view(from.key()));
    if (from.has_user_id()) to.user_id = from.user_id();
    to.attempts = std::move(attempts);
  }
  Wipe(*from.mutable_key());
  if (to.key.empty()) return std::nullopt;
  return to;
}

std::optional<ReadRecord> Read(record::ExchangeRecord& message) {
  const auto stop = ToEnum(message.stop(), kLastStop);
  std::optional<AttemptLog> attempts = ReadAttempts(message);
  if (!stop || !attempts) return std::nullopt;
  if (message.result() == kKeyResult) return ReadKey(message, *std::move(attempts));
  std::optional<HttpResult> last = ReadLast(message);
  if (!ToEnum(message.result(), kLastFate) || !last) return std::nullopt;
  Outcome outcome;
  outcome.last = *std::move(last);
  outcome.attempts = *std::move(attempts);
  outcome.stop = *stop;
  if (message.has_retry_after_ms()) outcome.retry_after = milliseconds(message.retry_after_ms());
  return outcome;
}

void WipeBody(record::ExchangeRecord& message) {
  if (message.has_answer()) Wipe(*message.mutable_answer()->mutable_body());
}

}  // namespace

std::string ToExchangeRecord(const ExchangeResult& result) {
  record::ExchangeRecord message;
  if (const auto* key = std::get_if<ApiKey>(&result)) {
    Write(*key, message);
  } else {
    Write(std::get<ExchangeFailure>(result), message);
  }
  std::string record = message.SerializeAsString();
  WipeBody(message);
  return record;
}

std::optional<ReadRecord> FromExchangeRecord(std::string_view record) {
  record::ExchangeRecord message;
  std::optional<ReadRecord> read;
  if (message.ParseFromArray(record.data(), static_cast<int>(record.size()))) read = Read(message);
  WipeBody(message);
  return read;
}

}  // namespace modelgates::gateway
