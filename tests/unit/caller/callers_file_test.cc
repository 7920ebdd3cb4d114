#include "caller/callers_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kRight[] = R"({"default": {"rate": 50, "concurrent": 100},
 "callers": [
   {"id": "spiffe://prod.example/ns/web/sa/checkout", "methods": ["*"], "rate": 200.5,
    "concurrent": 400},
   {"id": "address:*", "methods": ["CreateAuthCode", "grpc.health.v1.Health/*"]}]}
)";

struct FaultCase {
  const char* name;
  std::string text;
  const char* fault;
};

// A file with the rule in its third line.
std::string WithRule(std::string_view rule) {
  return fmt::format("{{\"callers\": [\n{{\"id\": \"dns:a\", \"methods\": [\"*\"]}},\n{}]}}", rule);
}
std::string WithRate(std::string_view rate) {
  return WithRule(fmt::format(R"({{"id": "dns:b", "methods": ["*"], "rate": {}}})", rate));
}
std::string WithConcurrent(std::string_view number) {
  return WithRule(fmt::format(R"({{"id": "dns:b", "methods": ["*"], "concurrent": {}}})", number));
}
std::string WithMethod(std::string_view method) {
  return WithRule(fmt::format(R"({{"id": "dns:b", "methods": ["*", "{}"]}})", method));
}
std::string WithId(std::string_view id) {
  return WithRule(fmt::format(R"({{"methods": ["*"], "id": {}}})", id));
}

std::string WithKeyFile(std::string_view name) {
  return WithRule(fmt::format(R"({{"id": "dns:b", "methods": [], "key_file": {}}})", name));
}

class CallersFaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(CallersFaultTest, RefusesTheWholeFileAndNamesLineAndMember) {
  const auto rules = ParseCallers(GetParam().text);
  ASSERT_FALSE(rules.ok());
  EXPECT_THAT(std::string(rules.status().message()), HasSubstr(GetParam().fault));
  EXPECT_THAT(std::string(rules.status().message()), StartsWith("must hold "));
}

