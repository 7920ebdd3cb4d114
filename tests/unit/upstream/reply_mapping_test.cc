#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

using oauth::v1::CreateAuthCodeResponse;
using oauth::v1::ExchangeAuthCodeResponse;
using Names = std::vector<std::string_view>;

HttpResponse Json(std::string body) {
  HttpResponse response;
  response.status = 200;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

template <class Reply>
void ExpectReply(const Reply& reply, const std::string& text) {
  Reply expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(reply, expected))
      << reply.DebugString();
}

struct GoodCase {
  const char* name;
  std::string body;
  std::string reply;  // in text format
  Names violations;
};

class CreateReply : public testing::TestWithParam<GoodCase> {};
TEST_P(CreateReply, KeepsWhatWasMinted) {
  HttpResponse response = Json(GetParam().body);
  CreateAuthCodeResponse reply;
  const ReplyReading reading = FromHttpResponse(response, reply);
  ASSERT_TRUE(reading.ok);
  EXPECT_EQ(reading.violations, GetParam().violations);
  ExpectReply(reply, GetParam().reply);
}
INSTANTIATE_TEST_SUITE_P(
    Valid, CreateReply,
    testing::Values(
        GoodCase{
            "Documented",
            R"({"data":{"id":"auth_code_xyz789","app_id":12345,)"
            R"("created_at":"2026-11-23T06:00:00.000Z"}})",
            R"(data { id: "auth_code_xyz789" app_id: 12345 created_at { seconds: 1795413600 } })",
            {}},
        GoodCase{
            "OffsetAndFraction",
            R"({"data":{"id":"a","app_id":7,"created_at":"2026-11-23t08:00:00.25+02:00"}})",
            R"(data { id: "a" app_id: 7 created_at { seconds: 1795413600 nanos: 250000000 } })",
            {}},
        GoodCase{"AppIdFloat",
                 R"({"data":{"id":"a","app_id":7.0,"created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" app_id: 7 created_at {} })",
                 {}},
        GoodCase{"AppIdString",
                 R"({"data":{"id":"a","app_id":"7","created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" app_id: 7 created_at {} })",
                 {}},
        GoodCase{"AppIdTrue",
                 R"({"data":{"id":"a","app_id":true,"created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" app_id: 1 created_at {} })",
                 {}},
        GoodCase{"UnknownMembersAnywhere",
                 R"({"x":[1,{"id":"z"}],"data":{"y":{"id":"z"},"id":"a","app_id":1,)"
                 R"("created_at":"1970-01-01T00:00:00Z"},"n":NaN,"h":1e999})",
                 R"(data { id: "a" app_id: 1 created_at {} })",
                 {}},
        GoodCase{"LastIdWins",
                 R"({"data":{"id":"a","id":"b","app_id":1,"app_id":2,)"
                 R"("created_at":"1970-01-01T00:00:00Z","created_at":"1970-01-01T00:00:01Z"}})",
                 R"(data { id: "b" app_id: 2 created_at { seconds: 1 } })",
                 {}},
        GoodCase{"LastDataWins",
                 R"({"data":{"id":"a","app_id":1},"data":{"id":"b"}})",
                 R"(data { id: "b" })",
                 {"app_id", "created_at"}},
        GoodCase{"OthersMissing",
                 R"({"data":{"id":"a"}})",
                 R"(data { id: "a" })",
                 {"app_id", "created_at"}},
        GoodCase{"OthersNull",
                 R"({"data":{"id":"a","app_id":null,"created_at":null}})",
                 R"(data { id: "a" })",
                 {"app_id", "created_at"}},
        GoodCase{"OthersMistyped",
                 R"({"data":{"id":"a","app_id":7.5,"created_at":1795413600}})",
                 R"(data { id: "a" })",
                 {"app_id", "created_at"}},
        GoodCase{"AppIdTooLarge",
                 R"({"data":{"id":"a","app_id":1180591620717411303424,)"
                 R"("created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" created_at {} })",
                 {"app_id"}},
        GoodCase{"AppIdOfFiveThousandDigits",
                 R"({"data":{"id":"a","app_id":)" + std::string(5000, '9') +
                     R"(,"created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" created_at {} })",
                 {"app_id"}},
        GoodCase{"CreatedAtNotADate",
                 R"({"data":{"id":"a","app_id":1,"created_at":"not a date"}})",
                 R"(data { id: "a" app_id: 1 })",
                 {"created_at"}},
        GoodCase{"CreatedAtEmpty",
                 R"({"data":{"id":"a","app_id":1,"created_at":""}})",
                 R"(data { id: "a" app_id: 1 })",
                 {"created_at"}},
        GoodCase{"CreatedAtWithoutZone",
                 R"({"data":{"id":"a","app_id":1,"created_at":"2026-11-23T06:00:00"}})",
                 R"(data { id: "a" app_id: 1 })",
                 {"created_at"}},
        GoodCase{"CreatedAtBeyondProto",
                 R"({"data":{"id":"a","app_id":1,"created_at":"0000-01-01T00:00:00Z"}})",
                 R"(data { id: "a" app_id: 1 })",
                 {"created_at"}},
        GoodCase{"LastAppIdMistyped",
                 R"({"data":{"id":"a","app_id":1,"app_id":"x",)"
                 R"("created_at":"1970-01-01T00:00:00Z"}})",
                 R"(data { id: "a" created_at {} })",
                 {"app_id"}},
        GoodCase{"LastCreatedAtMistyped",
                 R"({"data":{"id":"a","app_id":1,"created_at":"1970-01-01T00:00:00Z",)"
                 R"("created_at":null}})",
                 R"(data { id: "a" app_id: 1 })",
                 {"created_at"}}),
    [](const auto& row) { return row.param.name; });

