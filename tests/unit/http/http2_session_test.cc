#include "http/http2_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "http/response_parser.h"
#include "support/fake_loop.h"
#include "support/send_recorder.h"
#include "unit/http/http2_peer.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr size_t kMaxBody = 256 * 1024;

// A request with all that belongs to it.
struct Sending {
  Sending(EventLoop& loop, std::string body) : request("/auth/keys") {
    request.AddHeader("X-OpenRouter-Title", "a title");
    request.AddHeader("Authorization", "Bearer sk-test");
    request.set_body(std::move(body));
    trip.emplace(loop, request, &recorder, kMaxBody, Http2RoundTrip::Need::kAny);
  }

  HttpRequest request;
  SendRecorder recorder;
  std::optional<Http2RoundTrip> trip;
};

// A session whose bytes reach the peer when the test says so.
class Http2SessionTest : public testing::Test, protected Http2Session::Listener {
 protected:
  using State = Http2RoundTrip::State;

  void OnOutput() override {}

  // All bytes of both sides, in both directions.
  void Exchange() {
    for (bool more = true; more;) {
      more = false;
      for (std::string_view out = session_.Output(); !out.empty(); out = session_.Output()) {
        peer_.Take(out);
        session_.Sent(out.size());
        more = true;
      }
      const std::string in = peer_.Say();
      if (in.empty()) continue;
      EXPECT_TRUE(session_.Put(in));
      more = true;
    }
  }

  // Sends to nobody.
  void Flush() {
    while (!session_.Output().empty()) session_.Sent(session_.Output().size());
  }

  Sending& Start(std::string body = "{}") {
    Sending& sending = *sent_.emplace_back(std::make_unique<Sending>(loop_, std::move(body)));
    session_.Start(*sending.trip);
    return sending;
  }

  // Starts a request and hands it to the peer.
  Sending& Send(std::string body = "{}") {
    Exchange();
    Sending& sending = Start(std::move(body));
    Exchange();
    return sending;
  }

  static void ExpectFailure(Sending& sending, TransportFailure failure, Delivery delivery,
                            int http_status = 0) {
    ASSERT_EQ(sending.trip->state(), State::kFailed);
    const TransportError error = sending.trip->TakeError();
    EXPECT_EQ(ToString(error.failure), ToString(failure)) << error.cause;
    EXPECT_EQ(error.delivery, delivery);
    EXPECT_EQ(error.http_status, http_status);
  }

  FakeLoop loop_;
  const Http2Target target_{.scheme = "https",
                            .authority = "upstream.example",
                            .path = "/api/v1",
                            .user_agent = "gateway",
                            .max_body_bytes = kMaxBody};
  const std::string address_ = "127.0.0.1:1";
  Http2Peer peer_;
  Http2Session session_{target_, address_, *this};
  std::vector<std::unique_ptr<Sending>> sent_;
};

TEST_F(Http2SessionTest, SendsARequestAndReadsItsAnswer) {
  Sending& sending = Send("the body");
  ASSERT_EQ(peer_.requests().size(), 1u);
  const Http2Peer::Request& request = peer_.requests()[0];
  EXPECT_THAT(request.fields,
              UnorderedElementsAre(
                  Pair(":method", "POST"), Pair(":scheme", "https"),
                  Pair(":authority", "upstream.example"), Pair(":path", "/api/v1/auth/keys"),
                  Pair("accept", "application/json"), Pair("content-type", "application/json"),
                  Pair("user-agent", "gateway"), Pair("content-length", "8"),
                  Pair("x-openrouter-title", "a title"), Pair("authorization", "Bearer sk-test")));
  EXPECT_EQ(request.body, "the body");
  EXPECT_TRUE(request.complete);
  EXPECT_TRUE(sending.recorder.offered());
  EXPECT_EQ(sending.trip->state(), State::kRunning);

  peer_.SendAnswer(request.stream, 429, "slow down",
                   {{"content-type", "text/plain"}, {"retry-after", "3"}, {"x-request-id", "r"}});
  Exchange();
  ASSERT_EQ(sending.trip->state(), State::kAnswered);
  const HttpResponse response = sending.trip->TakeAnswer();
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, "slow down");
  EXPECT_EQ(response.content_type, "text/plain");
  EXPECT_EQ(response.retry_after, "3");
  EXPECT_EQ(response.request_id, "r");
}

