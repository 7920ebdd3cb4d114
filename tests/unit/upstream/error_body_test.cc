#include "upstream/error_body.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

namespace modelgates::gateway {
namespace {

using google::protobuf::Struct;

HttpResponse Json(std::string body) {
  HttpResponse response;
  response.status = 400;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

struct ShapeCase {
  const char* name;
  std::string body;
  std::optional<int32_t> code;
  std::string message;
  std::optional<std::string> user_id = std::nullopt;
};

class ErrorShape : public testing::TestWithParam<ShapeCase> {};
TEST_P(ErrorShape, IsRead) {
  const auto body = ParseErrorBody(Json(GetParam().body));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->code, GetParam().code);
  EXPECT_EQ(body->message, GetParam().message);
  EXPECT_EQ(body->user_id, GetParam().user_id);
  EXPECT_TRUE(body->typed);
  EXPECT_TRUE(body->from_api);
  EXPECT_FALSE(body->metadata_dropped);
}
INSTANTIATE_TEST_SUITE_P(
    Errors, ErrorShape,
    testing::Values(
        ShapeCase{"Whole",
                  R"({"error":{"code":400,"message":"bad","metadata":null},"user_id":"u"})", 400,
                  "bad", "u"},
        ShapeCase{"Least", R"({"error":{"code":403,"message":""}})", 403, ""},
        ShapeCase{"UserIdNull", R"({"error":{"code":1,"message":"m"},"user_id":null})", 1, "m"},
        ShapeCase{"CodeString", R"({"error":{"code":"400","message":"m"}})", 400, "m"},
        ShapeCase{"CodeFloat", R"({"error":{"code":400.0,"message":"m"}})", 400, "m"},
        ShapeCase{"CodeTrue", R"({"error":{"code":true,"message":"m"}})", 1, "m"},
        ShapeCase{"CodeExponent", R"({"error":{"code":1e3,"message":"m"}})", 1000, "m"},
        ShapeCase{"CodeNegative", R"({"error":{"code":-1,"message":"m"}})", -1, "m"},
        ShapeCase{"CodeBeyondInt32", R"({"error":{"code":1234567890123,"message":"m"}})",
                  std::nullopt, "m"},
        ShapeCase{"CodeOneBeyondInt32", R"({"error":{"code":2147483648,"message":"m"}})",
                  std::nullopt, "m"},
        ShapeCase{"CodeBeyondInt64", R"({"error":{"code":1180591620717411303424,"message":"m"}})",
                  std::nullopt, "m"},
        ShapeCase{"UnknownMembers",
                  R"({"openrouter_metadata":{},"error":{"type":"x","code":1,"message":"m"}})", 1,
                  "m"},
        ShapeCase{"LastOneWins",
                  R"({"error":"no","error":{"code":"x","code":2,"message":1,"message":"m"},)"
                  R"("user_id":7,"user_id":"u"})",
                  2, "m", "u"},
        ShapeCase{"Escapes", R"({"error":{"code":1,"message":"a\n\u00e9"}})", 1, "a\né"},
        ShapeCase{"InvalidUtf8", "{\"error\":{\"code\":1,\"message\":\"a\xFF\"}}", 1, "a\uFFFD"}),
    [](const auto& row) { return row.param.name; });

struct TextCase {
  const char* name;
  std::string body;
  std::string message;
  bool from_api;
};

// What the SDK makes no typed error of. Its text is the user's all the same.
class UntypedShape : public testing::TestWithParam<TextCase> {};
TEST_P(UntypedShape, IsReadForItsText) {
  const auto body = ParseErrorBody(Json(GetParam().body));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->message, GetParam().message);
  EXPECT_EQ(body->from_api, GetParam().from_api);
  EXPECT_FALSE(body->typed);
}
INSTANTIATE_TEST_SUITE_P(
    OfTheApi, UntypedShape,
    testing::Values(
        TextCase{"NoCode", R"({"error":{"message":"m"}})", "m", true},
        TextCase{"CodeIsWord", R"({"error":{"code":"invalid_grant","message":"m"}})", "m", true},
        TextCase{"CodeIsWordAlone", R"({"error":{"code":"invalid_grant"}})", "invalid_grant", true},
        TextCase{"CodeIsFraction", R"({"error":{"code":400.5,"message":"m"}})", "m", true},
        TextCase{"CodeIsNull", R"({"error":{"code":null,"message":"m"}})", "m", true},
        TextCase{"NoMessage", R"({"error":{"code":400}})", "", true},
        TextCase{"EmptyError", R"({"error":{}})", "", true},
        TextCase{"MessageIsNull", R"({"error":{"code":400,"message":null},"detail":"d"})", "d",
                 true},
        TextCase{"MessageIsNumber", R"({"error":{"code":400,"message":7}})", "", true},
        TextCase{"MessageIsNoText", R"({"error":{"code":400,"message":"\ud800"}})", "", true},
        TextCase{"MetadataIsText", R"({"error":{"code":400,"message":"m","metadata":"x"}})", "m",
                 true},
        TextCase{"MetadataIsArray", R"({"error":{"code":400,"message":"m","metadata":[]}})", "m",
                 true},
        TextCase{"UserIdIsNumber", R"({"error":{"code":400,"message":"m"},"user_id":7})", "m",
                 true},
        TextCase{"ErrorIsText", R"({"error":"no"})", "no", true},
        TextCase{"LastErrorIsText", R"({"error":{"code":400,"message":"m"},"error":"no"})", "no",
                 true},
        TextCase{"OAuth", R"({"error":"invalid_grant","error_description":"the code expired"})",
                 "invalid_grant: the code expired", true},
        TextCase{"ErrorBeforeMessage", R"({"message":"b","error":"a"})", "a", true}),
    [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(
    OfOthers, UntypedShape,
    testing::Values(
        TextCase{"EmptyObject", "{}", "", false},
        TextCase{"ErrorIsNull", R"({"error":null})", "", false},
        TextCase{"ErrorIsEmpty", R"({"error":""})", "", false},
        TextCase{"ErrorIsArray", R"({"error":["no"]})", "", false},
        TextCase{"ErrorIsTrue", R"({"error":true,"message":"m"})", "m", false},
        TextCase{"Description", R"({"error_description":"d","message":"m"})", "d", false},
        TextCase{"Message", R"({"message":"Forbidden"})", "Forbidden", false},
        TextCase{"ProblemJson", R"({"type":"about:blank","title":"Denied","status":403})", "Denied",
                 false},
        TextCase{"ProblemJsonWithDetail", R"({"title":"Denied","detail":"by rule 7"})", "by rule 7",
                 false},
        TextCase{"DetailIsArray", R"({"detail":[{"msg":"x"}],"title":"t"})", "t", false}),
    [](const auto& row) { return row.param.name; });

class NoJsonObject : public testing::TestWithParam<std::string> {};
TEST_P(NoJsonObject, IsNoErrorBody) { EXPECT_FALSE(ParseErrorBody(Json(GetParam()))); }
INSTANTIATE_TEST_SUITE_P(Errors, NoJsonObject,
                         testing::Values("", "[]", "\"no\"", "7", "<html></html>",
                                         R"({"error":{"code":400,"message":"m"})",
                                         R"({"error":{"code":400,"message":"m"}}})"));

const std::string kGood = R"({"error":{"code":400,"message":"m"}})";

TEST(ParseErrorBody, ReadsJsonWhateverItsMediaType) {
  for (const char* type : {"", "text/html", "application/problem+json", "application/json, x/y"}) {
    HttpResponse response = Json(kGood);
    response.content_type = type;
    const auto body = ParseErrorBody(response);
    ASSERT_TRUE(body) << type;
    EXPECT_EQ(body->message, "m");
    EXPECT_TRUE(body->from_api);
    EXPECT_FALSE(body->typed);
  }
}

TEST(ParseErrorBody, SkipsAByteOrderMark) {
  const auto body = ParseErrorBody(Json("\xEF\xBB\xBF" + kGood));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->message, "m");
  EXPECT_TRUE(body->typed);
}

TEST(ParseErrorBody, NeedsAWholeBody) {
  HttpResponse response = Json(kGood);
  response.body_state = BodyState::kTooLarge;
  EXPECT_FALSE(ParseErrorBody(response));
}

TEST(ParseErrorBody, DoesNotLookAtTheStatus) {
  for (const int status : {200, 404, 429, 503, 599}) {
    HttpResponse response = Json(kGood);
    response.status = status;
    EXPECT_TRUE(ParseErrorBody(response)) << status;
  }
}

TEST(ParseErrorBody, DecodesTheCharset) {
  HttpResponse response = Json("{\"error\":{\"code\":1,\"message\":\"caf\xE9\"}}");
  response.content_type = "application/json; charset=latin1";
  EXPECT_EQ(ParseErrorBody(response)->message, "café");
}

std::optional<ErrorBody> WithMetadata(const std::string& metadata) {
  return ParseErrorBody(Json(R"({"error":{"code":1,"message":"m","metadata":)" + metadata + "}}"));
}

TEST(ErrorMetadata, KeepsEveryType) {
  const auto body = WithMetadata(
      R"({"s":"é","n":1.5,"big":9007199254740993,"t":true,"z":null,"l":[1,"a",[]],"o":{"x":{}},)"
      R"("nan":NaN,"inf":1e999,"bad":"\ud800","twice":1,"twice":2})");
  ASSERT_TRUE(body && body->metadata);
  EXPECT_FALSE(body->metadata_dropped);
  Struct expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(fields { key: "s" value { string_value: "é" } }
         fields { key: "n" value { number_value: 1.5 } }
         fields { key: "big" value { number_value: 9007199254740992 } }
         fields { key: "t" value { bool_value: true } }
         fields { key: "z" value { null_value: NULL_VALUE } }
         fields { key: "l" value { list_value {
           values { number_value: 1 } values { string_value: "a" } values { list_value {} } } } }
         fields { key: "o" value { struct_value {
           fields { key: "x" value { struct_value {} } } } } }
         fields { key: "nan" value { null_value: NULL_VALUE } }
         fields { key: "inf" value { null_value: NULL_VALUE } }
         fields { key: "bad" value { null_value: NULL_VALUE } }
         fields { key: "twice" value { number_value: 2 } })",
      &expected));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*body->metadata, expected))
      << body->metadata->DebugString();
}