INSTANTIATE_TEST_SUITE_P(
    All, CallersFaultTest,
    testing::Values(
        FaultCase{"Empty", "", "JSON; syntax error in line 1"},
        FaultCase{"Half", "{\"callers\": [\n", "syntax error in line 2"},
        FaultCase{"Comma", "{\"callers\": [\n{\"id\" \"dns:a\"}]}", "JSON; syntax error in line 2"},
        FaultCase{"OpenString", "{\"callers\": [\n{\"id\": \"dns:a\n}]}",
                  "JSON; syntax error in line 2"},
        FaultCase{"Array", "\n[]", "line 2: the file must be an object"},
        FaultCase{"NoCallers", "{}", "line 1: callers is missing"},
        FaultCase{"CallersNoArray", "{\"callers\": {}}",
                  "callers must be an array of at least one"},
        FaultCase{"CallersEmpty", "{\"callers\": []}", "callers must be an array of at least one"},
        FaultCase{"UnknownMember", "{\"callers\": [],\n\"limits\": 1}", "callers must be an array"},
        FaultCase{"UnknownFirst", "{\"limits\": 1, \"callers\": []}",
                  "line 1: limits is unknown: members are default, callers"},
        FaultCase{"CallersTwice",
                  "{\"callers\": [{\"id\": \"dns:a\", \"methods\": []}],\n\"callers\": []}",
                  "line 2: callers occurs twice"},
        FaultCase{"DefaultNoObject", "{\"default\": 5}", "default must be an object"},
        FaultCase{"DefaultUnknown", "{\"default\": {\n\"rates\": 5}}",
                  "line 2: default.rates is unknown: members are rate, concurrent"},
        FaultCase{"DefaultRate", "{\"default\": {\"rate\": 0}}", "default.rate must be a number"},
        FaultCase{"RuleNoObject", WithRule("7"), "line 3: callers[1] must be an object"},
        FaultCase{"RuleUnknown", WithRule(R"({"id": "dns:b", "methods": [], "ratee": 1})"),
                  "line 3: callers[1].ratee is unknown: members are id, methods, rate, concurrent, "
                  "key_file"},
        FaultCase{"StrangeName", WithRule("{\"\\u001b[2J\": 1}"), "callers[1].? is unknown"},
        FaultCase{"MemberTwice", WithRule(R"({"id": "dns:b", "id": "dns:c", "methods": []})"),
                  "callers[1].id occurs twice"},
        FaultCase{"NoId", WithRule(R"({"methods": ["*"]})"), "line 3: callers[1].id is missing"},
        FaultCase{"NoMethods", WithRule(R"({"id": "dns:b"})"), "callers[1].methods is missing"},
        FaultCase{"IdNumber", WithId("7"), "line 3: callers[1].id must be spiffe://"},
        FaultCase{"IdForm", WithId("\"alice\""), "callers[1].id must be spiffe://"},
        FaultCase{"IdStar", WithId("\"spiffe://prod*\""), "not within a trust domain"},
        FaultCase{"IdCidr", WithId("\"address:10.0.0.1/8\""), "callers[1].id must be"},
        FaultCase{"IdSurrogate", WithId("\"dns:\\ud800\""), "callers[1].id must be"},
        FaultCase{"IdTwice", WithId("\"dns:A\""), "line 3: callers[1].id is that of a rule before"},
        FaultCase{"MethodsText", WithRule(R"({"id": "dns:b", "methods": "*"})"),
                  "callers[1].methods must be an array"},
        FaultCase{"MethodNumber", WithRule(R"({"id": "dns:b", "methods": [1]})"),
                  "callers[1].methods[0] must be CreateAuthCode"},
        FaultCase{"MethodUnknown", WithMethod("CreateAuthcode"),
                  "line 3: callers[1].methods[1] must"},
        FaultCase{"MethodOwnUnknown", WithMethod("modelgates.oauth.v1.OAuthService/Create"),
                  "callers[1].methods[1] must"},
        FaultCase{"MethodEmpty", WithMethod(""), "callers[1].methods[1] must"},
        FaultCase{"MethodSlash", WithMethod("/grpc.health.v1.Health/Check"), "methods[1] must"},
        FaultCase{"MethodHalfStar", WithMethod("grpc.health.v1.Health/Che*"), "methods[1] must"},
        FaultCase{"MethodServiceStar", WithMethod("grpc.*/Check"), "methods[1] must"},
        FaultCase{"MethodNoMethod", WithMethod("grpc.health.v1.Health/"), "methods[1] must"},
        FaultCase{"RateZero", WithRate("0"), "line 3: callers[1].rate must be a number from 1 to"},
        FaultCase{"RateNegative", WithRate("-5"), "callers[1].rate must"},
        FaultCase{"RateLarge", WithRate("1000001"), "callers[1].rate must"},
        FaultCase{"RateEndless", WithRate("1e999"), "callers[1].rate must"},
        FaultCase{"RateInfinity", WithRate("Infinity"), "callers[1].rate must"},
        FaultCase{"RateNan", WithRate("NaN"), "callers[1].rate must"},
        FaultCase{"RateText", WithRate("\"5\""), "callers[1].rate must"},
        FaultCase{"RateNull", WithRate("null"), "callers[1].rate must"},
        FaultCase{"ConcurrentZero", WithConcurrent("0"), "callers[1].concurrent must be a whole"},
        FaultCase{"ConcurrentHalf", WithConcurrent("2.5"), "callers[1].concurrent must be a whole"},
        FaultCase{"ConcurrentLarge", WithConcurrent("99999999999"), "callers[1].concurrent must"},
        FaultCase{"KeyFileEmpty", WithKeyFile("\"\""),
                  "line 3: callers[1].key_file must be the name"},
        FaultCase{"KeyFileNumber", WithKeyFile("7"), "callers[1].key_file must be the name"},
        FaultCase{"KeyFileNull", WithKeyFile("null"), "callers[1].key_file must be the name"},
        FaultCase{"KeyFileAbsolute", WithKeyFile("\"/etc/passwd\""), "callers[1].key_file must"},
        FaultCase{"KeyFileFolder", WithKeyFile("\"a/b\""), "callers[1].key_file must"},
        FaultCase{"KeyFileParent", WithKeyFile("\"..\""), "callers[1].key_file must"},
        FaultCase{"KeyFileItself", WithKeyFile("\".\""), "callers[1].key_file must"},
        FaultCase{"KeyFileHidden", WithKeyFile("\"..data\""), "callers[1].key_file must"},
        FaultCase{"KeyFileEscaped", WithKeyFile("\"a\\u002fb\""), "callers[1].key_file must"},
        FaultCase{"KeyFileNul", WithKeyFile("\"a\\u0000\""), "callers[1].key_file must"},
        FaultCase{"KeyFileBackslash", WithKeyFile("\"a\\\\b\""), "callers[1].key_file must"},
        FaultCase{"KeyFileLong", WithKeyFile('"' + std::string(254, 'a') + '"'),
                  "callers[1].key_file must"},
        FaultCase{"KeyFileTwice",
                  WithRule(R"({"id": "dns:b", "methods": [], "key_file": "a", "key_file": "b"})"),
                  "callers[1].key_file occurs twice"}),
    [](const auto& row) { return row.param.name; });

