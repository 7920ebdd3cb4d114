#include <gtest/gtest.h>

#include "support/compressed.h"
#include "support/fake_upstream.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

class TransportRequest : public testing::Test {
 protected:
  FakeUpstream upstream_;
  TransportRunner transport_{upstream_.url() + "/api/v1/"};
};

TEST_F(TransportRequest, IsOnTheWireExactlyAsComposed) {
  HttpRequest request("/auth/keys/code");
  ASSERT_TRUE(request.AddHeader("Authorization", "Bearer sk-test"));
  ASSERT_TRUE(request.AddHeader("X-OpenRouter-Title", "a title"));
  request.set_body(R"({"callback_url":"https://a.b/c"})");
  ExpectOk(transport_.StartRequest(std::move(request), {}).get(), "{}");

  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].head,
            "POST /api/v1/auth/keys/code HTTP/1.1\r\n"
            "Host: 127.0.0.1:" +
                std::to_string(upstream_.port()) +
                "\r\n"
                "Accept: application/json\r\n"
                "Content-Type: application/json\r\n"
                "User-Agent: modelgates-oauth-gateway\r\n"
                "Authorization: Bearer sk-test\r\n"
                "X-OpenRouter-Title: a title\r\n"
                "Content-Length: 32\r\n");
  EXPECT_EQ(requests[0].body, R"({"callback_url":"https://a.b/c"})");
}

TEST_F(TransportRequest, SaysThatItWasOffered) { EXPECT_TRUE(transport_.Send().offered); }

TEST_F(TransportRequest, ABaseUrlMayEndWithTwoSlashes) {
  TransportRunner transport(upstream_.url() + "/v1//");
  transport.Send();
  EXPECT_EQ(upstream_.Requests().at(0).target, "/v1/auth/keys");
}

TEST_F(TransportRequest, AMegabyteGoesOutWithoutExpectAndWithoutChunks) {
  const std::string body(1'100'000, 'x');
  ExpectOk(transport_.Send(body), "{}");
  const ReceivedRequest request = upstream_.Requests().at(0);
  EXPECT_EQ(request.CountHeader("Expect"), 0);
  EXPECT_EQ(request.CountHeader("Transfer-Encoding"), 0);
  EXPECT_EQ(request.Header("Content-Length"), "1100000");
  EXPECT_EQ(request.body, body);
}

TEST_F(TransportRequest, AnEmptyBodyIsSaidToBeEmpty) {
  ExpectOk(transport_.Send(""), "{}");
  EXPECT_EQ(upstream_.Requests().at(0).Header("Content-Length"), "0");
}

// Given an upstream that reads in small pieces, when a large body is sent, then it arrives whole
// and once, although the kernel takes it in many parts.
TEST(SlowReader, GetsTheWholeBodyOnce) {
  FakeUpstream::Options options;
  options.receive_buffer_bytes = 4096;
  FakeUpstream upstream(options);
  TransportRunner transport(upstream.url());
  std::string body;
  while (body.size() < 4'000'000) body += std::to_string(body.size()) + ",";
  upstream.Enqueue(Answer::Json(200, "{}").ReadingSlowly(256 * 1024, 1ms));
  ExpectOk(transport.Send(body), "{}");
  ASSERT_EQ(upstream.Requests().size(), 1u);
  EXPECT_TRUE(upstream.Requests()[0].body == body);
  // The connection is as good as any other afterwards.
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(TransportRequest, ARedirectIsAnAnswerAndNotFollowed) {
  upstream_.Enqueue(Answer::Json(307, "", {{"Location", upstream_.url() + "/elsewhere"}}));
  const Sent sent = transport_.Send();
  EXPECT_EQ(sent.response().status, 307);
  EXPECT_EQ(sent.response().location, upstream_.url() + "/elsewhere");
  EXPECT_EQ(upstream_.Requests().size(), 1u);
}

TEST_F(TransportRequest, CookiesAreNotSentBack) {
  upstream_.Enqueue(Answer::Json(200, "{}", {{"Set-Cookie", "session=1; Path=/"}}));
  transport_.Send();
  transport_.Send();
  const std::vector<ReceivedRequest> requests = upstream_.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].connection, requests[1].connection);
  EXPECT_EQ(requests[1].CountHeader("Cookie"), 0);
}

TEST_F(TransportRequest, TwoHundredAtOnceAllGetTheirOwnAnswer) {
  constexpr int kCount = 200;
  for (int i = 0; i < kCount; ++i) {
    upstream_.SetDefault("/api/v1/" + std::to_string(i),
                         Answer::Json(200, std::to_string(i)).Delayed(20ms));
  }
  std::vector<std::string> paths;
  for (int i = 0; i < kCount; ++i) paths.push_back("/" + std::to_string(i));
  std::vector<std::future<Sent>> sent;
  for (const std::string& path : paths) {
    HttpRequest request(path);
    request.set_body("{}");
    sent.push_back(transport_.StartRequest(std::move(request), {}));
  }
  for (int i = 0; i < kCount; ++i) ExpectOk(sent[i].get(), std::to_string(i));
  EXPECT_EQ(upstream_.Requests().size(), static_cast<size_t>(kCount));
}

