#include "status/html.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cmath>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

// Above the length of every text of a failure, a caller or a setting that is worth reading.
constexpr size_t kMaxTextBytes = 2'000;

}  // namespace

Html Text(std::string_view text) {
  Html html;
  for (const char c : CleanText(text, kMaxTextBytes)) {
    switch (c) {
      case '&':
        html.markup += "&amp;";
        break;
      case '<':
        html.markup += "&lt;";
        break;
      case '>':
        html.markup += "&gt;";
        break;
      case '"':
        html.markup += "&quot;";
        break;
      case '\'':
        html.markup += "&#39;";
        break;
      default:
        html.markup += c;
    }
  }
  return html;
}

Html ToHtml(const Figure& figure, std::string_view shown) {
  const std::string sample = Text(figure.sample).markup;
  return {fmt::format("<data value=\"{}\" title=\"{}\" data-sample=\"{}\">{}</data>", figure.value,
                      sample, sample, Text(shown).markup)};
}

Html ToHtml(const Figure& figure) { return ToHtml(figure, ShowNumber(figure.value)); }

std::string ShowNumber(double value) {
  if (value != std::floor(value) || std::abs(value) >= 1e15) return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{:.0f}", std::abs(value));
  for (size_t left = digits.size(); left > 3; left -= 3) digits.insert(left - 3, 1, ',');
  return value < 0 ? "-" + digits : digits;
}

std::string ShowSeconds(double seconds) {
  return seconds < 1 ? fmt::format("{:.3g} ms", seconds * 1000) : fmt::format("{:.3g} s", seconds);
}

std::string ShowAge(double seconds) {
  const auto whole = static_cast<long long>(std::abs(seconds));
  const std::string_view sign = seconds <= -1 ? "-" : "";
  if (whole < 60) return fmt::format("{}{} s", sign, whole);
  if (whole < 3600) return fmt::format("{}{} min {} s", sign, whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{}{} h {} min", sign, whole / 3600, whole / 60 % 60);
  return fmt::format("{}{} d {} h", sign, whole / 86400, whole / 3600 % 24);
}

std::string ShowBytes(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB"};
  size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string Sha256Source(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> base64;
  EVP_EncodeBlock(base64.data(), digest.data(), digest.size());
  return fmt::format("'sha256-{}'", reinterpret_cast<const char*>(base64.data()));
}

}  // namespace modelgates::gateway