TEST(ErrorMetadata, NullAndEmptyAreToldApart) {
  EXPECT_FALSE(WithMetadata("null")->metadata);
  EXPECT_TRUE(WithMetadata("{}")->metadata);
}

std::string Nested(size_t objects) {
  std::string text = "{}";
  for (size_t i = 1; i < objects; ++i) text = R"({"a":)" + text + "}";
  return text;
}

TEST(ErrorMetadata, IsDroppedWhenTooDeep) {
  EXPECT_TRUE(WithMetadata(Nested(16))->metadata);
  for (const std::string& deep :
       {Nested(17), R"({"a":)" + std::string(16, '[') + std::string(16, ']') + "}",
        R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}"}) {
    const auto body = WithMetadata(deep);
    ASSERT_TRUE(body);
    EXPECT_FALSE(body->metadata);
    EXPECT_TRUE(body->metadata_dropped);
    EXPECT_EQ(body->message, "m");
  }
}

TEST(ErrorMetadata, IsDroppedWhenTooLarge) {
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i) many += ",0";
  for (const std::string& large :
       {R"({"a":")" + std::string(5000, 'x') + "\"}", R"({"a":)" + many + "]}",
        "{\"" + std::string(5000, 'x') + "\":1}"}) {
    const auto body = WithMetadata(large);
    ASSERT_TRUE(body);
    EXPECT_FALSE(body->metadata);
    EXPECT_TRUE(body->metadata_dropped);
  }
  EXPECT_TRUE(WithMetadata(R"({"a":")" + std::string(3000, 'x') + "\"}")->metadata);
}

TEST(ErrorMetadata, OfALaterErrorMemberReplacesADroppedOne) {
  const auto body = ParseErrorBody(Json(R"({"error":{"code":1,"message":"a","metadata":)" +
                                        Nested(20) + R"(},"error":{"code":2,"message":"b"}})"));
  ASSERT_TRUE(body);
  EXPECT_FALSE(body->metadata_dropped);
  EXPECT_EQ(body->code, 2);
}

// Given random bytes of the largest size that is read, and a good body with bytes changed, nothing
// breaks.
TEST(ParseErrorBody, SurvivesAnything) {
  std::mt19937 random(41);
  for (int round = 0; round < 10; ++round) {
    std::string bytes(256 * 1024, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_FALSE(ParseErrorBody(Json(bytes)));
    EXPECT_FALSE(ParseErrorBody(Json(R"({"error":{"code":1,"message":")" + bytes)));
  }
  for (int round = 0; round < 20'000; ++round) {
    std::string body =
        R"({"error":{"code":400,"message":"m","metadata":{"a":[1,{"b":"\u00e9"}]}}})";
    for (unsigned changes = random() % 4; changes > 0; --changes) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    ParseErrorBody(Json(body));
  }
}

}  // namespace
}  // namespace modelgates::gateway