class ExchangeReply : public testing::TestWithParam<GoodCase> {};
TEST_P(ExchangeReply, KeepsWhatWasMinted) {
  HttpResponse response = Json(GetParam().body);
  ExchangeAuthCodeResponse reply;
  const ReplyReading reading = FromHttpResponse(response, reply);
  ASSERT_TRUE(reading.ok);
  EXPECT_EQ(reading.violations, GetParam().violations);
  ExpectReply(reply, GetParam().reply);
  EXPECT_TRUE(response.body.empty());
}
INSTANTIATE_TEST_SUITE_P(
    Valid, ExchangeReply,
    testing::Values(
        GoodCase{"Documented",
                 R"({"key":"sk-or-v1-abc","user_id":"user_1"})",
                 R"(key: "sk-or-v1-abc" user_id: "user_1")",
                 {}},
        GoodCase{"UserIdNull", R"({"key":"k","user_id":null})", R"(key: "k")", {}},
        GoodCase{"UserIdEmpty", R"({"key":"k","user_id":""})", R"(key: "k" user_id: "")", {}},
        GoodCase{"UserIdMissing", R"({"key":"k"})", R"(key: "k")", {"user_id"}},
        GoodCase{"UserIdMistyped", R"({"key":"k","user_id":7})", R"(key: "k")", {"user_id"}},
        GoodCase{"UserIdNoText", R"({"key":"k","user_id":"\ud800"})", R"(key: "k")", {"user_id"}},
        GoodCase{"LastOneWins",
                 R"({"key":"a","user_id":"u","key":"b","user_id":null})",
                 R"(key: "b")",
                 {}},
        GoodCase{"EscapedName", R"({"\u006bey":"k","user_id":null})", R"(key: "k")", {}},
        GoodCase{"Nul", R"({"key":"k","user_id":"a\u0000b"})", R"(key: "k" user_id: "a\000b")", {}},
        GoodCase{"Unicode",
                 R"({"key":"\u00e9\ud83d\ude00","user_id":"é"})",
                 R"(key: "é😀" user_id: "é")",
                 {}},
        GoodCase{"InvalidUtf8", "{\"key\":\"a\xFF\",\"user_id\":null}", "key: \"a\uFFFD\"", {}},
        GoodCase{"DeepIgnored",
                 R"({"x":)" + std::string(100'000, '[') + std::string(100'000, ']') +
                     R"(,"key":"k","user_id":null})",
                 R"(key: "k")",
                 {}}),
    [](const auto& row) { return row.param.name; });

struct BadCase {
  const char* name;
  std::string body;
};

template <class Reply>
void ExpectMalformed(HttpResponse response) {
  Reply reply;
  const ReplyReading reading = FromHttpResponse(response, reply);
  EXPECT_FALSE(reading.ok);
  EXPECT_TRUE(reading.violations.empty());
  EXPECT_EQ(reply.ByteSizeLong(), 0u);
}

class MalformedReply : public testing::TestWithParam<BadCase> {};
TEST_P(MalformedReply, IsRefused) {
  ExpectMalformed<CreateAuthCodeResponse>(Json(GetParam().body));
  ExpectMalformed<ExchangeAuthCodeResponse>(Json(GetParam().body));
}
INSTANTIATE_TEST_SUITE_P(
    Malformed, MalformedReply,
    testing::Values(
        BadCase{"EmptyBody", ""}, BadCase{"EmptyObject", "{}"}, BadCase{"Array", "[]"},
        BadCase{"Null", "null"}, BadCase{"Text", "\"key\""}, BadCase{"Html", "<html></html>"},
        BadCase{"NullData", R"({"data":null,"key":null})"},
        BadCase{"DataWithoutId", R"({"data":{"app_id":1,"created_at":"1970-01-01T00:00:00Z"}})"},
        BadCase{"ArrayData", R"({"data":[{"id":"a"}],"key":["k"]})"},
        BadCase{"NumberForText", R"({"data":{"id":7},"key":7})"},
        BadCase{"LoneSurrogate", R"({"data":{"id":"\ud800"},"key":"\udc00"})"},
        BadCase{"LastIsMistyped", R"({"data":{"id":"a","id":1},"key":"k","key":null})"},
        BadCase{"LastDataIsNull", R"({"data":{"id":"a"},"data":null})"},
        BadCase{"MergedDuplicates", R"({"data":{"id":"a"},"data":{"app_id":1}})"},
        BadCase{"WrongCase", R"({"Data":{"id":"a"},"KEY":"k"})"},
        BadCase{"Cut", R"({"key":"k","data":{"id":"a"})"},
        BadCase{"TrailingGarbage", R"({"key":"k","data":{"id":"a"}} x)"},
        BadCase{"BomTwice", "\xEF\xBB\xBF\xEF\xBB\xBF{\"key\":\"k\",\"data\":{\"id\":\"a\"}}"},
        BadCase{"RawControl", "{\"key\":\"k\n\",\"data\":{\"id\":\"a\n\"}}"}),
    [](const auto& row) { return row.param.name; });

const std::string kBoth = R"({"key":"k","user_id":null,"data":{"id":"a"}})";

// The code is spent whatever the number of the success, and a key that is there is the user's.
TEST(FromHttpResponse, ReadsEverySuccess) {
  for (const int status : {200, 201, 202, 203, 206, 299}) {
    HttpResponse created = Json(kBoth);
    created.status = status;
    CreateAuthCodeResponse code;
    EXPECT_TRUE(FromHttpResponse(created, code).ok) << status;
    EXPECT_EQ(code.data().id(), "a");
    HttpResponse exchanged = Json(kBoth);
    exchanged.status = status;
    ExchangeAuthCodeResponse key;
    EXPECT_TRUE(FromHttpResponse(exchanged, key).ok) << status;
    EXPECT_EQ(key.key(), "k");
    EXPECT_EQ(exchanged.body, "");
  }
}

TEST(FromHttpResponse, NeedsASuccess) {
  for (const int status : {0, 100, 199, 302, 400, 500}) {
    HttpResponse response = Json(kBoth);
    response.status = status;
    ExpectMalformed<CreateAuthCodeResponse>(response);
    ExpectMalformed<ExchangeAuthCodeResponse>(response);
  }
}

TEST(FromHttpResponse, ReadsJsonWhateverItsMediaType) {
  for (const char* type : {"", "text/json", "text/html", "text/plain; charset=utf-8",
                           "application/vnd.api+json", "*/*", "application/json, text/html"}) {
    HttpResponse response = Json(kBoth);
    response.content_type = type;
    ExchangeAuthCodeResponse reply;
    EXPECT_TRUE(FromHttpResponse(response, reply).ok) << type;
    EXPECT_EQ(reply.key(), "k");
  }
}

// RFC 9457: it says itself that it is no success.
TEST(FromHttpResponse, BelievesAProblem) {
  for (const char* type : {"application/problem+json", "Application/Problem+JSON; charset=utf-8"}) {
    HttpResponse response = Json(kBoth);
    response.content_type = type;
    ExpectMalformed<CreateAuthCodeResponse>(response);
    ExpectMalformed<ExchangeAuthCodeResponse>(response);
  }
}

class UnusableText : public testing::TestWithParam<const char*> {};
TEST_P(UnusableText, IsNoCodeAndNoKey) {
  const std::string text = GetParam();
  HttpResponse response =
      Json(R"({"key":")" + text + R"(","user_id":"u","data":{"id":")" + text + R"(","app_id":1}})");
  ExpectMalformed<CreateAuthCodeResponse>(response);
  ExpectMalformed<ExchangeAuthCodeResponse>(response);
}
INSTANTIATE_TEST_SUITE_P(Texts, UnusableText,
                         testing::Values("", " ", "   ", "\\n", "sk-1\\n", "sk\\r\\n1", "\\tsk-1",
                                         "sk\\u0000", "sk\\u001b[0m", "sk\\u007f"));

// A success that is none tells why: that is kept, but only where there is no key.
TEST(FromHttpResponse, KeepsTheBodyOfAnErrorWithoutAKey) {
  const std::string error = R"({"error":{"code":403,"message":"m"}})";
  HttpResponse response = Json(error);
  ExchangeAuthCodeResponse reply;
  EXPECT_FALSE(FromHttpResponse(response, reply).ok);
  EXPECT_EQ(response.body, error);
  for (const std::string body : {R"({"key":"k","error":{"code":403}})", R"({"x":1})",
                                 R"({"error":{"code":403})", R"({"error":null})"}) {
    HttpResponse other = Json(body);
    FromHttpResponse(other, reply);
    EXPECT_EQ(other.body, "") << body;
  }
}

// Given a charset that is decoded in place, then the error is not decoded a second time.
TEST(FromHttpResponse, ForgetsTheCharsetItDecoded) {
  HttpResponse response = Json("{\"error\":{\"code\":403,\"message\":\"caf\xE9\"}}");
  response.content_type = "application/json; charset=iso-8859-1";
  ExchangeAuthCodeResponse reply;
  EXPECT_FALSE(FromHttpResponse(response, reply).ok);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, "{\"error\":{\"code\":403,\"message\":\"café\"}}");
}