struct AnswerCase {
  const char* name;
  Answer answer;
  int status;
  BodyState body_state;
  std::string body;
};

class TransportAnswer : public testing::TestWithParam<AnswerCase> {};

TEST_P(TransportAnswer, IsTakenAsTheContractSays) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  upstream.Enqueue(GetParam().answer);
  const Sent sent = transport.Send();
  EXPECT_EQ(sent.response().status, GetParam().status);
  EXPECT_EQ(sent.response().body_state, GetParam().body_state);
  EXPECT_EQ(sent.response().body, GetParam().body);
  // Whatever it was, the next request gets its own answer.
  ExpectOk(transport.Send(), "{}");
}

const std::string kMegabyte(1'000'000, 'x');
const std::string kZipped = Gzip("{\"a\":1}");

std::string ManyFields() {
  std::string text = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 1000; ++i) text += "X-" + std::to_string(i) + ": y\r\n";
  return text + "Content-Length: 2\r\n\r\n{}";
}

INSTANTIATE_TEST_SUITE_P(
    , TransportAnswer,
    testing::Values(
        AnswerCase{"ClientError", Answer::Json(404, "none"), 404, BodyState::kComplete, "none"},
        AnswerCase{"ServerError", Answer::Json(503, "later"), 503, BodyState::kComplete, "later"},
        AnswerCase{"ByteByByte",
                   Answer().ThenDribble("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0ms), 200,
                   BodyState::kComplete, "{}"},
        AnswerCase{"Chunked",
                   Answer::Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "1;x=y\r\n{\r\n")
                       .After(1ms)
                       .Then("1\r\n}\r\n0\r\nX: y\r\n\r\n"),
                   200, BodyState::kComplete, "{}"},
        AnswerCase{"ClosedAtTheEnd", Answer::Bytes("HTTP/1.1 200 OK\r\n\r\n{}").ThenClose(), 200,
                   BodyState::kComplete, "{}"},
        AnswerCase{"Http10", Answer::Bytes("HTTP/1.0 200 OK\r\n\r\n{}").ThenClose(), 200,
                   BodyState::kComplete, "{}"},
        AnswerCase{"InterimBefore",
                   Answer::Bytes("HTTP/1.1 100 Continue\r\n\r\n")
                       .After(1ms)
                       .Then("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
                   200, BodyState::kComplete, "{}"},
        AnswerCase{"MoreThanItsLength",
                   Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}surplus"), 200,
                   BodyState::kComplete, "{}"},
        AnswerCase{"AThousandFields", Answer::Bytes(ManyFields()), 200, BodyState::kComplete, "{}"},
        AnswerCase{"TenMegabytes",
                   Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
                       .ThenForever(kMegabyte),
                   200, BodyState::kTooLarge, ""},
        AnswerCase{"EndlessChunks",
                   Answer::Bytes("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n")
                       .ThenForever("400\r\n" + std::string(1024, 'x') + "\r\n"),
                   500, BodyState::kTooLarge, ""},
        AnswerCase{"EndlessUntilClose",
                   Answer::Bytes("HTTP/1.1 403 X\r\n\r\n").ThenForever(kMegabyte), 403,
                   BodyState::kTooLarge, ""},
        AnswerCase{"Gzip", Answer::Json(200, kZipped, {{"Content-Encoding", "gzip"}}), 200,
                   BodyState::kComplete, "{\"a\":1}"},
        AnswerCase{
            "GzipBomb",
            Answer::Json(200, Gzip(std::string(20'000'000, ' ')), {{"Content-Encoding", "gzip"}}),
            200, BodyState::kTooLarge, ""},
        AnswerCase{"GzipBroken", Answer::Json(200, "not gzip", {{"Content-Encoding", "gzip"}}), 200,
                   BodyState::kUndecodable, ""},
        AnswerCase{"Brotli", Answer::Json(200, "??", {{"Content-Encoding", "br"}}), 200,
                   BodyState::kUndecodable, ""}),
    [](const auto& row) { return row.param.name; });

// Given an upstream that answers before it has read the request, then the answer counts and the
// connection is closed: the rest of the request would be taken for the next one.
TEST_F(TransportRequest, AnAnswerBeforeTheEndOfTheRequestIsTaken) {
  upstream_.Enqueue(Answer::Json(413, "too much").ReadingOnly(10).ThenHang());
  const Sent sent = transport_.Send(std::string(30'000'000, 'x'));
  EXPECT_EQ(sent.response().status, 413);
  EXPECT_EQ(sent.response().body, "too much");
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  EXPECT_EQ(transport_.stats().open, 0u);
}

// The same when it also resets the connection: what it said before is still there.
TEST_F(TransportRequest, AnAnswerThatIsFollowedByAResetIsNotLost) {
  upstream_.Enqueue(Answer::Json(413, "too much").ReadingOnly(10).After(5ms).ThenReset());
  const Sent sent = transport_.Send(std::string(30'000'000, 'x'));
  EXPECT_EQ(sent.response().status, 413);
}

}  // namespace
}  // namespace modelgates::gateway
