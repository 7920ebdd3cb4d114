#include "trace/span_exporter.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "unit/trace/span_ledger.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TraceSettings Settings() {
  TraceSettings settings;
  settings.origin = "http://127.0.0.1:4318";
  settings.path = "/v1/traces";
  settings.headers = {{"authorization", Secret(std::string("Bearer collector"))}};
  settings.resource = {{"service.name", "oauth-gateway"}};
  settings.max_queue = 100;
  settings.max_batch = 40;
  return settings;
}

HttpResponse AnswerWithBody(int status, const std::string& body) {
  HttpResponse response = Answer(status);
  response.body = body;
  return response;
}

class SpanExporterTest : public testing::Test {
 protected:
  void Put(int count) {
    for (int i = 0; i < count; ++i) {
      Span span;
      span.name = "name";
      queue_.Put(std::move(span));
    }
    loop_.Run();
  }

  size_t Sends() const { return transport_.sends().size(); }
  size_t SpansOf(size_t send) const {
    const json body = json::parse(transport_.sends().at(send).body);
    return body["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
  }

  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  UnlimitedRetrier retrier_{loop_, transport_, [] { return 0.0; }};
  const TraceSettings settings_ = Settings();
  SpanLedger ledger_;
  SpanQueue queue_{settings_.max_queue, settings_.max_batch,
                   [this] { loop_.Post([this] { exporter_.Wake(); }); }, ledger_};
  SpanExporter exporter_{loop_, retrier_, queue_, settings_, ledger_};
};

TEST_F(SpanExporterTest, SendsWhatThereIsAfterTheScheduleDelay) {
  transport_.Then(Answer(200));
  Put(3);
  loop_.Advance(4999ms);
  EXPECT_EQ(Sends(), 0u);
  loop_.Advance(1ms);
  ASSERT_EQ(Sends(), 1u);
  EXPECT_EQ(SpansOf(0), 3u);
  EXPECT_EQ(transport_.sends()[0].path, "/v1/traces");
  EXPECT_EQ(transport_.sends()[0].headers, "authorization: Bearer collector\r\n");
  EXPECT_EQ(ledger_.exported(), 3u);
}

TEST_F(SpanExporterTest, SendsNothingWhenThereIsNothing) {
  loop_.Advance(60s);
  EXPECT_EQ(Sends(), 0u);
}

TEST_F(SpanExporterTest, SendsABatchAtOnce) {
  transport_.Then(Answer(200));
  Put(40);
  loop_.Advance(0ms);
  ASSERT_EQ(Sends(), 1u);
  EXPECT_EQ(SpansOf(0), 40u);
  EXPECT_EQ(ledger_.exported(), 40u);
}

// Given a collector that takes its time, when more spans end than fit, then one request is under
// way, the queue is full, the rest is lost and counted.
TEST_F(SpanExporterTest, HoldsOneBatchAndTheQueue) {
  transport_.Then(Answer(200), 9s);
  transport_.Otherwise(Answer(200));
  for (int i = 0; i < 10; ++i) Put(40);
  EXPECT_EQ(transport_.in_flight(), 1);
  EXPECT_EQ(queue_.size(), 100u);
  EXPECT_EQ(ledger_.lost(SpanLoss::kQueueFull), 400u - 40u - 100u);
  loop_.Advance(30s);
  EXPECT_EQ(ledger_.exported(), 140u);
  EXPECT_EQ(transport_.most_in_flight(), 1);
}

struct AnswerCase {
  std::string name;
  HttpResult answer;
  size_t sends;  // of one batch; the second is answered with 200
  size_t exported;
  SpanLoss loss = SpanLoss::kRefused;
};

class CollectorAnswerTest : public SpanExporterTest,
                            public testing::WithParamInterface<AnswerCase> {};

TEST_P(CollectorAnswerTest, IsFinalOrTriedAgain) {
  transport_.Then(GetParam().answer);
  transport_.Otherwise(Answer(200));
  Put(10);
  loop_.Advance(20s);
  EXPECT_EQ(Sends(), GetParam().sends);
  EXPECT_EQ(ledger_.exported(), GetParam().exported);
  EXPECT_EQ(ledger_.lost(GetParam().loss), 10u - GetParam().exported);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, CollectorAnswerTest,
    testing::Values(
        AnswerCase{"Ok", Answer(200), 1, 10}, AnswerCase{"Accepted", Answer(202), 1, 10},
        AnswerCase{"Garbage", AnswerWithBody(200, "\x00\xff<html>"), 1, 10},
        AnswerCase{"Part", AnswerWithBody(200, R"({"partialSuccess":{"rejectedSpans":"4"}})"), 1,
                   6},
        AnswerCase{"PartOfMoreThanWasSent",
                   AnswerWithBody(200, R"({"partialSuccess":{"rejectedSpans":"11"}})"), 1, 0},
        AnswerCase{"BadRequest", Answer(400), 1, 0}, AnswerCase{"Unauthorized", Answer(401), 1, 0},
        AnswerCase{"TooLarge", Answer(413), 1, 0}, AnswerCase{"ServerError", Answer(500), 1, 0},
        AnswerCase{"Redirect", Answer(302), 1, 0}, AnswerCase{"TooMany", Answer(429), 2, 10},
        AnswerCase{"BadGateway", Answer(502), 2, 10}, AnswerCase{"Unavailable", Answer(503), 2, 10},
        AnswerCase{"GatewayTimeout", Answer(504), 2, 10}, AnswerCase{"Refused", Refused(), 2, 10},
        AnswerCase{"Reset", Reset(), 2, 10},
        AnswerCase{"Silent", TransportError{TransportFailure::kTimeout, Delivery::kMaybe}, 2, 10},
        AnswerCase{"NoHttp", TransportError{TransportFailure::kGarbage, Delivery::kMaybe}, 2, 10}),
    [](const auto& row) { return row.param.name; });

TEST_F(SpanExporterTest, WaitsAsLongAsTheCollectorAsks) {
  transport_.Then(AnswerWithRetryAfter(503, "7")).Then(Answer(200));
  Put(1);
  loop_.Advance(5s + 6999ms);
  EXPECT_EQ(Sends(), 1u);
  loop_.Advance(1ms);
  EXPECT_EQ(Sends(), 2u);
}

// Given a collector that is away, then a batch is given up after the export timeout, and the next
// one follows the schedule.
TEST_F(SpanExporterTest, GivesABatchUpWhenItsTimeIsOver) {
  transport_.Otherwise(TransportError{
      .failure = TransportFailure::kConnect, .delivery = Delivery::kNever, .cause = "refused"});
  Put(10);
  loop_.Advance(5s + 30s);
  EXPECT_EQ(ledger_.lost(SpanLoss::kUnreachable), 10u);
  EXPECT_EQ(ledger_.why(), "refused");
  EXPECT_GE(Sends(), 3u);
  EXPECT_LE(Sends(), size_t{kMaxAttempts});
  const size_t sends = Sends();
  loop_.Advance(60s);
  EXPECT_EQ(Sends(), sends);
}

TEST_F(SpanExporterTest, EachRequestHasItsTimeout) {
  transport_.Then(Answer(200), ScriptedTransport::kSilence).Then(Answer(200));
  Put(1);
  loop_.Advance(5s);
  ASSERT_EQ(Sends(), 1u);
  EXPECT_EQ(transport_.sends()[0].deadline, transport_.sends()[0].at + 10s);
  loop_.Advance(12s);
  EXPECT_EQ(ledger_.exported(), 1u);
}

TEST_F(SpanExporterTest, FinishSendsWhatIsLeft) {
  transport_.Then(Answer(200), 100ms).Then(Answer(200), 100ms).Then(Answer(200), 100ms);
  Put(90);
  exporter_.Finish(loop_.Now() + 2s);
  loop_.Advance(300ms);
  EXPECT_TRUE(exporter_.idle());
  EXPECT_EQ(ledger_.exported(), 90u);
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(SpanExporterTest, FinishWithNothingEndsAtOnce) {
  exporter_.Finish(loop_.Now() + 2s);
  loop_.Advance(0ms);
  EXPECT_TRUE(exporter_.idle());
}

// Given a collector that never answers, when the gateway ends, then it waits no longer than it was
// told, and every span is counted.
TEST_F(SpanExporterTest, FinishLeavesASilentCollector) {
  transport_.Otherwise(Answer(200), ScriptedTransport::kSilence);
  Put(90);
  exporter_.Finish(loop_.Now() + 2s);
  loop_.Advance(1999ms);
  EXPECT_FALSE(exporter_.idle());
  loop_.Advance(1ms);
  EXPECT_TRUE(exporter_.idle());
  EXPECT_EQ(ledger_.lost(SpanLoss::kStopped), 90u);
  EXPECT_FALSE(loop_.HasTimer());
}

}  // namespace
}  // namespace modelgates::gateway