TEST(CallersFile, IsReadWhole) {
  const auto rules = ParseCallers(kRight);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(*rules, ParseCallers(std::string("\xEF\xBB\xBF") + kRight).value());
  std::string changed = kRight;
  changed.replace(changed.find("200.5"), 5, "200");
  EXPECT_FALSE(*rules == ParseCallers(changed).value());
}

TEST(CallersFile, SaysWhyItCannotBeRead) {
  const std::string path = testing::TempDir() + "callers_file_test.json";
  std::ofstream(path) << std::string((1 << 20) + 1, ' ');
  for (const std::string& wrong : {path, testing::TempDir() + "is_not_there.json"}) {
    const auto rules = ReadCallersFile(wrong, KeyFiles::kAllowed);
    ASSERT_FALSE(rules.ok());
    EXPECT_THAT(std::string(rules.status().message()),
                StartsWith("must be a file that can be read: "));
  }
  std::ofstream(path) << kRight;
  EXPECT_TRUE(ReadCallersFile(path, KeyFiles::kRefused).ok());
}

TEST(CallersFile, NamesKeyFilesInTheirFolderOnly) {
  for (const std::string name : {"checkout", "a", "sk_1-b.key", "A.0"}) {
    const auto rules = ParseCallers(WithKeyFile('"' + name + '"'));
    ASSERT_TRUE(rules.ok()) << rules.status();
    EXPECT_EQ(rules->all().back().key_file, name);
    EXPECT_EQ(rules->all().front().key_file, "");
  }
}

TEST(CallersFile, HasNoKeyFilesWithoutAFolder) {
  const auto rules = ParseCallers(WithKeyFile("\"checkout\""), KeyFiles::kRefused);
  EXPECT_EQ(std::string(rules.status().message()),
            "must hold valid rules; line 3: callers[1].key_file needs --caller_keys_dir");
}

// What chance makes of a right file is read, or refused by a rule.
TEST(CallersFile, IsReadOrRefusedWhateverItHolds) {
  constexpr int kTexts = 20'000;
  constexpr std::string_view kPieces[] = {"{",        "}",    "[",    "]",    ",",  ":",
                                          "\"",       "\\",   "*",    "/",    "\n", "\"id\"",
                                          "\"dns:\"", "-1e9", "null", "\xFF", ""};
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same texts every time
  const auto pick = [&random](size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random);
  };
  int right = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text = kRight;
    for (size_t changes = 1 + pick(4); changes > 0; --changes) {
      text.replace(pick(text.size()), pick(6), kPieces[pick(std::size(kPieces))]);
    }
    const auto rules = ParseCallers(text);
    if (rules.ok()) {
      ++right;
    } else {
      ASSERT_THAT(std::string(rules.status().message()), StartsWith("must hold ")) << text;
    }
  }
  EXPECT_GT(right, 0);
  EXPECT_LT(right, kTexts);
}

}  // namespace
}  // namespace modelgates::gateway
