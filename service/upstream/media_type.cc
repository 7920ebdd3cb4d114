#include "upstream/media_type.h"

#include <boost/beast/http/rfc7230.hpp>
#include <iterator>

#include "base/ascii.h"
#include "base/secret.h"

namespace modelgates::gateway {
namespace {

// 0x80 to 0x9F of windows-1252.
constexpr std::string_view kPunctuation[] = {
    "€", "\uFFFD", "‚",      "ƒ", "„",      "…",      "†", "‡",      "ˆ", "‰", "Š",
    "‹", "Œ",      "\uFFFD", "Ž", "\uFFFD", "\uFFFD", "‘", "’",      "“", "”", "•",
    "–", "—",      "˜",      "™", "š",      "›",      "œ", "\uFFFD", "ž", "Ÿ"};
static_assert(std::size(kPunctuation) == 0xA0 - 0x80);

bool TypeIs(std::string_view content_type, std::string_view lower_case) {
  return EqualsIgnoringCase(Trim(content_type.substr(0, content_type.find(';'))), lower_case);
}

bool IsOneByteWestern(std::string_view charset) {
  for (const std::string_view name :
       {"iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252"}) {
    if (EqualsIgnoringCase(charset, name)) return true;
  }
  return false;
}

std::string FromWindows1252(std::string_view text) {
  std::string utf8;
  utf8.reserve(text.size() * 3);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else if (byte < 0xA0) {
      utf8 += kPunctuation[byte - 0x80];
    } else {
      utf8 += byte < 0xC0 ? '\xC2' : '\xC3';
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

}  // namespace

bool IsJsonMediaType(std::string_view content_type) {
  return TypeIs(content_type, "application/json");
}

bool IsProblemMediaType(std::string_view content_type) {
  return TypeIs(content_type, "application/problem+json");
}

std::string CharsetOf(std::string_view content_type) {
  const size_t parameters = content_type.find(';');
  if (parameters == std::string_view::npos) return {};
  content_type.remove_prefix(parameters);
  for (const auto& [name, value] :
       boost::beast::http::param_list({content_type.data(), content_type.size()})) {
    if (EqualsIgnoringCase({name.data(), name.size()}, "charset")) return std::string(value);
  }
  return {};
}

bool DecodeToUtf8(std::string_view content_type, std::string& body) {
  const std::string charset = CharsetOf(content_type);
  if (charset.empty() || !IsOneByteWestern(charset)) return false;
  std::string decoded = FromWindows1252(body);
  Wipe(body);
  body = std::move(decoded);
  return true;
}

}  // namespace modelgates::gateway
