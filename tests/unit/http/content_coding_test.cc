#include "http/content_coding.h"

#include <gtest/gtest.h>

#include "support/compressed.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kCap = 1024;

struct Case {
  const char* name;
  const char* coding;
  std::string body;
  BodyState state;
  std::string plain;
};

class ContentCoding : public testing::TestWithParam<Case> {};

TEST_P(ContentCoding, IsRemovedOrRefused) {
  std::string body = GetParam().body;
  EXPECT_EQ(RemoveContentCodings(GetParam().coding, kCap, body), GetParam().state);
  EXPECT_EQ(body, GetParam().plain);
}

const std::string kText = R"({"key":"k"})";

std::string Damaged(std::string data) {
  data[data.size() / 2] = static_cast<char>(data[data.size() / 2] ^ 0xff);
  return data;
}

INSTANTIATE_TEST_SUITE_P(
    , ContentCoding,
    testing::Values(
        Case{"None", "", kText, BodyState::kComplete, kText},
        Case{"Identity", "identity", kText, BodyState::kComplete, kText},
        Case{"Gzip", "gzip", Gzip(kText), BodyState::kComplete, kText},
        Case{"GzipInCapitals", " GZIP ", Gzip(kText), BodyState::kComplete, kText},
        Case{"XGzip", "x-gzip", Gzip(kText), BodyState::kComplete, kText},
        Case{"TwoGzipMembers", "gzip", Gzip("{\"a\"") + Gzip(":1}"), BodyState::kComplete,
             R"({"a":1})"},
        Case{"RestAfterGzip", "gzip", Gzip(kText) + "rest", BodyState::kComplete, kText},
        Case{"DeflateWithZlib", "deflate", Compressed(kText, 15), BodyState::kComplete, kText},
        Case{"DeflateRaw", "deflate", Compressed(kText, -15), BodyState::kComplete, kText},
        Case{"TwoCodings", "deflate, gzip", Gzip(Compressed(kText, 15)), BodyState::kComplete,
             kText},
        Case{"EmptyListMembers", ", gzip, ,", Gzip(kText), BodyState::kComplete, kText},
        Case{"EmptyBody", "gzip", "", BodyState::kComplete, ""},
        Case{"ExactlyTheCap", "gzip", Gzip(std::string(kCap, 'x')), BodyState::kComplete,
             std::string(kCap, 'x')},
        Case{"OneAboveTheCap", "gzip", Gzip(std::string(kCap + 1, 'x')), BodyState::kTooLarge, ""},
        Case{"Bomb", "gzip", Gzip(std::string(100'000'000, '\0')), BodyState::kTooLarge, ""},
        Case{"BombInBomb", "gzip, gzip", Gzip(Gzip(std::string(10'000'000, '\0'))),
             BodyState::kTooLarge, ""},
        Case{"Broken", "gzip", Damaged(Gzip(kText)), BodyState::kUndecodable, ""},
        Case{"NotGzipAtAll", "gzip", kText, BodyState::kUndecodable, ""},
        Case{"CutOff", "gzip", Gzip(kText).substr(0, 20), BodyState::kUndecodable, ""},
        Case{"DeflateThatIsNot", "deflate", kText, BodyState::kUndecodable, ""},
        Case{"Unknown", "br", kText, BodyState::kUndecodable, ""},
        Case{"FourCodings", "gzip, gzip, gzip, gzip", kText, BodyState::kUndecodable, ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
