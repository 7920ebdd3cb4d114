#include "exchange/shared/exchange_record.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

AttemptRecord LostAttempt() {
  AttemptRecord attempt;
  attempt.http_status = 502;
  attempt.failure = TransportFailure::kTruncated;
  attempt.delivery = Delivery::kAnswered;
  attempt.started = 3ms;
  attempt.elapsed = 1234us;
  attempt.outcome_unknown = true;
  return attempt;
}

// Every member has a value of its own, so that none can be forgotten or taken for another.
Outcome FullAnswer() {
  HttpResponse response;
  response.status = 418;
  response.content_type = "type";
  response.retry_after = "after";
  response.retry_after_ms = "after ms";
  response.date = "date";
  response.location = "location";
  response.request_id = "id";
  response.body = std::string("body\0\xff", 6);
  response.body_state = BodyState::kTooLarge;
  Outcome outcome;
  outcome.last = response;
  outcome.attempts = {LostAttempt(), AttemptRecord{}};
  outcome.stop = StopReason::kUnsafeExchange;
  outcome.retry_after = 750ms;
  return outcome;
}

Outcome Lost(TransportFailure failure, Delivery delivery) {
  Outcome outcome;
  outcome.last = TransportError{failure, delivery, 200};
  return outcome;
}

ExchangeFailure Failed(const Outcome& outcome, CodeFate fate) {
  ExchangeFailure failure;
  failure.fate = fate;
  failure.outcome = std::make_shared<WipedOutcome>(outcome);
  return failure;
}

ApiKey FullKey() {
  AttemptRecord attempt;
  attempt.http_status = 200;
  attempt.delivery = Delivery::kAnswered;
  attempt.elapsed = 1ms;
  ApiKey key;
  key.key = Secret(std::string_view("key-1"));
  key.user_id = "user-1";
  key.attempts = {attempt};
  return key;
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    hex += {kDigits[value / 16], kDigits[value % 16]};
  }
  return hex;
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (; !hex.empty(); hex.remove_prefix(2)) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(0, 2)), nullptr, 16));
  }
  return bytes;
}

void ExpectSame(const AttemptRecord& read, const AttemptRecord& written) {
  EXPECT_EQ(read.http_status, written.http_status);
  EXPECT_EQ(read.failure, written.failure);
  EXPECT_EQ(read.delivery, written.delivery);
  EXPECT_EQ(read.started, written.started);
  EXPECT_EQ(read.elapsed, written.elapsed);
  EXPECT_EQ(read.outcome_unknown, written.outcome_unknown);
}

TEST(ExchangeRecord, KeepsEveryMemberOfAnAnswer) {
  const Outcome written = FullAnswer();
  const auto record = FromExchangeRecord(ToExchangeRecord(Failed(written, CodeFate::kRejected)));
  ASSERT_TRUE(record);
  const auto* read = std::get_if<Outcome>(&*record);
  ASSERT_NE(read, nullptr);
  const auto& from = std::get<HttpResponse>(written.last);
  const auto& to = std::get<HttpResponse>(read->last);
  EXPECT_EQ(to.status, from.status);
  EXPECT_EQ(to.content_type, from.content_type);
  EXPECT_EQ(to.retry_after, from.retry_after);
  EXPECT_EQ(to.retry_after_ms, from.retry_after_ms);
  EXPECT_EQ(to.date, from.date);
  EXPECT_EQ(to.location, from.location);
  EXPECT_EQ(to.request_id, from.request_id);
  EXPECT_EQ(to.body, from.body);
  EXPECT_EQ(to.body_state, from.body_state);
  EXPECT_EQ(read->stop, written.stop);
  EXPECT_EQ(read->retry_after, written.retry_after);
  ASSERT_EQ(read->attempts.size(), 2u);
  ExpectSame(read->attempts[0], written.attempts[0]);
  ExpectSame(read->attempts[1], written.attempts[1]);
}

TEST(ExchangeRecord, KeepsEveryWayToLoseAnAnswer) {
  for (int failure = 0; failure <= static_cast<int>(kLastTransportFailure); ++failure) {
    for (int delivery = 0; delivery <= static_cast<int>(Delivery::kAnswered); ++delivery) {
      const Outcome written =
          Lost(static_cast<TransportFailure>(failure), static_cast<Delivery>(delivery));
      const auto read = FromExchangeRecord(ToExchangeRecord(Failed(written, CodeFate::kUnknown)));
      ASSERT_TRUE(read) << failure;
      const auto& error = std::get<TransportError>(std::get<Outcome>(*read).last);
      EXPECT_EQ(static_cast<int>(error.failure), failure);
      EXPECT_EQ(static_cast<int>(error.delivery), delivery);
      EXPECT_EQ(error.http_status, 200);
      EXPECT_EQ(std::get<Outcome>(*read).retry_after, std::nullopt);
    }
  }
}