TEST_F(Http2SessionTest, KeepsTheKeyOutOfTheCompressionTable) {
  Send();
  EXPECT_THAT(peer_.requests()[0].never_indexed, ElementsAre("authorization"));
}

TEST_F(Http2SessionTest, HasRoomOnlyAfterThePeersSettings) {
  EXPECT_EQ(session_.room(), 0u);
  Exchange();
  EXPECT_TRUE(session_.greeted());
  EXPECT_EQ(session_.room(), Http2Session::kMaxStreams);
}

TEST_F(Http2SessionTest, HasAsMuchRoomAsThePeerAllows) {
  peer_.SendSettings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 2}});
  Sending& first = Send();
  EXPECT_EQ(session_.room(), 1u);
  Send();
  EXPECT_EQ(session_.room(), 0u);
  peer_.SendAnswer(peer_.requests()[0].stream, 200, "{}");
  Exchange();
  EXPECT_EQ(first.trip->state(), State::kAnswered);
  EXPECT_EQ(session_.room(), 1u);
  peer_.SendSettings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0}});
  Exchange();
  EXPECT_EQ(session_.room(), 0u);
  EXPECT_FALSE(session_.retired());
}

TEST_F(Http2SessionTest, AnswersManyRequestsInAnyOrder) {
  Sending& first = Send("1");
  Sending& second = Send("2");
  peer_.SendAnswer(peer_.requests()[1].stream, 200, "two");
  Exchange();
  EXPECT_EQ(first.trip->state(), State::kRunning);
  EXPECT_EQ(second.trip->TakeAnswer().body, "two");
  peer_.SendAnswer(peer_.requests()[0].stream, 200, "one");
  Exchange();
  EXPECT_EQ(first.trip->TakeAnswer().body, "one");
}

TEST_F(Http2SessionTest, ResetsTheStreamOfACallThatLeaves) {
  Sending& sending = Send();
  sending.trip.reset();
  Exchange();
  EXPECT_EQ(peer_.requests()[0].reset_code, NGHTTP2_CANCEL);
  EXPECT_TRUE(session_.idle());
  EXPECT_EQ(session_.room(), Http2Session::kMaxStreams);
}

// A call may leave before anything of its request was put into bytes.
TEST_F(Http2SessionTest, SendsNothingForACallThatLeftAtOnce) {
  Exchange();
  Start().trip.reset();
  Exchange();
  EXPECT_TRUE(peer_.requests().empty());
  EXPECT_EQ(session_.room(), Http2Session::kMaxStreams);
}

// How far the bytes had come when the connection ended.
enum class Progress { kQueued, kOffered, kMaybeSent, kSent };

struct DeliveryCase {
  const char* name;
  Progress progress;
  Delivery delivery;
};

void PrintTo(const DeliveryCase& row, std::ostream* out) { *out << row.name; }

class Http2Delivery : public Http2SessionTest, public testing::WithParamInterface<DeliveryCase> {};

TEST_P(Http2Delivery, IsKnownFromTheBytes) {
  Exchange();
  Sending& sending = Start();
  if (GetParam().progress != Progress::kQueued) {
    const std::string_view out = session_.Output();
    ASSERT_FALSE(out.empty());
    if (GetParam().progress == Progress::kMaybeSent) session_.MaybeSent();
    if (GetParam().progress == Progress::kSent) session_.Sent(out.size());
  }
  session_.Fail(TransportFailure::kReset, "it broke");
  ExpectFailure(sending, TransportFailure::kReset, GetParam().delivery);
}

INSTANTIATE_TEST_SUITE_P(
    , Http2Delivery,
    testing::Values(DeliveryCase{"Queued", Progress::kQueued, Delivery::kNever},
                    DeliveryCase{"OfferedInVain", Progress::kOffered, Delivery::kNever},
                    DeliveryCase{"MaybeSent", Progress::kMaybeSent, Delivery::kMaybe},
                    DeliveryCase{"Sent", Progress::kSent, Delivery::kMaybe}),
    [](const auto& row) { return row.param.name; });

