#include "status/html.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

TEST(Text, IsNeverMarkup) {
  EXPECT_EQ(Text("a <b> & \"c\" 'd'").markup, "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(Text("</td><script>alert(1)</script>").markup,
            "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
}

TEST(Text, IsValidUtf8WithoutControlCharacters) {
  EXPECT_EQ(Text("a\x1b[31m\nb").markup, "a [31m b");
  EXPECT_EQ(Text("\xff").markup, "\xef\xbf\xbd");
}

TEST(Text, IsBounded) { EXPECT_LE(Text(std::string(1'000'000, 'x')).markup.size(), 2'000u); }

TEST(ToHtml, HasTheExactValueAndTheSample) {
  EXPECT_EQ(ToHtml({"name{a=\"b\"}", 1234567.5}, "about 1 M").markup,
            "<data value=\"1234567.5\" title=\"name{a=&quot;b&quot;}\" "
            "data-sample=\"name{a=&quot;b&quot;}\">about 1 M</data>");
}

TEST(ShowNumber, GroupsDigits) {
  EXPECT_EQ(ShowNumber(0), "0");
  EXPECT_EQ(ShowNumber(999), "999");
  EXPECT_EQ(ShowNumber(1000), "1,000");
  EXPECT_EQ(ShowNumber(-1234567), "-1,234,567");
  EXPECT_EQ(ShowNumber(0.12345), "0.123");
}

TEST(ShowSeconds, HasAUnit) {
  EXPECT_EQ(ShowSeconds(0.0123), "12.3 ms");
  EXPECT_EQ(ShowSeconds(75), "75 s");
}

TEST(ShowAge, HasTwoUnits) {
  EXPECT_EQ(ShowAge(59.9), "59 s");
  EXPECT_EQ(ShowAge(75), "1 min 15 s");
  EXPECT_EQ(ShowAge(7260), "2 h 1 min");
  EXPECT_EQ(ShowAge(93784), "1 d 2 h");
}

TEST(ShowBytes, HasAUnit) {
  EXPECT_EQ(ShowBytes(1000), "1000 B");
  EXPECT_EQ(ShowBytes(12582912), "12.0 MiB");
}

// printf %s 'alert(1)' | openssl dgst -sha256 -binary | base64
TEST(Sha256Source, IsTheDigestInBase64) {
  EXPECT_EQ(Sha256Source("alert(1)"), "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
}

}  // namespace
}  // namespace modelgates::gateway
