#include "redaction/plain_spelling.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

struct SpellingCase {
  std::string name;
  std::string text;
  std::string plain;
};

class PlainSpellingTest : public testing::TestWithParam<SpellingCase> {};

TEST_P(PlainSpellingTest, UndoesTheSpelling) {
  EXPECT_EQ(PlainSpelling(GetParam().text).text(), GetParam().plain);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, PlainSpellingTest,
    testing::Values(
        SpellingCase{"Empty", "", ""}, SpellingCase{"Plain", "a-b_c.d~e", "a-b_c.d~e"},
        SpellingCase{"JsonSlash", R"(a\/b)", "a/b"}, SpellingCase{"JsonQuote", R"(a\"b)", "a\"b"},
        SpellingCase{"JsonUnicode", R"(\u0026\u003c)", "&<"},
        SpellingCase{"JsonUnicodeBeyondAscii", R"(\u00e9)", R"(\u00e9)"},
        SpellingCase{"JsonUnicodeCutShort", R"(\u00)", R"(\u00)"},
        SpellingCase{"NoHexDigits", R"(\u00g1)", R"(\u00g1)"},
        SpellingCase{"NegativeDigits", "%-1 \\u-026", "%-1 \\u-026"},
        SpellingCase{"HexByte", R"(\x2f)", "/"}, SpellingCase{"LoneBackslash", "a\\", "a\\"},
        SpellingCase{"UnknownBackslash", R"(\q)", R"(\q)"},
        SpellingCase{"Percent", "%2F%2f%2B", "//+"}, SpellingCase{"LonePercent", "100%", "100%"},
        SpellingCase{"PercentAndOneDigit", "%2", "%2"},
        SpellingCase{"PercentText", "5% of", "5% of"},
        SpellingCase{"Names", "&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
        SpellingCase{"UnknownName", "&eacute;", "&eacute;"},
        SpellingCase{"Numbers", "&#38;&#x26;&#X2F;&#0038;", "&&/&"},
        SpellingCase{"NumberWithoutEnd", "&#38 x", "& x"},
        SpellingCase{"NumberBeyondAscii", "&#233;", "&#233;"},
        SpellingCase{"NumberTooLarge", "&#99999999999;", "&#99999999999;"},
        SpellingCase{"NoNumber", "&#;&#x;&#", "&#;&#x;&#"},
        SpellingCase{"WithinEachOther", R"(\\u0026amp;%252F)", "&/"},
        SpellingCase{"Tags", "a<wbr>b</i>c<!-- d -->e", "abce"},
        SpellingCase{"TagsOutOfReferences", "&lt;b&gt;", "<b>"},
        SpellingCase{"Controls",
                     "a\x01"
                     "b\nc\td\x7f"
                     "e",
                     "abcde"},
        SpellingCase{"EscapedControls", R"(a\u000ab%0Ac&#10;d)", "abcd"},
        SpellingCase{"NotAscii", "é\xff", "é\xff"}),
    [](const auto& row) { return row.param.name; });

TEST(PlainSpelling, KeepsMarkupWhenAsked) {
  EXPECT_EQ(PlainSpelling("a<b>%2F", PlainSpelling::Markup::kKept).text(), "a<b>/");
}

TEST(PlainSpelling, KnowsWhereEachByteCameFrom) {
  const std::string text = R"(x<i>\\u0026amp;</i>%41)";
  const PlainSpelling plain(text);
  ASSERT_EQ(plain.text(), "x&A");
  const auto origin = [&](size_t begin, size_t end) {
    const auto [from, to] = plain.Origin(begin, end);
    return text.substr(from, to - from);
  };
  EXPECT_EQ(origin(0, 1), "x");
  EXPECT_EQ(origin(1, 2), R"(\\u0026amp;)");
  EXPECT_EQ(origin(2, 3), "%41");
  EXPECT_EQ(origin(0, 3), text);
}

TEST(PlainSpelling, EndsOnEndlessLayers) {
  std::string text = "%2F";
  for (int i = 0; i < 10'000; ++i) text.insert(1, "25");
  EXPECT_LT(PlainSpelling(text).text().size(), text.size());
}

}  // namespace
}  // namespace modelgates::gateway