// Two versions of the gateway share a store while one replaces the other: these bytes may not
// change.
TEST(ExchangeRecord, HasTheBytesThatOtherVersionsKnow) {
  const std::string record = ToExchangeRecord(Failed(FullAnswer(), CodeFate::kSpent));
  EXPECT_EQ(Hex(record),
            "0801123808a2031204747970651a05616674657222086166746572206d732a046461746532086c6f636174"
            "696f6e3a0269644206626f647900ff4801220f08f6031007180220b81728d20930012200280630ee05");
}

// A version that knew answers only reads the reply out of the body.
TEST(ExchangeRecord, OfAKeyHasTheBytesThatOtherVersionsKnow) {
  EXPECT_EQ(Hex(ToExchangeRecord(FullKey())),
            "121408c801420f0a056b65792d311206757365722d31220808c801180228e807");
}

TEST(ExchangeRecord, OfAKeyIsReadFromAnyVersion) {
  const char* const all[] = {
      // The one before wrote the whole answer.
      "121a08c801120474797065420f0a056b65792d311206757365722d31220808c801180228e807",
      "121408c801420f0a056b65792d311206757365722d31220808c801180228e807",
  };
  for (const char* const hex : all) {
    const auto record = FromExchangeRecord(Bytes(hex));
    ASSERT_TRUE(record) << hex;
    const auto* read = std::get_if<ApiKey>(&*record);
    ASSERT_NE(read, nullptr) << hex;
    EXPECT_EQ(read->key.Reveal(), "key-1");
    EXPECT_EQ(read->user_id, "user-1");
    ASSERT_EQ(read->attempts.size(), 1u);
    ExpectSame(read->attempts[0], FullKey().attempts[0]);
  }
}

TEST(ExchangeRecord, OfAKeyWithoutOwnerHasNone) {
  ApiKey key = FullKey();
  key.user_id.reset();
  const auto record = FromExchangeRecord(ToExchangeRecord(key));
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<ApiKey>(*record).user_id, std::nullopt);
}

TEST(ExchangeRecord, OfAKeyThatHoldsNoneCannotBeRead) {
  EXPECT_FALSE(FromExchangeRecord(Bytes("120308c801")));
  EXPECT_FALSE(FromExchangeRecord(Bytes("120708c8014202ffff")));
}

TEST(ExchangeRecord, OfALaterVersionCannotBeRead) {
  std::string record = ToExchangeRecord(Failed(FullAnswer(), CodeFate::kSpent));
  ASSERT_TRUE(FromExchangeRecord(record));
  ASSERT_EQ(record[0], '\x08');  // result, the first field
  record[1] = '\x05';
  EXPECT_FALSE(FromExchangeRecord(record));
  EXPECT_FALSE(FromExchangeRecord(""));  // an outcome of neither kind
}

TEST(ExchangeRecord, WithFieldsOfALaterVersionIsReadWithoutThem) {
  const std::string unknown = Bytes("f80601");  // field 111
  const auto failure =
      FromExchangeRecord(ToExchangeRecord(Failed(FullAnswer(), CodeFate::kSpent)) + unknown);
  ASSERT_TRUE(failure);
  EXPECT_EQ(std::get<HttpResponse>(std::get<Outcome>(*failure).last).status, 418);
  const auto key = FromExchangeRecord(ToExchangeRecord(FullKey()) + unknown);
  ASSERT_TRUE(key);
  EXPECT_EQ(std::get<ApiKey>(*key).key.Reveal(), "key-1");
}

// Whatever is in it, reading ends, and gives nothing that is no enumerator.
TEST(ExchangeRecord, OfAnyBytesIsReadOrRefused) {
  const std::string record = ToExchangeRecord(Failed(FullAnswer(), CodeFate::kSpent));
  std::minstd_rand random(1);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = record;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    damaged.resize(random() % (damaged.size() + 1));
    const auto result = FromExchangeRecord(damaged);
    if (!result) continue;
    ++read;
    const auto* outcome = std::get_if<Outcome>(&*result);
    if (outcome == nullptr) continue;
    EXPECT_LE(outcome->stop, StopReason::kUnsafeExchange);
    EXPECT_LE(outcome->attempts.size(), static_cast<size_t>(kMaxAttempts));
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace modelgates::gateway
