#include "integration/upstream_fault.h"
#include "support/compressed.h"

namespace modelgates::gateway {
namespace {

// Bodies that are too large, or made to hurt whoever reads them.
Answer Body(const std::string& body, const Answer::Fields& fields = {}) {
  return Answer::Json(200, body, fields);
}

// The body of both RPCs with another member in front, which nobody asked for.
std::string With(const std::string& value) {
  return "{\"more\":" + value + "," + std::string(kBodyOfBoth).substr(1);
}

std::string Nested(char open, char close, size_t levels) {
  return std::string(levels, open) + std::string(levels, close);
}

std::string NestedObjects(size_t levels) {
  std::string text;
  for (size_t i = 0; i < levels; ++i) text += R"({"a":)";
  return text + "1" + std::string(levels, '}');
}

constexpr size_t kTenMegabytes = 10 << 20;
constexpr size_t kDeep = 100'000;
constexpr char kErrorStart[] = R"({"error":{"code":400,"message":"no","metadata":{"m":)";
const Answer::Fields kGzip = {{"Content-Encoding", "gzip"}};
// Status and reason of an answer that is no 200 stand, whatever its body does.
constexpr UpstreamFault::Want kForbidden{grpc::PERMISSION_DENIED, "FORBIDDEN", 1};
constexpr UpstreamFault::Want kBadRequest{grpc::INVALID_ARGUMENT, "BAD_REQUEST", 1};
// The code is spent, but what came is an answer: no outcome to wonder about.
constexpr UpstreamFault::Want kNotUnderstood = kMalformed;

class BodyFaults : public UpstreamFaultTest {};

TEST_P(BodyFaults, AreWhatTheTableSays) { ExpectTheRow(); }

const UpstreamFault kSizes[] = {
    {"TenMegabytes", Body(std::string(kTenMegabytes, ' ')), kTooLarge, kTooLarge, "SPENT"},
    {"TenMegabytesInOneChunk",
     Answer::Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na00000\r\n" +
                   std::string(kTenMegabytes, ' ') + "\r\n0\r\n\r\n"),
     kTooLarge, kTooLarge, "SPENT"},
    {"Endless", Answer::Bytes("HTTP/1.1 200 OK\r\n\r\n").ThenForever(std::string(1000, ' ')),
     kTooLarge, kTooLarge, "SPENT"},
    {"EndlessChunks",
     Answer::Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
         .ThenForever("1\r\n \r\n"),
     kTooLarge, kTooLarge, "SPENT"},
    {"EndlessError", Answer::Bytes("HTTP/1.1 403 No\r\n\r\n").ThenForever(std::string(1000, ' ')),
     kForbidden, kForbidden, "REJECTED"},
    {"GzipBomb", Body(Gzip(std::string(100 << 20, ' ')), kGzip), kTooLarge, kTooLarge, "SPENT"},
    {"GzipBombWithinABomb",
     Body(Gzip(Gzip(std::string(100 << 20, ' '))), {{"Content-Encoding", "gzip, gzip"}}), kTooLarge,
     kTooLarge, "SPENT"},
    {"GzipBombOfAnError", Answer::Json(403, Gzip(std::string(100 << 20, ' ')), kGzip), kForbidden,
     kForbidden, "REJECTED"},
    {"NoGzip", Body(kBodyOfBoth, kGzip), kNotUnderstood, kNotUnderstood, "SPENT"},
    {"HalfAGzip", Body(Gzip(kBodyOfBoth).substr(0, 30), kGzip), kNotUnderstood, kNotUnderstood,
     "SPENT"},
    {"AnotherCoding", Body(kBodyOfBoth, {{"Content-Encoding", "br"}}), kNotUnderstood,
     kNotUnderstood, "SPENT"},
    {"Gzip", Body(Gzip(kBodyOfBoth), kGzip), kServed, kServed},
};

const UpstreamFault kJson[] = {
    {"NestedDeepInWhatNobodyReads", Body(With(Nested('[', ']', kDeep))), kServed, kServed},
    {"NestedDeepWithoutEnd", Body(With(std::string(kDeep, '['))), kNotUnderstood, kNotUnderstood,
     "SPENT"},
    {"NestedDeepAtTheRoot", Body(Nested('[', ']', kDeep)), kNotUnderstood, kNotUnderstood, "SPENT"},
    {"NestedDeepWhereAStringBelongs",
     Body(R"({"data":{"id":)" + NestedObjects(20'000) + R"(},"key":)" + NestedObjects(20'000) +
          "}"),
     kNotUnderstood, kNotUnderstood, "SPENT"},
    {"NestedDeepInAnError", Answer::Json(400, kErrorStart + Nested('[', ']', kDeep) + "}}}"),
     kBadRequest, kBadRequest, "REJECTED"},
    {"ObjectsNestedDeepInAnError", Answer::Json(400, kErrorStart + NestedObjects(40'000) + "}}}"),
     kBadRequest, kBadRequest, "REJECTED"},
    {"NotUtf8InWhatNobodyReads", Body(With("\"\xff\xc3\xed\xa0\x80\"")), kServed, kServed},
    {"NotUtf8InAnError",
     Answer::Json(400, "{\"error\":{\"code\":400,\"message\":\"\xff\xc3\xf8\"}}"), kBadRequest,
     kBadRequest, "REJECTED"},
    {"NotUtf8BetweenTokens", Body(std::string(kBodyOfBoth) + "\xff"), kNotUnderstood,
     kNotUnderstood, "SPENT"},
    {"NulInAString", Body(With(std::string("\"a\0b\"", 5))), kNotUnderstood, kNotUnderstood,
     "SPENT"},
    {"NulBetweenTokens", Body(std::string(kBodyOfBoth) + std::string(1, '\0')), kNotUnderstood,
     kNotUnderstood, "SPENT"},
    {"NulByEscape", Body(With(R"("a\u0000b")")), kServed, kServed},
    {"NulInAnError", Answer::Json(400, R"({"error":{"code":400,"message":"a\u0000b\r\nc"}})"),
     kBadRequest, kBadRequest, "REJECTED"},
    {"HugeExponent", Body(With("1e400")), kServed, kServed},
    {"HugeExponentWhereAStringBelongs", Body(R"({"data":{"id":1e400},"key":1e400})"),
     kNotUnderstood, kNotUnderstood, "SPENT"},
    {"FourHundredDigits", Body(With(std::string(400, '9'))), kServed, kServed},
    {"AHundredThousandDigits", Body(With(std::string(100'000, '9'))), kServed, kServed},
    {"FourHundredDigitsInAnError",
     Answer::Json(400, R"({"error":{"code":)" + std::string(400, '9') +
                           R"(,"message":"no","metadata":{"n":1e400}}})"),
     kBadRequest, kBadRequest, "REJECTED"},
    {"ALoneSurrogateInAnError", Answer::Json(400, R"({"error":{"code":400,"message":"\ud800"}})"),
     kBadRequest, kBadRequest, "REJECTED"},
};

INSTANTIATE_TEST_SUITE_P(Size, BodyFaults, testing::ValuesIn(kSizes),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(SizeHttp2, BodyFaults,
                         testing::ValuesIn(OverHttp2(kSizes, {"TenMegabytesInOneChunk", "Endless",
                                                              "EndlessChunks", "EndlessError"})),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(Json, BodyFaults, testing::ValuesIn(kJson),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);

// What is odd in a field that the reply can do without does not cost the key.
class OddFields : public GatewayTest {};

TEST_F(OddFields, OfACreateAreLeftOut) {
  for (const std::string& app_id : {std::string("1e400"), std::string(400, '9'),
                                    std::string("9223372036854775808"), std::string("[[[]]]")}) {
    upstream_.Enqueue(Body(R"({"data":{"id":"c","created_at":{},"app_id":)" + app_id + "}}"));
    const auto created = Create();
    ASSERT_THAT(created, Succeeds()) << app_id;
    EXPECT_EQ(created.reply.data().id(), "c");
    EXPECT_EQ(created.reply.data().app_id(), 0);
    EXPECT_FALSE(created.reply.data().has_created_at());
  }
}

TEST_F(OddFields, ThatAreThereTwiceCountTheLastTime) {
  upstream_.Enqueue(
      Body(R"({"data":{"id":"a"},"data":{"id":"b","id":"c","app_id":1,"app_id":"2"}})"));
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), "c");
  EXPECT_EQ(created.reply.data().app_id(), 2);

  upstream_.Enqueue(Body(R"({"key":"a","user_id":"u","key":"b","user_id":null})"));
  const auto exchanged = Exchange("code-1");
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_EQ(exchanged.reply.key(), "b");
  EXPECT_FALSE(exchanged.reply.has_user_id());
}

// A string of the reply is proto text, so valid UTF-8, whatever came.
TEST_F(OddFields, AreTextInTheReply) {
  upstream_.Enqueue(Body("{\"data\":{\"id\":\"c\xff\xc3\"}}"));
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), "c\xef\xbf\xbd\xef\xbf\xbd");

  upstream_.Enqueue(Body("{\"key\":\"k\xff\"}"));
  const auto exchanged = Exchange("code-1");
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_EQ(exchanged.reply.key(), "k\xef\xbf\xbd");
}

}  // namespace
}  // namespace modelgates::gateway