// A head without a byte of its body tells the peer nothing to act on.
TEST_F(Http2SessionTest, HasNotDeliveredABodyForWhichThereWasNoWindow) {
  peer_.SendSettings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0}});
  Sending& sending = Send();
  ASSERT_EQ(peer_.requests().size(), 1u);
  EXPECT_EQ(peer_.requests()[0].body, "");
  EXPECT_EQ(sending.trip->Error(TransportFailure::kTimeout, "late").delivery, Delivery::kNever);
  peer_.SendSettings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1}});
  Exchange();
  EXPECT_EQ(peer_.requests()[0].body, "{}");
  EXPECT_EQ(sending.trip->Error(TransportFailure::kTimeout, "late").delivery, Delivery::kMaybe);
}

// A request without a body is complete with its head.
TEST_F(Http2SessionTest, HasMaybeDeliveredAHeadAlone) {
  Sending& sending = Send("");
  EXPECT_EQ(sending.trip->Error(TransportFailure::kTimeout, "late").delivery, Delivery::kMaybe);
}

TEST_F(Http2SessionTest, KnowsARefusedStreamAsUnsent) {
  Sending& sending = Send();
  peer_.SendReset(peer_.requests()[0].stream, NGHTTP2_REFUSED_STREAM);
  Exchange();
  EXPECT_FALSE(sending.trip->resendable());
  ExpectFailure(sending, TransportFailure::kRefusedStream, Delivery::kNever);
  EXPECT_FALSE(session_.retired());
}

TEST_F(Http2SessionTest, KnowsWhatAGoAwayLeavesOut) {
  Sending& first = Send();
  Sending& second = Send();
  peer_.SendGoAway(peer_.requests()[0].stream, NGHTTP2_NO_ERROR);
  Exchange();
  EXPECT_TRUE(session_.retired());
  EXPECT_EQ(session_.room(), 0u);
  EXPECT_TRUE(second.trip->resendable());
  ExpectFailure(second, TransportFailure::kRefusedStream, Delivery::kNever);
  peer_.SendAnswer(peer_.requests()[0].stream, 200, "{}");
  Exchange();
  EXPECT_EQ(first.trip->state(), State::kAnswered);
  EXPECT_TRUE(session_.idle());
}

// An upstream in trouble is not asked again at once.
TEST_F(Http2SessionTest, LeavesWhatAGoAwayWithAnErrorRefusesToTheRetryPolicy) {
  Sending& sending = Send();
  peer_.SendGoAway(0, NGHTTP2_ENHANCE_YOUR_CALM);
  Exchange();
  EXPECT_FALSE(sending.trip->resendable());
  ExpectFailure(sending, TransportFailure::kRefusedStream, Delivery::kNever);
}

// Nothing of it was put into bytes when the GOAWAY came.
TEST_F(Http2SessionTest, KnowsWhatWasStillQueuedAtAGoAway) {
  Exchange();
  Sending& sending = Start();
  peer_.SendGoAway(0, NGHTTP2_NO_ERROR);
  EXPECT_TRUE(session_.Put(peer_.Say()));
  Exchange();
  EXPECT_TRUE(peer_.requests().empty());
  EXPECT_TRUE(sending.trip->resendable());
  ExpectFailure(sending, TransportFailure::kRefusedStream, Delivery::kNever);
}

TEST_F(Http2SessionTest, ReportsAStreamThatThePeerReset) {
  Sending& before = Send();
  Sending& within = Send();
  peer_.SendReset(peer_.requests()[0].stream, NGHTTP2_INTERNAL_ERROR);
  peer_.SendHead(peer_.requests()[1].stream, 200);
  Exchange();
  peer_.SendReset(peer_.requests()[1].stream, NGHTTP2_CANCEL);
  Exchange();
  ExpectFailure(before, TransportFailure::kReset, Delivery::kMaybe);
  ExpectFailure(within, TransportFailure::kTruncated, Delivery::kAnswered, 200);
}

