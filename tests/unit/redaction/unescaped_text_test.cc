#include "redaction/unescaped_text.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

struct TextCase {
  std::string name;
  std::string text;
  std::string plain;
};

class UnescapedTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(UnescapedTextTest, HasNoEscapes) {
  EXPECT_EQ(UnescapedText(GetParam().text), GetParam().plain);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, UnescapedTextTest,
    testing::Values(
        TextCase{"Empty", "", ""}, TextCase{"Plain", "a-b_c.d~e", "a-b_c.d~e"},
        TextCase{"JsonSlash", R"(a\/b)", "a/b"}, TextCase{"JsonQuote", R"(a\"b)", "a\"b"},
        TextCase{"JsonUnicode", R"(\u0026\u003c)", "&<"},
        TextCase{"JsonUnicodeBeyondAscii", R"(\u00e9\u200b)", "\x7f\x7f"},
        TextCase{"JsonUnicodeCutShort", R"(\u00)", R"(\u00)"},
        TextCase{"NoHexDigits", R"(\u00g1)", R"(\u00g1)"},
        TextCase{"NegativeDigits", "%-1 \\u-026", "%-1 \\u-026"},
        TextCase{"HexByte", R"(\x2f)", "/"}, TextCase{"LoneBackslash", "a\\", "a\\"},
        TextCase{"UnknownBackslash", R"(\q)", R"(\q)"}, TextCase{"Percent", "%2F%2f%2B", "//+"},
        TextCase{"LonePercent", "100%", "100%"}, TextCase{"PercentAndOneDigit", "%2", "%2"},
        TextCase{"PercentText", "5% of", "5% of"},
        TextCase{"PercentBeyondAscii", "a%E2%80%8Bb",
                 "a\x7f\x7f\x7f"
                 "b"},
        TextCase{"Names", "&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
        TextCase{"OtherNames", "a&eacute;b&ZeroWidthSpace;c&shy;",
                 "a\x7f"
                 "b\x7f"
                 "c\x7f"},
        TextCase{"NoName", "a & b; &; &b", "a & b; &; &b"},
        TextCase{"LongName", "&" + std::string(32, 'a') + ";", "&" + std::string(32, 'a') + ";"},
        TextCase{"Numbers", "&#38;&#x26;&#X2F;&#0038;", "&&/&"},
        TextCase{"NumberWithoutEnd", "&#38 x", "& x"},
        TextCase{"NumberBeyondAscii", "&#233;&#8203;", "\x7f\x7f"},
        TextCase{"NumberTooLarge", "&#99999999999;",
                 "\x7f"
                 "999;"},
        TextCase{"NoNumber", "&#;&#x;&#", "&#;&#x;&#"},
        TextCase{"WithinEachOther", R"(\\u0026amp;%252F)", "\\&/"},
        TextCase{"FiveDeep", "%252525252F", "/"}, TextCase{"OfThreeKinds", "&#37;5cu002541", "A"},
        TextCase{"EscapedControls", R"(a\u000ab%0Ac&#10;d\ne)",
                 "a\x7f"
                 "b\x7f"
                 "c\x7f"
                 "d\x7f"
                 "e"},
        TextCase{"Markup", "a<b>c", "a<b>c"}, TextCase{"NotAscii", "é\xff", "é\xff"}),
    [](const auto& row) { return row.param.name; });

TEST(UnescapedText, EndsOnEndlessLayers) {
  std::string text = "%2F";
  for (int i = 0; i < 5'000; ++i) text.insert(1, "25");
  EXPECT_EQ(UnescapedText(text), "/");
}

TEST(VisibleAscii, LeavesOutWhatIsNotShown) {
  EXPECT_EQ(VisibleAscii("a<wbr>b</i>c<!-- d -->e"), "abce");
  EXPECT_EQ(VisibleAscii("a\x01"
                         "b\nc\td\x7f"
                         "e\xE2\x80\x8B"
                         "f\xC2\xAD"
                         "g"),
            "abcdefg");
  EXPECT_EQ(VisibleAscii("1 < 2 > 0"), "1 < 2 > 0");
}

}  // namespace
}  // namespace modelgates::gateway
