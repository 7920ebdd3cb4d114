#include "http/http.h"

#include <gtest/gtest.h>

#include <set>

namespace modelgates::gateway {
namespace {

struct ValueCase {
  const char* name;
  std::string value;
  bool sendable;
};

class HeaderValue : public testing::TestWithParam<ValueCase> {};

// REST contract, section 2: what the SDK sends unchanged, and what it refuses.
TEST_P(HeaderValue, IsTakenUnchangedOrRefused) {
  HttpRequest request("/p");
  EXPECT_EQ(request.AddHeader("X-Title", GetParam().value), GetParam().sendable);
  EXPECT_EQ(request.headers(),
            GetParam().sendable ? "X-Title: " + GetParam().value + "\r\n" : std::string());
}

INSTANTIATE_TEST_SUITE_P(
    , HeaderValue,
    testing::Values(ValueCase{"Plain", "Bearer sk-x", true}, ValueCase{"Empty", "", true},
                    ValueCase{"InnerSpaceAndTab", "a \t b", true},
                    ValueCase{"OddControl",
                              "a\x01\x7f"
                              "b",
                              true},
                    ValueCase{"Long", std::string(9000, 'x'), true},
                    ValueCase{"LeadingSpace", " a", false}, ValueCase{"TrailingTab", "a\t", false},
                    ValueCase{"LoneSpace", " ", false}, ValueCase{"LineFeed", "a\nb", false},
                    ValueCase{"CrLf", "a\r\nX: y", false},
                    ValueCase{"Nul", std::string("a\0b", 3), false},
                    ValueCase{"Utf8", "caf\xc3\xa9", false}, ValueCase{"Latin1", "caf\xe9", false}),
    [](const auto& row) { return row.param.name; });

TEST(FieldValue, HasNoControlCharacterButAnInnerTab) {
  for (int c = 0; c < 0x100; ++c) {
    const std::string value = {'a', static_cast<char>(c), 'b'};
    EXPECT_EQ(IsFieldValue(value), c == '\t' || (c >= 0x20 && c < 0x7f)) << c;
  }
  EXPECT_FALSE(IsFieldValue("a\t"));
  EXPECT_FALSE(IsFieldValue(" a"));
  EXPECT_TRUE(IsFieldValue(""));
}

TEST(TransportFailureName, IsStableAndUnique) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(TransportFailure::kCancelled); ++i) {
    names.insert(ToString(static_cast<TransportFailure>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(TransportFailure::kCancelled) + 1);
  EXPECT_EQ(ToString(TransportFailure::kConnectTimeout), "connect_timeout");
}

}  // namespace
}  // namespace modelgates::gateway