// A stream that has an answer was processed, whatever the peer says.
TEST_F(Http2SessionTest, DoesNotBelieveARefusalAfterAStatus) {
  Sending& sending = Send();
  peer_.SendHead(peer_.requests()[0].stream, 200);
  Exchange();
  peer_.SendReset(peer_.requests()[0].stream, NGHTTP2_REFUSED_STREAM);
  Exchange();
  ExpectFailure(sending, TransportFailure::kTruncated, Delivery::kAnswered, 200);
}

TEST_F(Http2SessionTest, SendsAgainOnlyWhatAConnectionThatHadWorkedDidNotSend) {
  Send();
  peer_.SendAnswer(peer_.requests()[0].stream, 200, "{}");
  Exchange();
  Sending& sent = Send();
  Sending& queued = Start();
  session_.Fail(TransportFailure::kReset, "it broke");
  EXPECT_FALSE(sent.trip->resendable());
  EXPECT_TRUE(sent.trip->TakeError().stale_connection);
  EXPECT_TRUE(queued.trip->resendable());
}

TEST_F(Http2SessionTest, SkipsInterimAnswersAndTrailers) {
  Sending& sending = Send();
  const int32_t stream = peer_.requests()[0].stream;
  peer_.SendHead(stream, 103, {{"location", "/early"}});
  peer_.SendAnswer(stream, 200, "{}", {{"location", "/final"}});
  Exchange();
  ASSERT_EQ(sending.trip->state(), State::kAnswered);
  EXPECT_EQ(sending.trip->TakeAnswer().location, "/final");
}

TEST_F(Http2SessionTest, TakesNoStormOfInterimAnswers) {
  Sending& sending = Send();
  for (int i = 0; i <= kMaxInterimAnswers; ++i) peer_.SendHead(peer_.requests()[0].stream, 103);
  Exchange();
  EXPECT_EQ(sending.trip->state(), State::kRunning);
  peer_.SendHead(peer_.requests()[0].stream, 103);
  Exchange();
  ExpectFailure(sending, TransportFailure::kGarbage, Delivery::kMaybe);
}

TEST_F(Http2SessionTest, TakesNoHeadAboveTheBound) {
  Sending& large = Send();
  Sending& other = Send();
  Http2Peer::Fields fields;
  for (int i = 0; i < 70; ++i)
    fields.emplace_back("x-" + std::to_string(i), std::string(1000, 'x'));
  peer_.SendHead(peer_.requests()[0].stream, 200, fields);
  peer_.SendAnswer(peer_.requests()[1].stream, 200, "{}");
  Exchange();
  ExpectFailure(large, TransportFailure::kGarbage, Delivery::kAnswered, 200);
  EXPECT_EQ(peer_.requests()[0].reset_code, NGHTTP2_CANCEL);
  EXPECT_EQ(other.trip->state(), State::kAnswered);
}

TEST_F(Http2SessionTest, DropsABodyAboveTheBound) {
  Sending& announced = Send();
  Sending& sent = Send();
  peer_.SendHead(peer_.requests()[0].stream, 200,
                 {{"content-length", std::to_string(kMaxBody + 1)}});
  peer_.SendAnswer(peer_.requests()[1].stream, 200, std::string(kMaxBody + 1, 'x'));
  Exchange();
  for (Sending* sending : {&announced, &sent}) {
    ASSERT_EQ(sending->trip->state(), State::kAnswered);
    const HttpResponse response = sending->trip->TakeAnswer();
    EXPECT_EQ(response.body_state, BodyState::kTooLarge);
    EXPECT_EQ(response.body, "");
  }
}

TEST_F(Http2SessionTest, TakesABodyOfExactlyTheBound) {
  Sending& sending = Send();
  peer_.SendAnswer(peer_.requests()[0].stream, 200, std::string(kMaxBody, 'x'));
  Exchange();
  ASSERT_EQ(sending.trip->state(), State::kAnswered);
  EXPECT_EQ(sending.trip->TakeAnswer().body.size(), kMaxBody);
}

TEST_F(Http2SessionTest, CallsAStatusThatIsNoneGarbage) {
  for (const int status : {0, 1, 99}) {
    Sending& sending = Send();
    peer_.SendAnswer(peer_.requests().back().stream, status, "{}");
    Exchange();
    ExpectFailure(sending, TransportFailure::kGarbage, Delivery::kMaybe);
  }
}

