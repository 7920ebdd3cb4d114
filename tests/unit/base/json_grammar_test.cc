#include "base/json_grammar.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace modelgates::gateway {
namespace {

TEST(JsonGrammar, AcceptsJson) {
  for (const char* text :
       {"{}", "[]", " { } ", "[ ]\n", "0", "-0", "1.5", "-1e-7", "1E+9", "\"\"", "true", "false",
        "null", R"({"a":[1,{"b":null}],"c":""})", R"("\"\\\/\b\f\n\r\t\u00e9\ud800")", "[[],[[]]]",
        "NaN", "[Infinity,-Infinity]", "1e999"}) {
    EXPECT_TRUE(IsJsonText(text)) << text;
  }
}

TEST(JsonGrammar, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "[1",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\":1]",
                           "[1}",
                           "{}{}",
                           "1 2",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "1e+",
                           "0x1",
                           "nul",
                           "True",
                           "-NaN",
                           "\"",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\n\"",
                           "'a'",
                           "\"a\" \"b\"",
                           "\xEF\xBB\xBF{}",
                           "{1:2}",
                           "/**/1",
                           "1\f"}) {
    EXPECT_FALSE(IsJsonText(text)) << text;
  }
}

TEST(JsonGrammar, NestingCostsNoStack) {
  constexpr size_t kDepth = 1'000'000;
  EXPECT_TRUE(IsJsonText(std::string(kDepth, '[') + std::string(kDepth, ']')));
  EXPECT_FALSE(IsJsonText(std::string(kDepth, '[') + std::string(kDepth - 1, ']')));
}

// Given texts made of the pieces of JSON in random order, the answer is that of another parser.
TEST(JsonGrammar, AgreesWithAnotherParser) {
  constexpr const char* kPieces[] = {"{", "}",  "[",   "]", ",",    ":",    "\"a\"", "1",  "-",
                                     "0", ".5", "e-0", " ", "null", "true", "\"\\",  "\"", "u0041"};
  std::mt19937 random(3);
  int valid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    for (unsigned pieces = 1 + random() % 8; pieces > 0; --pieces) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const bool expected = nlohmann::json::accept(text);
    valid += expected;
    ASSERT_EQ(IsJsonText(text), expected) << text;
  }
  EXPECT_GT(valid, 1000);
}

TEST(JsonGrammar, SaysWhereATextStopsToBeJson) {
  EXPECT_EQ(JsonFault(R"({"a": [1, 2]})"), std::string_view::npos);
  EXPECT_EQ(JsonFault(""), 0U);
  EXPECT_EQ(JsonFault("{\"a\": 1,\n \"b\" 2}"), 14U);
  EXPECT_EQ(JsonFault("[1, nul]"), 4U);
  EXPECT_EQ(JsonFault("[\"open\n]"), 6U);
  EXPECT_EQ(JsonFault("[1"), 2U);
  EXPECT_EQ(JsonFault("[1] 2"), 4U);
}

}  // namespace
}  // namespace modelgates::gateway
