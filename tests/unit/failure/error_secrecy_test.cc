#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <tuple>

#include "failure/error_reply.h"
#include "support/secret_reader.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kExchange = Rpc::kExchangeAuthCode;
constexpr char kCode[] = "c0de_7Qm2xV9bT4kLp";
constexpr char kVerifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr char kKey[] = "sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e";

google::rpc::Status Shown(const HttpResponse& response, const Redaction& redaction,
                          Rpc rpc = kExchange) {
  const Outcome outcome = OutcomeOf(response);
  const FailedCall failed = FailUpstream(rpc, outcome);
  return ToErrorReply(failed, "request-1", redaction).status;
}

Redaction SecretsOfACall() {
  Redaction redaction;
  for (const char* secret : {kCode, kVerifier, kKey}) redaction.Add(secret);
  return redaction;
}

std::string Joined(const google::rpc::Status& status) {
  std::string joined;
  for (const std::string& text : TextsOf(status)) joined += text + "\n";
  return joined;
}

HttpResponse WithBody(int status, std::string body, std::string content_type) {
  HttpResponse response = HtmlPage(status, std::move(body));
  response.content_type = std::move(content_type);
  return response;
}

// `text` within the quotes of JSON.
std::string Quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

constexpr char kJson[] = "application/json";

// A place where an upstream may echo what it was sent.
struct Place {
  std::string name;
  std::function<HttpResponse(const std::string&)> answer;
};

const Place kPlaces[] = {
    {"Message", [](auto s) { return JsonError(403, "bad code " + Quoted(s) + "!"); }},
    {"MessageNamesAField",
     [](auto s) { return JsonError(400, "code_verifier " + Quoted(s) + " is wrong"); }},
    {"MessageAtTheCut",
     [](auto s) { return JsonError(403, std::string(180, '-') + Quoted(s + s)); }},
    {"MetadataValue",
     [](auto s) {
       return JsonError(403, "no", R"(,"metadata":{"a":{"b":["x )" + Quoted(s) + R"("]}})");
     }},
    {"MetadataName",
     [](auto s) { return JsonError(403, "no", R"(,"metadata":{")" + Quoted(s) + R"(":1})"); }},
    {"DeepMetadataName",
     [](auto s) {
       return JsonError(403, "no", R"(,"metadata":{"a":[{")" + Quoted(s) + R"(":{}}]})");
     }},
    {"UserId",
     [](auto s) {
       return WithBody(403, R"({"error":{"code":1,"message":"no"},"user_id":")" + Quoted(s) + "\"}",
                       kJson);
     }},
    {"Page", [](auto s) { return HtmlPage(403, "<p>code=" + s + "</p>"); }},
    {"PageWithoutMarkup", [](auto s) { return WithBody(500, s, "text/plain"); }},
    {"JsonOfAnotherShape",
     [](auto s) { return WithBody(403, R"({"detail":")" + Quoted(s) + "\"}", kJson); }},
    {"ContentType", [](auto s) { return WithBody(403, "", "text/plain; x=" + s); }},
    {"RequestId",
     [](auto s) {
       HttpResponse response = JsonError(403);
       response.request_id = "id-" + s;
       return response;
     }},
};

std::string EachByte(const std::string& text, const std::function<std::string(char)>& spelled) {
  std::string result;
  for (const char c : text) result += spelled(c);
  return result;
}

std::string Base64(const std::string& text) {
  std::string encoded(text.size() / 3 * 4 + 5, '\0');
  encoded.resize(static_cast<size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(encoded.data()),
      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()))));
  return encoded;
}

std::string PercentEncoded(const std::string& text) {
  return EachByte(text, [](char c) { return fmt::format("%{:02X}", c); });
}

// A way to write a secret that people and programs can undo.
struct Spelling {
  std::string name;
  std::function<std::string(std::string)> spell;
};

std::string BetweenFours(const std::string& text, const std::string& between) {
  std::string result;
  for (size_t i = 0; i < text.size(); i += 4) result += text.substr(i, 4) + between;
  return result;
}

