#include "http/response_parser.h"

#include <gtest/gtest.h>

#include "support/compressed.h"

namespace modelgates::gateway {
namespace {

using State = ResponseParser::State;

constexpr size_t kCap = 256 * 1024;

// How the bytes come in.
enum class Pieces { kWhole, kSingleBytes };

struct Parsed {
  State state = State::kNeedMore;
  std::unique_ptr<ResponseParser> parser = std::make_unique<ResponseParser>(kCap);
};

Parsed Parse(std::string_view bytes, Pieces pieces, bool end) {
  Parsed parsed;
  const size_t step = pieces == Pieces::kWhole ? std::max<size_t>(bytes.size(), 1) : 1;
  for (size_t at = 0; at < bytes.size() && parsed.state == State::kNeedMore; at += step) {
    parsed.state = parsed.parser->Put(bytes.substr(at, step));
  }
  if (end && parsed.state == State::kNeedMore) parsed.state = parsed.parser->PutEnd();
  return parsed;
}

struct Case {
  const char* name;
  std::string bytes;
  State state;
  int status = 0;
  std::string body = {};
  bool keeps_connection = false;
  bool end = false;  // the upstream hangs up after `bytes`
};

class Answers : public testing::TestWithParam<std::tuple<Case, Pieces>> {};

TEST_P(Answers, AreReadTheSameInOnePieceAndByteByByte) {
  const auto& [row, pieces] = GetParam();
  const Parsed parsed = Parse(row.bytes, pieces, row.end);
  EXPECT_EQ(parsed.state, row.state);
  EXPECT_EQ(parsed.parser->status(), row.status);
  if (row.state != State::kComplete) return;
  // Bytes that follow an answer are only seen when they come along with it.
  if (pieces == Pieces::kWhole) {
    EXPECT_EQ(parsed.parser->keeps_connection(), row.keeps_connection);
  }
  EXPECT_EQ(parsed.parser->Take().body, row.body);
}

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Interim(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  return text;
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

INSTANTIATE_TEST_SUITE_P(
    , Answers,
    testing::Combine(
        testing::Values(
            Case{"ContentLength", kOk, State::kComplete, 200, "{}", true},
            Case{"NoBody", "HTTP/1.1 204 No Content\r\n\r\n", State::kComplete, 204, "", true},
            Case{"NotModifiedWithLength", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                 State::kComplete, 304, "", true},
            Case{"ZeroLength", "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", State::kComplete, 500,
                 "", true},
            Case{"EmptyReason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", State::kComplete, 200,
                 "", true},
            Case{"NoReason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", State::kComplete, 200,
                 "{}"},
            Case{"NoReasonNoFields", "HTTP/1.1 204\r\n\r\n", State::kComplete, 204},
            Case{"NoReasonChunked",
                 "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                 State::kComplete, 200, "{}"},
            Case{"NoReasonUntilTheEnd", "HTTP/1.1 200\r\n\r\n{}", State::kComplete, 200, "{}",
                 false, true},
            Case{"LineFeeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", State::kComplete, 200,
                 "{}"},
            Case{"LineFeedsNoBody", "HTTP/1.1 403 No\nContent-Length: 0\n\n", State::kComplete,
                 403},
            Case{"LineFeedsNoReason", "HTTP/1.1 200\nContent-Length: 2\n\n{}", State::kComplete,
                 200, "{}"},
            Case{"LineFeedsUntilTheEnd", "HTTP/1.1 200 OK\n\n{\"a\":1}", State::kComplete, 200,
                 "{\"a\":1}", false, true},
            Case{"LineFeedsInTheBody", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{\n\n}",
                 State::kComplete, 200, "{\n\n}", true},
            Case{"LineFeedsInTheBodyOfShort", "HTTP/1.1 200\r\nContent-Length: 4\r\n\r\n{\n\n}",
                 State::kComplete, 200, "{\n\n}"},
            Case{"LineFeedsInterim", "HTTP/1.1 100 Continue\n\n" + kOk, State::kComplete, 200,
                 "{}"},
            Case{"LineFeedsInterimOnly", "HTTP/1.1 100 Continue\n\n", State::kNeedMore, 0, "",
                 false, true},
            Case{"LineFeedsTwoLengths",
                 "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3\n\n{}", State::kGarbage,
                 200},
            Case{"LineFeedsLengthAndChunked",
                 "HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: chunked\n\n{}",
                 State::kGarbage, 200},
            Case{"LineFeedsChunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n",
                 State::kNeedMore, 200, "", false, true},
            Case{"LineFeedWithinAHead", "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 2\r\n\r\n{}",
                 State::kGarbage, 200},
            Case{"CrlfWithinLineFeeds", "HTTP/1.1 200 OK\nX: a\r\nContent-Length: 2\n\n{}",
                 State::kGarbage, 200},
            Case{"CutInLineFeeds", "HTTP/1.1 200 OK\nContent-Le", State::kNeedMore, 200, "", false,
                 true},
            Case{"CodeOfTwoDigits", "HTTP/1.1 20\r\n\r\n", State::kGarbage},
            Case{"CodeBelow100", "HTTP/1.1 000 Nothing\r\n\r\n", State::kGarbage},
            Case{"ConnectionClose",
                 "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
                 State::kComplete, 200, "{}", false},
            Case{"Http10", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", State::kComplete, 200,
                 "{}", false},
            Case{"Http10KeepAlive",
                 "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
                 State::kComplete, 200, "{}", true},
            Case{"ClosedAtTheEnd", "HTTP/1.1 200 OK\r\n\r\n{\"a\":1}", State::kComplete, 200,
                 "{\"a\":1}", false, true},
            Case{"ClosedAtTheEndEmpty", "HTTP/1.1 200 OK\r\n\r\n", State::kComplete, 200, "", false,
                 true},
            Case{"NoEndYet", "HTTP/1.1 200 OK\r\n\r\n{\"a\":1}", State::kNeedMore, 200},
            Case{"Chunked", kChunkedHead + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", State::kComplete, 200,
                 "{}", true},
            Case{"ChunkedEmpty", kChunkedHead + "0\r\n\r\n", State::kComplete, 200, "", true},
            Case{"ChunkedWithExtension",
                 kChunkedHead + "2;name=value;other=\"quoted\"\r\n{}\r\n0;last\r\n\r\n",
                 State::kComplete, 200, "{}", true},
            Case{"ChunkedWithTrailer",
                 kChunkedHead + "2\r\n{}\r\n0\r\nContent-Type: text/evil\r\nX: y\r\n\r\n",
                 State::kComplete, 200, "{}", true},
            Case{
                "ChunkedCapitals",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
                State::kComplete, 200, "0123456789", true},
            Case{"Surplus", kOk + "more", State::kComplete, 200, "{}", false},
            Case{"SameLengthTwice",
                 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                 State::kComplete, 200, "{}", true},
            Case{"OneInterim", "HTTP/1.1 100 Continue\r\n\r\n" + kOk, State::kComplete, 200, "{}",
                 true},
            Case{"AHundredInterim", Interim(100) + kOk, State::kComplete, 200, "{}", true},
            Case{"InterimOnly", Interim(1), State::kNeedMore, 0, "", false, true},
            Case{"InterimStorm", Interim(200) + kOk, State::kGarbage},
            Case{"Switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                 State::kGarbage},
            Case{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n", State::kGarbage},
            Case{"Http09", "<html>hello</html>", State::kGarbage},
            Case{"Http2Preface", "HTTP/2 200\r\n\r\n", State::kGarbage},
            Case{"StatusOfLetters", "HTTP/1.1 abc OK\r\n\r\n", State::kGarbage},
            Case{"NegativeLength", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", State::kGarbage,
                 200},
            Case{"LengthOfLetters", "HTTP/1.1 403 X\r\nContent-Length: two\r\n\r\n{}",
                 State::kGarbage, 403},
            Case{"HugeLength", "HTTP/1.1 200 X\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                 State::kGarbage, 200},
            Case{"TwoLengths",
                 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                 State::kGarbage, 200},
            Case{"LengthAndChunked",
                 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                 State::kGarbage, 200},
            Case{"BadChunkSize", kChunkedHead + "xyz\r\n{}\r\n0\r\n\r\n", State::kGarbage, 200},
            Case{"ChunkLongerThanItsSize", kChunkedHead + "1\r\n{}\r\n0\r\n\r\n", State::kGarbage,
                 200},
            Case{"HugeChunkSize", kChunkedHead + "fffffffffffffffff\r\n{}", State::kGarbage, 200},
            Case{"EndlessChunkExtension", kChunkedHead + "1;" + std::string(70'000, 'x'),
                 State::kGarbage, 200},
            Case{"FieldWithoutColon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", State::kGarbage, 200},
            Case{"HeadTooLong", "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'),
                 State::kGarbage, 200},
            Case{"CutInStatusLine", "HTTP/1.1 20", State::kNeedMore, 0, "", false, true},
            Case{"CutInHead", "HTTP/1.1 200 OK\r\nContent-Le", State::kNeedMore, 200, "", false,
                 true},
            Case{"CutInBody", "HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\n{}", State::kNeedMore,
                 500, "", false, true},
            Case{"CutInChunk", kChunkedHead + "9\r\n{}", State::kNeedMore, 200, "", false, true},
            Case{"CutBeforeLastChunk", kChunkedHead + "2\r\n{}\r\n", State::kNeedMore, 200, "",
                 false, true},
            Case{"CutInLastChunk", kChunkedHead + "0\r\n\r", State::kNeedMore, 200, "", false,
                 true},
            Case{"NothingAtAll", "", State::kNeedMore, 0, "", false, true}),
        testing::Values(Pieces::kWhole, Pieces::kSingleBytes)),
    [](const auto& row) {
      const bool whole = std::get<Pieces>(row.param) == Pieces::kWhole;
      return std::get<Case>(row.param).name + std::string(whole ? "" : "ByteByByte");
    });

HttpResponse Response(std::string_view bytes) {
  Parsed parsed = Parse(bytes, Pieces::kWhole, false);
  EXPECT_EQ(parsed.state, State::kComplete);
  return parsed.parser->Take();
}

TEST(ResponseParser, KeepsTheFieldsWeNeed) {
  const HttpResponse response = Response(
      "HTTP/1.1 429 Slow\r\ncontent-TYPE: application/json; charset=utf-8\r\nRetry-After: 7\r\n"
      "retry-after-ms: 6500\r\nDate: Tue, 01 Jul 2025 00:00:00 GMT\r\nLocation: /there\r\n"
      "X-Request-Id: r-1\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
  EXPECT_EQ(response.retry_after, "7");
  EXPECT_EQ(response.retry_after_ms, "6500");
  EXPECT_EQ(response.date, "Tue, 01 Jul 2025 00:00:00 GMT");
  EXPECT_EQ(response.location, "/there");
  EXPECT_EQ(response.request_id, "r-1");
}

TEST(ResponseParser, JoinsRepeatedFields) {
  const HttpResponse response = Response(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Type: text/html\r\n"
      "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(response.content_type, "application/json, text/html");
}

TEST(ResponseParser, IgnoresFieldsOfTheTrailer) {
  const HttpResponse response =
      Response(kChunkedHead + "2\r\n{}\r\n0\r\nContent-Type: text/evil\r\n\r\n");
  EXPECT_EQ(response.content_type, "");
}

TEST(ResponseParser, DropsABodyAboveTheCapAsSoonAsThatIsKnown) {
  const std::string too_much(kCap + 1, 'x');
  for (const std::string& bytes :
       {"HTTP/1.1 403 X\r\nContent-Length: " + std::to_string(kCap + 1) + "\r\n\r\n",
        "HTTP/1.1 403 X\r\n\r\n" + too_much,
        "HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n" + too_much}) {
    Parsed parsed = Parse(bytes, Pieces::kWhole, false);
    ASSERT_EQ(parsed.state, State::kComplete);
    EXPECT_FALSE(parsed.parser->keeps_connection());
    const HttpResponse response = parsed.parser->Take();
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body_state, BodyState::kTooLarge);
    EXPECT_EQ(response.body, "");
  }
}

TEST(ResponseParser, TakesABodyOfExactlyTheCap) {
  const std::string body(kCap, 'x');
  const HttpResponse response =
      Response("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kCap) + "\r\n\r\n" + body);
  EXPECT_EQ(response.body_state, BodyState::kComplete);
  EXPECT_EQ(response.body, body);
}

TEST(ResponseParser, RemovesTheContentCoding) {
  const std::string body = Gzip("{}");
  const HttpResponse response =
      Response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(response.body_state, BodyState::kComplete);
  EXPECT_EQ(response.body, "{}");
}

TEST(ResponseParser, CannotReadATransferCodingThatNobodyAskedFor) {
  const HttpResponse response =
      Response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(response.body_state, BodyState::kUndecodable);
}

TEST(ResponseParser, BelievesHowLongTheUpstreamKeepsTheConnection) {
  const Parsed parsed =
      Parse("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 0\r\n\r\n",
            Pieces::kWhole, false);
  EXPECT_EQ(parsed.parser->idle_hint(), std::chrono::seconds(5));
}

TEST(ResponseParser, AnEndlessHeadOfShortFieldsIsGarbage) {
  ResponseParser parser(kCap);
  State state = parser.Put("HTTP/1.1 200 OK\r\n");
  int fields = 0;
  while (state == State::kNeedMore && fields < 100'000) {
    state = parser.Put("X: y\r\n");
    ++fields;
  }
  EXPECT_EQ(state, State::kGarbage);
  EXPECT_LT(fields, 20'000);
  EXPECT_EQ(parser.status(), 200);
}

}  // namespace
}  // namespace modelgates::gateway
