#include "upstream/lax_integer.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

using Kind = LaxInteger::Kind;

// With more digits the SDK's double is infinite, which it does not accept as an integer.
constexpr int64_t kMostDigits = 309;

struct Decimal {
  bool negative = false;
  bool is_float = false;    // has a fraction or an exponent
  std::string_view digits;  // of integer part and fraction; may contain the decimal point
  int64_t exponent = 0;     // of the last digit
};

LaxInteger ToInteger(Decimal number) {
  const auto is_zero = [](char c) { return c == '0' || c == '.'; };
  std::string_view& digits = number.digits;
  while (!digits.empty() && is_zero(digits.front())) digits.remove_prefix(1);
  if (digits.empty()) return {Kind::kFits, 0};
  while (is_zero(digits.back())) {
    if (digits.back() == '0') ++number.exponent;
    digits.remove_suffix(1);
  }
  const auto point = static_cast<int64_t>(std::count(digits.begin(), digits.end(), '.'));
  const int64_t count = static_cast<int64_t>(digits.size()) - point;
  if (number.exponent < 0) return {};
  const int64_t total = count + number.exponent;
  if (total > 19) return {number.is_float && total > kMostDigits ? Kind::kNone : Kind::kHuge, 0};

  uint64_t magnitude = 0;  // 19 digits fit
  for (const char c : digits) {
    if (c != '.') magnitude = magnitude * 10 + static_cast<uint64_t>(c - '0');
  }
  for (int64_t i = 0; i < number.exponent; ++i) magnitude *= 10;
  const uint64_t limit = uint64_t{INT64_MAX} + (number.negative ? 1 : 0);
  if (magnitude > limit) return {Kind::kHuge, 0};
  // Unsigned negation wraps, so INT64_MIN needs no overflow.
  return {Kind::kFits, static_cast<int64_t>(number.negative ? 0 - magnitude : magnitude)};
}

size_t CountDigits(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size());
}

// [+-]digits[.digits][e[+-]digits], the exponent only when `token` is a JSON number.
LaxInteger FromToken(std::string_view token, bool exponent_allowed) {
  Decimal number;
  if (token.starts_with('-') || token.starts_with('+')) {
    number.negative = token[0] == '-';
    token.remove_prefix(1);
  }
  size_t end = CountDigits(token);
  if (end == 0) return {};
  if (token.substr(end).starts_with('.')) {
    const size_t fraction = CountDigits(token.substr(end + 1));
    if (fraction == 0) return {};
    number.is_float = true;
    number.exponent = -static_cast<int64_t>(fraction);
    end += 1 + fraction;
  }
  number.digits = token.substr(0, end);
  token.remove_prefix(end);
  if (token.empty()) return ToInteger(number);

  if (!exponent_allowed || (token[0] != 'e' && token[0] != 'E')) return {};
  number.is_float = true;
  token.remove_prefix(1);
  const bool negative = token.starts_with('-');
  if (negative || token.starts_with('+')) token.remove_prefix(1);
  if (token.empty() || CountDigits(token) != token.size()) return {};
  // Larger than the number of digits in any answer.
  constexpr int64_t kHugeExponent = 1'000'000'000;
  int64_t exponent = kHugeExponent;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), exponent);
  if (parsed.ec != std::errc()) exponent = kHugeExponent;
  exponent = std::min(exponent, kHugeExponent);
  number.exponent += negative ? -exponent : exponent;
  return ToInteger(number);
}

}  // namespace

LaxInteger ReadLaxInteger(JsonValue& value) {
  if (const auto token = value.NumberToken()) return FromToken(*token, true);
  if (const auto text = value.String()) return FromToken(Trim(*text, " \t\n\r\f\v"), false);
  if (const auto flag = value.Bool()) return {Kind::kFits, *flag ? 1 : 0};
  return {};
}

}  // namespace modelgates::gateway
