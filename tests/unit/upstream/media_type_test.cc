#include "upstream/media_type.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

struct TypeCase {
  const char* name;
  std::string content_type;
  bool json;
  std::string charset;
};

class ContentType : public testing::TestWithParam<TypeCase> {};
TEST_P(ContentType, IsRecognized) {
  EXPECT_EQ(IsJsonMediaType(GetParam().content_type), GetParam().json);
  EXPECT_EQ(CharsetOf(GetParam().content_type), GetParam().charset);
}
INSTANTIATE_TEST_SUITE_P(
    MediaType, ContentType,
    testing::Values(
        TypeCase{"Plain", "application/json", true, ""},
        TypeCase{"Charset", "application/json; charset=utf-8", true, "utf-8"},
        TypeCase{"EmptyParameter", "application/json;", true, ""},
        TypeCase{"OtherParameter", "application/json ;x=y", true, ""},
        TypeCase{"UpperCase", "APPLICATION/JSON", true, ""},
        TypeCase{"SpaceAround", " application/json\t", true, ""},
        TypeCase{"QuotedCharset", "application/json; x=\"a;charset=b\"; Charset=\"latin1\"", true,
                 "latin1"},
        TypeCase{"EscapedQuote", R"(application/json; x="\";"; charset=a)", true, "a"},
        TypeCase{"FirstCharsetWins", "application/json;charset=a;charset=b", true, "a"},
        TypeCase{"OpenQuote", "application/json; charset=\"", true, ""},
        TypeCase{"OpenEscape", "application/json; x=\"\\", true, ""},
        TypeCase{"SpacedCharset", "application/json; charset = a ", true, "a"},
        TypeCase{"CharsetWithoutValue", "application/json; charset", true, ""},
        TypeCase{"Problem", "application/problem+json", false, ""},
        TypeCase{"TextJson", "text/json", false, ""}, TypeCase{"Missing", "", false, ""},
        TypeCase{"TwoTypes", "application/json, text/html", false, ""},
        TypeCase{"Any", "*/*", false, ""}, TypeCase{"AnyApplication", "application/*", false, ""},
        TypeCase{"Html", "text/html; charset=ISO-8859-1", false, "ISO-8859-1"},
        TypeCase{"LongerName", "application/jsonp", false, ""},
        TypeCase{"ShorterName", "application/jso", false, ""}),
    [](const auto& row) { return row.param.name; });

struct DecodeCase {
  const char* name;
  const char* charset;
  std::string body;
  std::string decoded;
};

class Charset : public testing::TestWithParam<DecodeCase> {};
TEST_P(Charset, BecomesUtf8) {
  std::string body = GetParam().body;
  DecodeToUtf8(std::string("application/json; charset=") + GetParam().charset, body);
  EXPECT_EQ(body, GetParam().decoded);
}
INSTANTIATE_TEST_SUITE_P(
    MediaType, Charset,
    testing::Values(DecodeCase{"Utf8StaysAsItIs", "UTF-8", "caf\xC3\xA9\xFF", "caf\xC3\xA9\xFF"},
                    DecodeCase{"Absent", "", "caf\xC3\xA9", "caf\xC3\xA9"},
                    DecodeCase{"Latin1", "iso-8859-1", "caf\xE9", "café"},
                    DecodeCase{"Windows1252", "windows-1252", "\x80", "€"},
                    DecodeCase{"Latin1IsWindows1252", "LATIN1", "\x93\xA0\xFF\x94", "“\u00A0ÿ”"},
                    DecodeCase{"BytesThatMeanNothing", "windows-1252", "\x81z\x9D",
                               "\uFFFDz\uFFFD"},
                    // What the SDK decodes and we do not.
                    DecodeCase{"Utf16StaysAsItIs", "UTF-16BE", std::string("\0{\0}", 4),
                               std::string("\0{\0}", 4)},
                    DecodeCase{"ShiftJisStaysAsItIs", "Shift_JIS", "a\x82\xA0", "a\x82\xA0"},
                    DecodeCase{"Unknown", "klingon", "caf\xC3\xA9", "caf\xC3\xA9"},
                    DecodeCase{"TextAfterTheName", "iso-8859-1//IGNORE", "\xE9", "é"},
                    DecodeCase{"EmptyBody", "iso-8859-1", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(DecodeToUtf8, LongBodiesKeepEveryByte) {
  std::string body(100'000, '\xE9');
  DecodeToUtf8("application/json; charset=latin1", body);
  EXPECT_EQ(body.size(), 200'000u);
}

// Given every byte, what is decoded is UTF-8.
TEST(DecodeToUtf8, AnyByteBecomesUtf8) {
  std::string body;
  for (int byte = 0; byte < 256; ++byte) body += static_cast<char>(byte);
  EXPECT_TRUE(DecodeToUtf8("application/json; charset=windows-1252", body));
  EXPECT_EQ(ToValidUtf8(body), body);
}

}  // namespace
}  // namespace modelgates::gateway
