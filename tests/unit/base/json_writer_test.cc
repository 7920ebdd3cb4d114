#include "base/json_writer.h"

#include <absl/functional/function_ref.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "base/json_grammar.h"

namespace modelgates::gateway {
namespace {

std::string Written(absl::FunctionRef<void(JsonWriter&)> write) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  write(json);
  json.EndObject();
  return out;
}

TEST(JsonWriter, WritesMembersInOrder) {
  EXPECT_EQ(Written([](JsonWriter&) {}), "{}");
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.Member("b", "text");
              json.Member("a", 1.5);
              json.NullMember("c");
              json.Member("d", "");
            }),
            R"({"b":"text","a":1.5,"c":null,"d":""})");
}

struct EscapeCase {
  const char* name;
  std::string text;
  std::string written;
};

class JsonEscaping : public testing::TestWithParam<EscapeCase> {};
TEST_P(JsonEscaping, IsMinimal) {
  EXPECT_EQ(Written([](JsonWriter& json) { json.Member("s", GetParam().text); }),
            "{\"s\":\"" + GetParam().written + "\"}");
}
INSTANTIATE_TEST_SUITE_P(JsonWriter, JsonEscaping,
                         testing::Values(EscapeCase{"Plain", "a/b<c>", "a/b<c>"},
                                         EscapeCase{"QuoteAndBackslash", "\"\\", R"(\"\\)"},
                                         EscapeCase{"ShortForms", "\b\f\n\r\t", R"(\b\f\n\r\t)"},
                                         EscapeCase{"Controls", std::string("\0\x1f\x0b", 3),
                                                    R"(\u0000\u001f\u000b)"},
                                         EscapeCase{"DeletePasses", "\x7f", "\x7f"},
                                         EscapeCase{"Utf8Passes", "é€😀", "é€😀"},
                                         EscapeCase{"InvalidUtf8", "a\xFF\"", "a\uFFFD\\\""}),
                         [](const auto& row) { return row.param.name; });

TEST(JsonWriter, AnyBytesBecomeValidJson) {
  std::mt19937 random(19);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 100, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string text = Written([&](JsonWriter& json) { json.Member("s", bytes); });
    EXPECT_TRUE(nlohmann::json::accept(text));
  }
}

TEST(JsonWriter, DoublesComeBackExactly) {
  std::mt19937_64 random(23);
  for (int round = 0; round < 100'000; ++round) {
    const uint64_t bits = random();
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = Written([value](JsonWriter& json) { json.Member("d", value); });
    ASSERT_TRUE(IsJsonText(text)) << text;
    ASSERT_EQ(std::strtod(text.c_str() + 5, nullptr), value) << text;
  }
}

TEST(JsonWriter, WhatIsNoNumberIsNull) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(Written([value](JsonWriter& json) { json.Member("d", value); }), R"({"d":null})");
  }
}

}  // namespace
}  // namespace modelgates::gateway