const Spelling kSpellings[] = {
    {"AsItIs", [](auto s) { return s; }},
    {"ItsFirstHalf", [](auto s) { return s.substr(0, s.size() / 2 + 3); }},
    {"ItsSecondHalf", [](auto s) { return s.substr(s.size() / 2); }},
    {"ZeroWidthSpaces", [](auto s) { return BetweenFours(s, "\xE2\x80\x8B"); }},
    {"ZeroWidthSpacesEverywhere",
     [](auto s) { return EachByte(s, [](char c) { return c + std::string("\xE2\x80\x8B"); }); }},
    {"SoftHyphens", [](auto s) { return BetweenFours(s, "\xC2\xAD"); }},
    {"GroupsOfFour", [](auto s) { return BetweenFours(s, " "); }},
    {"UpperCase",
     [](auto s) {
       return EachByte(s,
                       [](char c) { return std::string(1, static_cast<char>(std::toupper(c))); });
     }},
    {"LowerCase",
     [](auto s) {
       return EachByte(s,
                       [](char c) { return std::string(1, static_cast<char>(std::tolower(c))); });
     }},
    {"Base64", [](auto s) { return Base64(s); }},
    {"Base64OfAPair", [](auto s) { return Base64("u:" + s); }},
    {"Base64OfALine", [](auto s) { return Base64("x" + s + "\n"); }},
    {"Base64OfUrls",
     [](auto s) {
       std::string encoded = Base64("?>" + s + "?>");
       std::replace(encoded.begin(), encoded.end(), '+', '-');
       std::replace(encoded.begin(), encoded.end(), '/', '_');
       return encoded;
     }},
    {"Base64InLines", [](auto s) { return BetweenFours(Base64(s), " "); }},
    {"Hex", [](auto s) { return EachByte(s, [](char c) { return fmt::format("{:02x}", c); }); }},
    {"HexInPairs",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("{:02X}:", c); }); }},
    {"Percent", [](auto s) { return PercentEncoded(s); }},
    {"PercentFiveDeep",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("%25252525{:02X}", c); }); }},
    {"Json",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("\\u{:04x}", c); }); }},
    {"HexBytes",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("\\x{:02x}", c); }); }},
    {"References",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("&#{};", c + 0); }); }},
    {"HexReferences",
     [](auto s) { return EachByte(s, [](char c) { return fmt::format("&#x{:x};", c); }); }},
    {"ReferencesInPercent",
     [](auto s) {
       return EachByte(s, [](char c) { return PercentEncoded(fmt::format("&#{};", c + 0)); });
     }},
    {"PercentInBase64Letters", [](auto s) { return PercentEncoded(Base64(s)); }},
};

class EchoTest : public testing::TestWithParam<std::tuple<Spelling, Place>> {};