TEST_F(Http2SessionTest, CallsAnAnswerThatContradictsItselfGarbage) {
  Sending& sending = Send();
  peer_.SendAnswer(peer_.requests()[0].stream, 200, "{}", {{"content-length", "3"}});
  Exchange();
  ExpectFailure(sending, TransportFailure::kGarbage, Delivery::kAnswered, 200);
}

TEST_F(Http2SessionTest, AnswersWithoutTheWholeRequestEndIt) {
  peer_.SendSettings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0}});
  Sending& sending = Send();
  peer_.SendAnswer(peer_.requests()[0].stream, 403, "no");
  Exchange();
  EXPECT_EQ(sending.trip->state(), State::kAnswered);
  EXPECT_EQ(peer_.requests()[0].reset_code, NGHTTP2_NO_ERROR);
  EXPECT_EQ(session_.room(), Http2Session::kMaxStreams);
}

TEST_F(Http2SessionTest, EndsWithAPeerThatSpeaksAnotherProtocol) {
  session_.Put("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  Flush();
  EXPECT_FALSE(session_.error().empty());
  EXPECT_FALSE(session_.greeted());
}

std::string Frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload) {
  const auto byte = [](size_t value) { return static_cast<char>(value & 0xff); };
  const auto id = static_cast<size_t>(stream);
  std::string frame{byte(payload.size() >> 16),
                    byte(payload.size() >> 8),
                    byte(payload.size()),
                    static_cast<char>(type),
                    static_cast<char>(flags),
                    byte(id >> 24),
                    byte(id >> 16),
                    byte(id >> 8),
                    byte(id)};
  return frame.append(payload);
}

TEST_F(Http2SessionTest, EndsWithAPeerThatPushes) {
  Send();
  const std::string promised("\0\0\0\x02\x82", 5);
  session_.Put(
      Frame(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, peer_.requests()[0].stream, promised));
  Flush();
  EXPECT_FALSE(session_.error().empty());
}

TEST_F(Http2SessionTest, EndsWithAPeerThatFloodsIt) {
  Exchange();
  const std::string ping = Frame(NGHTTP2_PING, 0, 0, "12345678");
  bool ok = true;
  int pings = 0;
  for (; ok && pings < 100'000; ++pings) ok = session_.Put(ping);
  EXPECT_FALSE(ok);
  EXPECT_LT(pings, 1'000);
}

TEST_F(Http2SessionTest, EndsWithAPeerThatSendsTooManySettings) {
  Exchange();
  std::string settings;
  for (int i = 0; i < 100; ++i) settings += std::string("\0\x04\0\0\xff\xff", 6);
  session_.Put(Frame(NGHTTP2_SETTINGS, 0, 0, settings));
  Flush();
  EXPECT_FALSE(session_.error().empty());
}

TEST_F(Http2SessionTest, EndsWithAPeerThatContinuesAHeadForEver) {
  Sending& sending = Send();
  const int32_t stream = peer_.requests()[0].stream;
  bool ok = session_.Put(Frame(NGHTTP2_HEADERS, 0, stream, "\x88"));
  int frames = 0;
  for (; ok && frames < 100'000; ++frames) {
    ok = session_.Put(Frame(NGHTTP2_CONTINUATION, 0, stream, ""));
    Flush();
    ok = ok && session_.error().empty();
  }
  EXPECT_LT(frames, 1'000);
  session_.Fail(TransportFailure::kGarbage, session_.error());
  EXPECT_EQ(sending.trip->state(), State::kFailed);
}

TEST_F(Http2SessionTest, AsksWhetherThePeerIsThere) {
  Exchange();
  session_.Ping();
  Exchange();
  EXPECT_EQ(peer_.pings(), 1);
}

TEST_F(Http2SessionTest, SaysGoodbye) {
  Exchange();
  session_.SayGoodbye();
  Exchange();
  EXPECT_EQ(peer_.goaway_code(), NGHTTP2_NO_ERROR);
}

}  // namespace
}  // namespace modelgates::gateway
