#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/markup.h"

namespace modelgates::gateway {
namespace {

struct Case {
  const char* name;
  std::string in;
  std::string out;
};

std::string NameOf(const testing::TestParamInfo<Case>& info) { return info.param.name; }

#define REPLACEMENT "\xEF\xBF\xBD"

class ValidUtf8 : public testing::TestWithParam<Case> {};
TEST_P(ValidUtf8, Comes) { EXPECT_EQ(ToValidUtf8(GetParam().in), GetParam().out); }
INSTANTIATE_TEST_SUITE_P(
    Text, ValidUtf8,
    testing::Values(Case{"Empty", "", ""}, Case{"Ascii", "a\x01\x7f", "a\x01\x7f"},
                    Case{"TwoThreeFourBytes", "é€😀", "é€😀"},
                    Case{"LoneContinuation", "a\x80z", "a" REPLACEMENT "z"},
                    Case{"Latin1", "caf\xE9", "caf" REPLACEMENT},
                    Case{"CutCharacterIsOneMark", "\xF0\x9F\x98", REPLACEMENT},
                    Case{"LeadDoesNotEatTheQuote", "\xE2\"", REPLACEMENT "\""},
                    Case{"Overlong", "\xC0\xAF", REPLACEMENT REPLACEMENT},
                    Case{"Surrogate", "\xED\xA0\x80", REPLACEMENT REPLACEMENT REPLACEMENT},
                    Case{"AboveUnicode", "\xF4\x90\x80\x80",
                         REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT},
                    Case{"FeFf", "\xFE\xFF", REPLACEMENT REPLACEMENT}),
    NameOf);

class Cleaned : public testing::TestWithParam<Case> {};
TEST_P(Cleaned, Comes) { EXPECT_EQ(CleanText(GetParam().in, 8), GetParam().out); }
INSTANTIATE_TEST_SUITE_P(Text, Cleaned,
                         testing::Values(Case{"Empty", "", ""}, Case{"Short", "abc", "abc"},
                                         Case{"ExactlyFits", "12345678", "12345678"},
                                         Case{"Cut", "123456789", "12345678"},
                                         Case{"CutBetweenCharacters", "1234567é", "1234567"},
                                         Case{"CutBeforeAReplacement", "123456\xFF", "123456"},
                                         Case{"LineBreaks", "a\r\nb", "a  b"},
                                         Case{"Nul", std::string("a\0b", 3), "a b"},
                                         Case{"TerminalEscape", "\x1b[31m", " [31m"},
                                         Case{"Delete", "a\x7f", "a "},
                                         Case{"C1", "a\xC2\x9B z", "a  z"},
                                         Case{"NoBreakSpaceStays", "\u00A0", "\u00A0"}),
                         NameOf);

TEST(CleanText, NothingFitsIntoNothing) { EXPECT_EQ(CleanText("abc", 0), ""); }

class Stripped : public testing::TestWithParam<Case> {};
TEST_P(Stripped, Comes) { EXPECT_EQ(StripMarkup(GetParam().in), GetParam().out); }
INSTANTIATE_TEST_SUITE_P(
    Text, Stripped,
    testing::Values(
        Case{"Plain", "no markup", "no markup"},
        Case{"Page",
             "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body>\n"
             "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>",
             "502 Bad Gateway 502 Bad Gateway nginx"},
        Case{"Script", "a<SCRIPT type=x>if (a<b) alert('</b>')</Script >z", "a z"},
        Case{"Style", "<style>p > a {}</style>text", "text"},
        Case{"ScriptThatNeverEnds", "a<script>alert(1)", "a"},
        Case{"NotAScript", "<scripted>text", "text"}, Case{"Comment", "a<!-- <b> > -->z", "a z"},
        Case{"CommentThatNeverEnds", "a<!-- b", "a"}, Case{"TagThatNeverEnds", "a <a href=\"", "a"},
        Case{"LessThanIsNoTag", "1 < 2 and <3", "1 < 2 and <3"},
        Case{"NoTagForms", "<<b>script>alert(1)<</b>/script>", "< script>alert(1)< /script>"},
        Case{"SpaceCollapses", "  a \t\r\n b ", "a b"}, Case{"LoneBracket", "<", "<"},
        Case{"ReferencesStay", "&lt;b&gt; &amp;", "&lt;b&gt; &amp;"}),
    NameOf);

// Given any bytes, what comes out is valid UTF-8 of the asked size, and has no tag to strip.
TEST(Text, SurvivesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) {
      c = random() % 2 ? static_cast<char>(random()) : "<>/!-scriptyle\""[random() % 14];
    }
    const std::string clean = CleanText(bytes, 100);
    EXPECT_LE(clean.size(), 100u);
    EXPECT_EQ(ToValidUtf8(clean), clean);
    EXPECT_EQ(StripMarkup(StripMarkup(bytes)), StripMarkup(bytes));
  }
}

TEST(PlainPrefix, EndsAtTheFirstByteThatNeedsCare) {
  for (int c = 0; c < 256; ++c) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    for (size_t before = 0; before < 40; ++before) {
      for (const char after : {'x', '\x00', '"', '\xff'}) {
        std::string text = std::string(before, ' ') + static_cast<char>(c);
        EXPECT_EQ(PlainPrefix(text), plain ? before + 1 : before);
        text.append(9, after);
        const size_t expected = !plain ? before : after == 'x' ? text.size() : before + 1;
        EXPECT_EQ(PlainPrefix(text), expected) << c << " after " << before;
      }
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