TEST(FromHttpResponse, SkipsAByteOrderMark) {
  HttpResponse created = Json("\xEF\xBB\xBF" + kBoth);
  CreateAuthCodeResponse code;
  EXPECT_TRUE(FromHttpResponse(created, code).ok);
  EXPECT_EQ(code.data().id(), "a");
  HttpResponse exchanged = Json("\xEF\xBB\xBF" + kBoth);
  ExchangeAuthCodeResponse key;
  EXPECT_TRUE(FromHttpResponse(exchanged, key).ok);
  EXPECT_EQ(key.key(), "k");
}

TEST(FromHttpResponse, NeedsAWholeBody) {
  for (const BodyState state : {BodyState::kTooLarge, BodyState::kUndecodable}) {
    HttpResponse response = Json(kBoth);
    response.body_state = state;
    ExpectMalformed<CreateAuthCodeResponse>(response);
    ExpectMalformed<ExchangeAuthCodeResponse>(response);
  }
}

TEST(FromHttpResponse, DecodesTheCharset) {
  HttpResponse response = Json("{\"key\":\"caf\xE9\",\"user_id\":null}");
  response.content_type = "application/json; charset=iso-8859-1";
  ExchangeAuthCodeResponse reply;
  EXPECT_TRUE(FromHttpResponse(response, reply).ok);
  EXPECT_EQ(reply.key(), "café");
}

