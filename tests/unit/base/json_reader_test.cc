#include "base/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/json_grammar.h"

namespace modelgates::gateway {
namespace {

// Everything a text holds, written down again: strings as "...", numbers as their tokens.
void Describe(JsonValue& value, std::string& out) {
  switch (value.type()) {
    case JsonType::kNull:
      out += "null";
      break;
    case JsonType::kBool:
      out += value.Bool().value() ? "true" : "false";
      break;
    case JsonType::kNumber:
      out += value.NumberToken().value();
      break;
    case JsonType::kString:
      out += "\"" + std::string(value.String().value_or("<no text>")) + "\"";
      break;
    case JsonType::kArray:
      out += "[";
      if (!value.ForEachElement([&](JsonValue& element) { Describe(element, out += " "); })) {
        out += "too deep";
      }
      out += "]";
      break;
    case JsonType::kObject:
      out += "{";
      if (!value.ForEachMember([&](std::string_view name, JsonValue& member) {
            out += " " + std::string(name) + ":";
            Describe(member, out);
          })) {
        out += "too deep";
      }
      out += "}";
      break;
  }
}

std::string Read(std::string text) {
  std::string out;
  if (!VisitJson(text, [&](JsonValue& root) { Describe(root, out); })) return "malformed";
  return out;
}

bool WellFormedUnread(std::string text) {
  return VisitJson(text, [](JsonValue&) {});
}

struct ReadCase {
  const char* name;
  std::string text;
  std::string described;
};

class JsonReading : public testing::TestWithParam<ReadCase> {};
TEST_P(JsonReading, SeesWhatIsThere) { EXPECT_EQ(Read(GetParam().text), GetParam().described); }
TEST_P(JsonReading, ChecksAlsoWhatNobodyAsksFor) {
  EXPECT_EQ(WellFormedUnread(GetParam().text), GetParam().described != "malformed");
  EXPECT_EQ(WellFormedUnread(R"({"x":)" + GetParam().text + "}"),
            GetParam().described != "malformed");
}
INSTANTIATE_TEST_SUITE_P(
    Valid, JsonReading,
    testing::Values(ReadCase{"EmptyObject", "{}", "{}"}, ReadCase{"EmptyArray", " [ ] ", "[]"},
                    ReadCase{"Members", R"({"a":1,"b":[true,false,null,"s"],"c":{}})",
                             "{ a:1 b:[ true false null \"s\"] c:{}}"},
                    ReadCase{"RootString", R"("text")", "\"text\""},
                    ReadCase{"RootNumber", " 12 ", "12"}, ReadCase{"RootNull", "null", "null"},
                    ReadCase{"RootTrue", "true", "true"},
                    ReadCase{"Duplicates", R"({"a":1,"a":2})", "{ a:1 a:2}"},
                    ReadCase{"EscapedName", R"({"\u0069d":1})", "{ id:1}"},
                    ReadCase{"Escapes", R"(["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"])",
                             "[ \"\"\\/\b\f\n\r\té😀\"]"},
                    ReadCase{"Nul", R"(["a\u0000b"])", std::string("[ \"a\0b\"]", 8)},
                    ReadCase{"Utf8", "[\"é😀\"]", "[ \"é😀\"]"},
                    ReadCase{"InvalidUtf8", "[\"a\xFFz\xE9\"]", "[ \"a\uFFFDz\uFFFD\"]"},
                    ReadCase{"LoneHighSurrogate", R"(["\ud800"])", "[ \"<no text>\"]"},
                    ReadCase{"LoneLowSurrogate", R"(["\udc00"])", "[ \"<no text>\"]"},
                    ReadCase{"HighSurrogateThenLetter", R"(["\ud800A"])", "[ \"<no text>\"]"},
                    ReadCase{"NameThatIsNoTextIsSkipped", R"({"\ud800":1,"b":2})", "{ b:2}"},
                    ReadCase{"NameOfLoneLowSurrogateIsSkipped", R"({"\udfff":[1],"b":2})",
                             "{ b:2}"},
                    ReadCase{"NotQuiteNumbers", "[NaN,Infinity,-Infinity,1e999]",
                             "[ NaN Infinity -Infinity 1e999]"},
                    ReadCase{"NumbersAsSent", "[0,-0,1.50,1E+3 ]", "[ 0 -0 1.50 1E+3]"},
                    ReadCase{"FiveThousandDigits", "[" + std::string(5000, '7') + "]",
                             "[ " + std::string(5000, '7') + "]"},
                    ReadCase{"EmptyStrings", R"({"":""})", "{ :\"\"}"}),
    [](const auto& row) { return row.param.name; });

ReadCase Malformed(const char* name, std::string text) { return {name, text, "malformed"}; }
INSTANTIATE_TEST_SUITE_P(
    Malformed, JsonReading,
    testing::Values(
        Malformed("Empty", ""), Malformed("Space", "  "), Malformed("Cut", R"({"a":1)"),
        Malformed("CutInString", R"({"a":"b)"), Malformed("CutInnerObject", R"({"a":{"b":1})"),
        Malformed("CutAfterColon", R"({"a":)"), Malformed("Two", "{}{}"),
        Malformed("TrailingGarbage", "{}x"), Malformed("TrailingBracket", R"({"a":1}})"),
        Malformed("TrailingComma", R"({"a":1,})"), Malformed("TrailingCommaInArray", "[1,]"),
        Malformed("MissingComma", "[1 2]"), Malformed("MissingColon", R"({"a" 1})"),
        Malformed("MissingValue", R"({"a":})"), Malformed("WrongBracket", "[1}"),
        Malformed("WrongBracketWithin", R"({"a":[1},"b":2})"), Malformed("BareWord", "[nul]"),
        Malformed("BareName", "{a:1}"), Malformed("SingleQuotes", "['a']"),
        Malformed("LeadingZero", "[01]"), Malformed("PlusSign", "[+1]"),
        Malformed("Hexadecimal", "[0x1]"), Malformed("BadEscape", R"(["\x"])"),
        Malformed("ShortEscape", R"(["\u12"])"), Malformed("BadEscapeInName", R"({"\x":1})"),
        Malformed("RawNewline", "[\"a\nb\"]"), Malformed("RawNul", std::string("[\"a\0b\"]", 7)),
        Malformed("BomAlone", "\xEF\xBB\xBF"), Malformed("BomTwice", "\xEF\xBB\xBF\xEF\xBB\xBF{}"),
        Malformed("BomWithin", "[\xEF\xBB\xBF]"), Malformed("Comment", "[1/**/]"),
        Malformed("StringThenWord", R"(["a"b])"), Malformed("WordThenString", R"([1"a"])"),
        Malformed("Html", "<html></html>")),
    [](const auto& row) { return row.param.name; });

// RFC 8259, section 8.1: a reader may skip it, and some servers send it.
TEST(VisitJson, SkipsAByteOrderMark) {
  EXPECT_EQ(Read("\xEF\xBB\xBF{\"a\":1}"), "{ a:1}");
  EXPECT_EQ(Read("\xEF\xBB\xBF [\"\xEF\xBB\xBF\"]"), "[ \"\xEF\xBB\xBF\"]");
  EXPECT_EQ(Read("\xEF\xBB\xBF\"a\xFF\""), "\"a\uFFFD\"");
}

// Given a text nested far deeper than any stack, it is walked through, and what lies behind is
// read.
TEST(VisitJson, NestingCostsNoStack) {
  constexpr size_t kDepth = 100'000;
  const std::string deep = std::string(kDepth, '[') + std::string(kDepth, ']');
  std::string seen;
  std::string text = R"({"ignored":)" + deep + R"(,"a":1})";
  EXPECT_TRUE(VisitJson(text, [&](JsonValue& root) {
    root.ForEachMember([&](std::string_view name, JsonValue&) { seen += name; });
  }));
  EXPECT_EQ(seen, "ignoreda");
  EXPECT_THAT(Read(deep), testing::HasSubstr("too deep"));
  EXPECT_FALSE(WellFormedUnread(std::string(kDepth, '[')));
  EXPECT_FALSE(WellFormedUnread(std::string(kDepth, '[') + std::string(kDepth, '}')));
}

TEST(VisitJson, ReadsEachValueOnceAndGivesTheSameStringAgain) {
  std::string text = R"({"a":"\u0041","b":[1]})";
  EXPECT_TRUE(VisitJson(text, [](JsonValue& root) {
    root.ForEachMember([](std::string_view name, JsonValue& member) {
      if (name == "a") {
        for (int i = 0; i < 1000; ++i) EXPECT_EQ(member.String(), "A");
      } else {
        EXPECT_TRUE(member.ForEachElement([](JsonValue&) {}));
        EXPECT_FALSE(member.ForEachElement([](JsonValue&) {}));
      }
    });
    EXPECT_FALSE(root.ForEachMember([](std::string_view, JsonValue&) { FAIL(); }));
  }));
}

TEST(VisitJson, AnswersOnlyForTheTypeThatIsThere) {
  std::string text = R"({"a":1})";
  EXPECT_TRUE(VisitJson(text, [](JsonValue& root) {
    EXPECT_FALSE(root.String());
    EXPECT_FALSE(root.NumberToken());
    EXPECT_FALSE(root.Bool());
    EXPECT_FALSE(root.IsNull());
    EXPECT_FALSE(root.ForEachElement([](JsonValue&) { FAIL(); }));
  }));
}

// Given random bytes, and random texts of JSON pieces, reading never fails in another way than by
// saying so, and says so exactly when the grammar does.
TEST(VisitJson, SurvivesRandomTexts) {
  constexpr const char* kPieces[] = {"{",       "}",           "[",    "]",  ",", ":",
                                     "\"a\"",   "\"b\":",      "1",    "-",  " ", "null",
                                     "{\"a\":", "\"\\u0041\"", "\"\\", "\"", "[]"};
  std::mt19937 random(11);
  for (int round = 0; round < 100'000; ++round) {
    std::string text;
    for (unsigned pieces = 1 + random() % 12; pieces > 0; --pieces) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const bool expected = IsJsonText(text);
    ASSERT_EQ(Read(text) != "malformed", expected) << text;
    ASSERT_EQ(WellFormedUnread(text), expected) << text;
  }
}

// A valid text in which one byte was changed is where parsers go wrong.
TEST(VisitJson, SurvivesChangedBytes) {
  const std::string valid =
      R"({"error":{"code":400,"message":"no \"\u00e9\" here","metadata":{"a":[1,{"b":2.5e3}]}},)"
      R"("user_id":null,"more":[[],{},"\\",true]})";
  std::mt19937 random(13);
  for (int round = 0; round < 100'000; ++round) {
    std::string text = valid;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
      const size_t at = random() % text.size();
      const unsigned kind = random() % 3;
      if (kind == 0) text[at] = "{}[]:,\"\\ 0a"[random() % 11];
      if (kind == 1) text.erase(at, 1);
      if (kind == 2) text.insert(at, 1, "{}[]:,\"\\ 0a"[random() % 11]);
    }
    const bool expected = IsJsonText(text);
    ASSERT_EQ(Read(text) != "malformed", expected) << text;
    ASSERT_EQ(WellFormedUnread(text), expected) << text;
  }
}

TEST(VisitJson, SurvivesRandomBytes) {
  std::mt19937 random(17);
  for (int round = 0; round < 20; ++round) {
    std::string bytes(round < 4 ? 256 * 1024 : random() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (round % 2 == 0) bytes = "{\"a\":\"" + bytes + "\"}";
    Read(bytes);
  }
}

// A byte order mark and bytes that are no UTF-8 are replaced, but no line moves.
TEST(JsonReader, KnowsTheLineOfEachValue) {
  std::string text = "\xEF\xBB\xBF{\n\"a\": \"\xFF\",\n\n\"b\": [1,\n {}]}";
  std::vector<size_t> lines;
  ASSERT_TRUE(VisitJson(text, [&](JsonValue& root) {
    lines.push_back(root.line());
    root.ForEachMember([&](std::string_view, JsonValue& member) {
      lines.push_back(member.line());
      member.ForEachElement([&](JsonValue& element) { lines.push_back(element.line()); });
    });
  }));
  EXPECT_THAT(lines, testing::ElementsAre(1, 2, 4, 4, 5));
}

}  // namespace
}  // namespace modelgates::gateway
