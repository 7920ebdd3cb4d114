#include "redaction/redaction.h"

#include <gtest/gtest.h>

#include <string>

namespace modelgates::gateway {
namespace {

constexpr char kCode[] = "auth_code_abc123def456";
constexpr char kVerifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr char kKey[] = "sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e";

struct TextCase {
  std::string name;
  std::vector<std::string> secrets;
  std::string text;
};

std::string Shown(const TextCase& test) {
  Redaction redaction;
  for (const std::string& secret : test.secrets) redaction.Add(secret);
  return redaction.Apply(test.text);
}

class WithheldTest : public testing::TestWithParam<TextCase> {};

TEST_P(WithheldTest, IsWithheldAsAWhole) { EXPECT_EQ(Shown(GetParam()), Redaction::kWithheld); }

INSTANTIATE_TEST_SUITE_P(
    Texts, WithheldTest,
    testing::Values(
        TextCase{"Whole", {kCode}, kCode}, TextCase{"Within", {kCode}, "a auth_code_abc123def456."},
        TextCase{"TheSecondSecret", {kCode, kVerifier}, std::string("no ") + kVerifier},
        TextCase{"PieceOfEight", {kVerifier}, "no mB92K27u"},
        TextCase{"PieceAtTheEnd", {kVerifier}, "no 1gFWFOEj"},
        TextCase{"TwelveLetters", {"aB3-abcdefghijklmnop-9z"}, "abcdefghijkl"},
        TextCase{"OtherCase", {kVerifier}, "DBJFTJEZ4CVP-MB92K27UHBUJU1P1R_WW1GFWFOEJXK"},
        TextCase{"GroupsOfFour", {kKey}, "skor v15b e1bc 2c6b 4f8a 1d7e 3c9f 0a2d 4b6c 8e"},
        TextCase{"ZeroWidthSpaces",
                 {kCode},
                 "abc\xE2\x80\x8B"
                 "123\xE2\x80\x8B"
                 "def\xE2\x80\x8B"
                 "456"},
        TextCase{"SoftHyphens",
                 {kCode},
                 "abc\xC2\xAD"
                 "123\xC2\xAD"
                 "def\xC2\xAD"
                 "456"},
        TextCase{"ReferencesToThem", {kCode}, "abc&shy;123&#8203;def&ZeroWidthSpace;456"},
        TextCase{"LineBreaks", {kCode}, "abc1\n23d\\nef4%0A56"},
        TextCase{"Base64", {kCode}, "YXV0aF9jb2RlX2FiYzEyM2RlZjQ1Ng=="},
        TextCase{"Base64AfterOneByte", {kCode}, "PWF1dGhfY29kZV9hYmMxMjNkZWY0NTY"},
        TextCase{"Base64AfterTwoBytes", {kCode}, "YT1hdXRoX2NvZGVfYWJjMTIzZGVmNDU2"},
        TextCase{
            "Base64OfAnyAlphabet", {"\xfb\xff\xfe>?>?>?~~~abc123"}, "+//+Pj8+Pz4/fn5+YWJjMTIz"},
        TextCase{"Base64Url", {"\xfb\xff\xfe>?>?>?~~~abc123"}, "-__-Pj8-Pz4_fn5-YWJjMTIz"},
        TextCase{"Hex", {kCode}, "617574685f636f64655f616263313233646566343536"},
        TextCase{"HexInUpperCaseWithColons", {kCode}, "5F:61:62:63:31:32:33:64:65:66"},
        TextCase{"EscapedForJson", {kCode}, R"(\u0061uth_code_\u0061bc1\u0032\u0033def)"},
        TextCase{"PercentFiveDeep", {kCode}, "abc%252525252531%252525252532%252525252533def"},
        TextCase{"Base64BehindEscapes", {kCode}, "YXV0aF9jb2RlX2FiYz%2545yM2RlZjQ1Ng%253D"},
        TextCase{"MarkupWithin", {kCode}, "<p>abc<wbr>12<!-- - -->3d<b>ef</b>456</p>"},
        TextCase{"EscapedMarkupWithin", {kCode}, "abc&lt;wbr&gt;123&lt;/b&gt;def456"},
        TextCase{"EscapeBrokenByMarkup", {kCode}, "abc12%3<b></b>3def456"},
        TextCase{"WithinATag", {kCode}, R"(<input value="auth_code_abc123def456">)"},
        TextCase{"AfterATagThatDoesNotClose", {kCode}, "1 <b auth_code_abc123def456"},
        TextCase{"SecretLikeAnEscape", {"a1%42%43b2%44%45"}, "a1%2542%2543b2%2544%2545"},
        TextCase{"SecretLikeMarkup", {"abc12<i>34def"}, "abc12&lt;i&gt;34def"},
        TextCase{"ShortAsWritten", {"code-1"}, "no code-1."},
        TextCase{"ShortInOtherCase", {"code-1"}, "no CODE-1."},
        TextCase{"ShortBehindEscapes", {"a/b&c"}, R"(- a\/b\u0026c -)"},
        TextCase{"ShortInALink", {"a/b&c"}, "?code=a%2fb%26c&x"},
        TextCase{"ShortInAPage", {"a/b&c"}, "<p>a/<wbr>b&amp;c</p>"},
        TextCase{"ShortInBase64", {"code-1"}, "Y29kZS0x"},
        TextCase{"ShortInHex", {"code-1"}, "636f64652d31"},
        TextCase{"ShortBrokenByAnInvisible", {"code-1"}, "code\xC2\xAD-1"},
        TextCase{"WordsAsWritten", {"test-code"}, "no test-code"},
        TextCase{"LongWord", {"swordfish"}, "no swordfish"},
        TextCase{"Nul", {std::string("a\0bc", 4)}, std::string("-a\0bc-", 6)}),
    [](const auto& row) { return row.param.name; });

// Messages of the API and of what stands in front of it.
constexpr const char* kOrdinaryTexts[] = {
    "",
    "Invalid code or code_verifier",
    "Invalid auth code",
    "The auth_code has expired or was already used. Authorize again.",
    "code_challenge_method must be one of: S256, plain",
    "callback_url must be https on port 443 or 3000",
    "https://app.example.com/oauth/callback?code=&state=1",
    "code_verifier must have at least 43 and at most 128 characters of A-Z, a-z, 0-9, '-._~'",
    "No auth credentials found; use Authorization: Bearer sk-or-v1-...",
    "Rate limit exceeded: 20 requests per minute, retry after 2026-11-26T12:00:00Z",
    "<html><head><title>502 Bad Gateway</title></head><body><center>nginx/1.25.3</center>",
    "id 550e8400-e29b-41d4-a716-446655440000, ray 8e1f2a3b4c5d6e7f-FRA",
    "the latest code is a test code, not a code of this app: error code 1",
    "100% of 5 &amp; 6 \\ \"quoted\" \xC3\xA9t\xC3\xA9",
};

TEST(Redaction, ShowsOrdinaryTexts) {
  for (const std::vector<std::string>& secrets : std::vector<std::vector<std::string>>{
           {},
           {kCode, kVerifier, kKey},
           {"", "a", "abc"},
           {"code", "auth", "test", "latest", "limit"},
           {"test-code", "code-1", "my-code", "auth-code", "code 1!"}}) {
    for (const std::string text : kOrdinaryTexts) {
      EXPECT_EQ(Shown({"", secrets, text}), text) << secrets.size();
    }
  }
}

TEST(Redaction, ShowsLessThanAPiece) {
  EXPECT_EQ(Shown({"", {kVerifier}, "mB92K27"}), "mB92K27");
  EXPECT_EQ(Shown({"", {"aB3-abcdefghijklmnop-9z"}, "abcdefghijk"}), "abcdefghijk");
  EXPECT_EQ(Shown({"", {"code-1"}, "code1"}), "code1");
}

// Pieces that a text repeats one after the other make no longer piece with a gap between them.
TEST(Redaction, TakesWordsForAPieceOnlyWhenTheyFollowOneAnother) {
  EXPECT_EQ(Shown({"", {"abcdefghijklmnop"}, "abcdefgh, x, ijklmnop"}), "abcdefgh, x, ijklmnop");
}

TEST(Redaction, EndsOnEndlessLayers) {
  std::string text = "%41";
  while (text.size() < Redaction::kMaxBytes) text.insert(1, "25");
  EXPECT_EQ(Shown({"", {kCode}, text}), text.substr(0, Redaction::kMaxBytes));
}

TEST(Redaction, LooksAtWhatIsShownOnly) {
  const std::string shown(Redaction::kMaxBytes, 'x');
  EXPECT_EQ(Shown({"", {kCode}, shown + kCode}), shown);
  EXPECT_EQ(Shown({"", {kCode}, shown.substr(30) + kCode}), Redaction::kWithheld);
}

// Wherever the end of what is shown falls, it shows less than a piece.
TEST(Redaction, ShowsNoPieceAtTheEnd) {
  for (size_t i = 0; i <= sizeof(kVerifier); ++i) {
    const std::string before(Redaction::kMaxBytes - i, '-');
    const std::string shown = Shown({"", {kVerifier}, before + kVerifier});
    if (shown != Redaction::kWithheld) {
      EXPECT_LT(i, 12U);
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