void ExpectEveryFieldIsSet(const google::protobuf::Message& reply) {
  const google::protobuf::Reflection& reflection = *reply.GetReflection();
  for (int i = 0; i < reply.GetDescriptor()->field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *reply.GetDescriptor()->field(i);
    const bool set = field.is_repeated() ? reflection.FieldSize(reply, &field) > 0
                                         : reflection.HasField(reply, &field);
    EXPECT_TRUE(set) << field.full_name() << " is not read from the answer";
    const auto* inner = field.message_type();
    if (set && !field.is_repeated() && inner != nullptr && inner->file() == field.file()) {
      ExpectEveryFieldIsSet(reflection.GetMessage(reply, &field));
    }
  }
}

// A field that the proto gains has to be read from its member.
TEST(FromHttpResponse, ReadsEveryFieldOfTheProto) {
  HttpResponse create =
      Json(R"({"data":{"id":"a","app_id":7,"created_at":"2026-11-23T06:00:00.000Z"}})");
  CreateAuthCodeResponse create_reply;
  ASSERT_TRUE(FromHttpResponse(create, create_reply).ok);
  ExpectEveryFieldIsSet(create_reply);
  HttpResponse exchange = Json(R"({"key":"k","user_id":"u"})");
  ExchangeAuthCodeResponse exchange_reply;
  ASSERT_TRUE(FromHttpResponse(exchange, exchange_reply).ok);
  ExpectEveryFieldIsSet(exchange_reply);
}