TEST_P(EchoTest, IsWithheld) {
  const auto& [spelling, place] = GetParam();
  const Redaction redaction = SecretsOfACall();
  for (const std::string secret : {kCode, kVerifier, kKey}) {
    const std::string spelled = spelling.spell(secret);
    const HttpResponse response = place.answer(spelled);
    // The positive control: without redaction the secret could be read.
    EXPECT_TRUE(CanRead(spelled, secret)) << spelled;
    constexpr size_t kShownEverywhere = 100;
    if (spelled.size() <= kShownEverywhere) {
      EXPECT_TRUE(CanRead(Joined(Shown(response, Redaction())), secret));
    }
    const std::string shown = Joined(Shown(response, redaction));
    EXPECT_FALSE(CanRead(shown, secret)) << shown;
    EXPECT_THAT(shown, HasSubstr("[withheld: it repeats a secret]"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, EchoTest, testing::Combine(testing::ValuesIn(kSpellings), testing::ValuesIn(kPlaces)),
    [](const auto& row) { return std::get<0>(row.param).name + std::get<1>(row.param).name; });

// In pieces, of which none is withheld by itself.
TEST(ErrorSecrecy, LeavesOutWhatSpellsASecretTogether) {
  const std::string seven[] = {"6b4f8a1", "d7e3c9f", "0a2d4b6"};
  const auto member = [](const std::string& name, const std::string& value) {
    return "\"" + name + "\":\"" + value + "\"";
  };
  const auto metadata = [](const std::string& members) {
    return ",\"metadata\":{" + members + "}";
  };
  for (const HttpResponse& response : {
           JsonError(403, "no",
                     metadata(member("a", seven[0]) + "," + member("b", seven[1]) + "," +
                              member("c", seven[2]))),
           JsonError(403, "no", metadata("\"a\":[\"" + seven[0] + "\",\"" + seven[1] + "\"]")),
           JsonError(403, "no", metadata(member(seven[0], seven[1]))),
           JsonError(403, "no",
                     metadata(member(seven[0], "") + ",\"e\":{" + member("", "") + "}," +
                              member(seven[1], ""))),
           JsonError(403, "no " + seven[0], metadata(member("a", seven[1]))),
           WithBody(403,
                    R"({"error":{"code":1,"message":"no )" + seven[0] + R"("},"user_id":")" +
                        seven[1] + "\"}",
                    kJson),
       }) {
    const google::rpc::Status open = Shown(response, Redaction());
    const google::rpc::Status shown = Shown(response, SecretsOfACall());
    const auto error = FindDetail<oauth::v1::UpstreamError>(shown);
    ASSERT_TRUE(error.has_value());
    EXPECT_TRUE(error->truncated());
    EXPECT_FALSE(error->has_metadata());
    EXPECT_FALSE(error->has_user_id());
    EXPECT_THAT(error->message(), HasSubstr("no"));
    EXPECT_THAT(Joined(open), HasSubstr(seven[1]));
    EXPECT_THAT(Joined(shown), Not(HasSubstr(seven[1])));
  }
}

TEST(ErrorSecrecy, LeavesOutACodeThatIsANumber) {
  Redaction redaction;
  redaction.Add("90210477331");
  const HttpResponse response =
      JsonError(403, "no", R"(,"metadata":{"code":90210477331,"other":1})");
  EXPECT_TRUE(FindDetail<oauth::v1::UpstreamError>(Shown(response, Redaction()))->has_metadata());
  EXPECT_FALSE(FindDetail<oauth::v1::UpstreamError>(Shown(response, redaction))->has_metadata());
}

// A field is named by a name of ours, even when the message is withheld.
TEST(ErrorSecrecy, NamesTheFieldOfAWithheldMessage) {
  const auto bad_request = FindDetail<google::rpc::BadRequest>(
      Shown(JsonError(400, std::string("code_verifier ") + kVerifier), SecretsOfACall()));
  ASSERT_TRUE(bad_request.has_value());
  EXPECT_EQ(bad_request->field_violations(0).field(), "code_verifier");
  EXPECT_EQ(bad_request->field_violations(0).description(), "[withheld: it repeats a secret]");
}

// Where the secret is the host of a redirect it is dropped as a whole.
TEST(ErrorSecrecy, DropsARedirectToASecret) {
  HttpResponse response = HtmlPage(302, "");
  for (const std::string host : {"7qm2xv9bt4", "7QM2XV9BT4", "%37qm2xv9bt4"}) {
    response.location = "https://" + host + ".example/";
    EXPECT_TRUE(CanRead(Joined(Shown(response, Redaction())), kCode));
    EXPECT_FALSE(CanRead(Joined(Shown(response, SecretsOfACall())), kCode));
  }
}

constexpr char kLostKey[] = "sk-canary-1";

class SuccessBodyTest : public testing::TestWithParam<int> {};

// The key of a lost reply is not among the secrets of the call: nobody could read it.
TEST_P(SuccessBodyTest, AppearsNowhere) {
  for (const Rpc rpc : {Rpc::kCreateAuthCode, kExchange}) {
    for (const char* content_type : {"application/json", "text/html", ""}) {
      for (const std::string body :
           {R"({"key":"sk-canary-1")", R"({"error":{"code":1,"message":"sk-canary-1"}})",
            "sk-canary-1"}) {
        HttpResponse response = WithBody(GetParam(), body, content_type);
        EXPECT_THAT(Joined(Shown(response, Redaction(), rpc)), Not(HasSubstr(kLostKey)));
        // The positive control: the same body of an error is shown.
        response.status = 500;
        EXPECT_THAT(Joined(Shown(response, Redaction(), rpc)), HasSubstr(kLostKey));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Statuses, SuccessBodyTest,
                         testing::Values(200, 201, 202, 203, 204, 206, 226, 299));

}  // namespace
}  // namespace modelgates::gateway
