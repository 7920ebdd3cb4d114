#include "upstream/lax_integer.h"

#include <gtest/gtest.h>

#include <string>

namespace modelgates::gateway {
namespace {

using Kind = LaxInteger::Kind;

struct Case {
  const char* name;
  std::string json;
  Kind kind;
  int64_t value = 0;
};

class LaxIntegers : public testing::TestWithParam<Case> {};
TEST_P(LaxIntegers, AreReadAsTheSdkDoes) {
  std::string text = "[" + GetParam().json + "]";
  LaxInteger read;
  ASSERT_TRUE(VisitJson(text, [&](JsonValue& root) {
    root.ForEachElement([&](JsonValue& element) { read = ReadLaxInteger(element); });
  }));
  EXPECT_EQ(read.kind, GetParam().kind);
  EXPECT_EQ(read.value, GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(
    Fits, LaxIntegers,
    testing::Values(
        Case{"Whole", "7", Kind::kFits, 7}, Case{"Zero", "0", Kind::kFits, 0},
        Case{"MinusZero", "-0.0", Kind::kFits, 0}, Case{"Negative", "-7", Kind::kFits, -7},
        Case{"PointZero", "7.0", Kind::kFits, 7}, Case{"ManyPointZeros", "70.000", Kind::kFits, 70},
        Case{"Exponent", "1e3", Kind::kFits, 1000},
        Case{"FractionMadeWhole", "1.25E+2", Kind::kFits, 125},
        Case{"NegativeExponent", "1200e-2", Kind::kFits, 12},
        Case{"ZeroWithHugeExponent", "0e999999999999999999999", Kind::kFits, 0},
        Case{"String", "\"7\"", Kind::kFits, 7}, Case{"FloatString", "\"7.0\"", Kind::kFits, 7},
        Case{"SignedSpacedString", "\" +7 \"", Kind::kFits, 7},
        Case{"LeadingZerosInString", "\"007\"", Kind::kFits, 7},
        Case{"EscapedString", R"("\u0037")", Kind::kFits, 7}, Case{"True", "true", Kind::kFits, 1},
        Case{"False", "false", Kind::kFits, 0},
        Case{"Large", "1234567890123", Kind::kFits, 1234567890123},
        Case{"Above2To53", "9007199254740993", Kind::kFits, 9007199254740993},
        Case{"Most", "9223372036854775807", Kind::kFits, INT64_MAX},
        Case{"Least", "-9223372036854775808", Kind::kFits, INT64_MIN},
        Case{"MostAsFloat", "9223372036854775807.0", Kind::kFits, INT64_MAX}),
    [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(
    Huge, LaxIntegers,
    testing::Values(Case{"OneMoreThanMost", "9223372036854775808", Kind::kHuge},
                    Case{"OneLessThanLeast", "-9223372036854775809", Kind::kHuge},
                    Case{"TwoTo70", "1180591620717411303424", Kind::kHuge},
                    Case{"TwentyDigits", "99999999999999999999", Kind::kHuge},
                    Case{"String", "\"1180591620717411303424\"", Kind::kHuge},
                    Case{"Exponent", "1e30", Kind::kHuge},
                    Case{"FiveThousandDigits", std::string(5000, '7'), Kind::kHuge}),
    [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(
    None, LaxIntegers,
    testing::Values(
        Case{"Half", "7.5", Kind::kNone}, Case{"Tiny", "1e-1", Kind::kNone},
        Case{"Null", "null", Kind::kNone}, Case{"Infinite", "1e999", Kind::kNone},
        Case{"TinyExponent", "1e-999999999999999999999", Kind::kNone},
        Case{"HugeExponent", "1e999999999999999999999", Kind::kNone},
        Case{"NotANumber", "NaN", Kind::kNone}, Case{"Infinity", "-Infinity", Kind::kNone},
        Case{"Word", "\"invalid\"", Kind::kNone}, Case{"EmptyString", "\"\"", Kind::kNone},
        Case{"SpaceString", "\" \"", Kind::kNone}, Case{"SignOnly", "\"-\"", Kind::kNone},
        Case{"ExponentString", "\"1e3\"", Kind::kNone}, Case{"HalfString", "\"7.5\"", Kind::kNone},
        Case{"PointWithoutDigits", "\"7.\"", Kind::kNone},
        Case{"Hexadecimal", "\"0x7\"", Kind::kNone},
        Case{"NulInString", R"("7\u0000")", Kind::kNone},
        Case{"LoneSurrogate", R"("\ud800")", Kind::kNone}, Case{"Object", "{}", Kind::kNone},
        Case{"Array", "[7]", Kind::kNone}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