TEST(FromHttpResponse, ForgetsWhatTheReplyHeldBefore) {
  HttpResponse response = Json(R"({"key":"k","user_id":null})");
  ExchangeAuthCodeResponse reply;
  reply.set_user_id("somebody else");
  EXPECT_TRUE(FromHttpResponse(response, reply).ok);
  EXPECT_FALSE(reply.has_user_id());
}

// Given an exchange's answer in a buffer of ours, whatever becomes of it, nothing of it is left.
TEST(FromHttpResponse, WipesTheBodyOfAnExchange) {
  for (const std::string& tail : {std::string("}"), std::string("")}) {
    std::string body = R"({"key":"sk-or-v1-canary","user_id":null)" + tail;
    body.reserve(1024);
    const char* buffer = body.data();
    HttpResponse response = Json(std::move(body));
    ExchangeAuthCodeResponse reply;
    EXPECT_EQ(FromHttpResponse(response, reply).ok, !tail.empty());
    EXPECT_TRUE(response.body.empty());
    EXPECT_EQ(std::string_view(buffer, 1024).find("canary"), std::string_view::npos);
  }
}

// Given the documented answer with bytes changed at random, reading never breaks.
TEST(FromHttpResponse, SurvivesChangedBytes) {
  std::mt19937 random(37);
  for (int round = 0; round < 20'000; ++round) {
    std::string body = R"({"key":"k","user_id":null,"data":{"id":"a","app_id":7,)"
                       R"("created_at":"2026-11-23T06:00:00.000Z"}})";
    for (unsigned changes = random() % 4; changes > 0; --changes) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    HttpResponse create = Json(body);
    CreateAuthCodeResponse create_reply;
    FromHttpResponse(create, create_reply);
    EXPECT_EQ(create_reply.SerializeAsString().size(), create_reply.ByteSizeLong());
    HttpResponse exchange = Json(body);
    ExchangeAuthCodeResponse exchange_reply;
    FromHttpResponse(exchange, exchange_reply);
  }
}

}  // namespace
}  // namespace modelgates::gateway
