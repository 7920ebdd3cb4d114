#include "redirect.h"

#include <algorithm>

#include "form_encoding.h"
#include "wipe.h"

namespace modelgates::oauth {
namespace {

constexpr size_t kMaxCodeBytes = 2'048;
constexpr size_t kMaxErrorBytes = 64;
constexpr size_t kMaxDescriptionBytes = 200;

bool IsVisibleAscii(std::string_view text, size_t max_bytes) {
  return !text.empty() && text.size() <= max_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// RFC 6749, appendix A.8 allows no other characters.
std::string ToDescription(std::string_view text) {
  std::string description;
  for (const char c : text.substr(0, kMaxDescriptionBytes)) {
    description += c >= ' ' && c <= '~' ? c : ' ';
  }
  return description;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<Pairs> QueryOf(std::string_view target, std::string_view path) {
  const size_t query = target.find('?');
  if (query == std::string_view::npos || target.substr(0, query) != path) return std::nullopt;
  return DecodeForm(target.substr(query + 1));
}

bool Has(const Pairs& pairs, std::string_view name) {
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

std::optional<Redirect> ParseRedirect(std::string_view target, std::string_view path,
                                      std::string_view state) {
  auto pairs = QueryOf(target, path);
  if (!pairs) return std::nullopt;
  // A repeated parameter counts as absent (RFC 6749, section 3.1).
  const auto only = [&](std::string_view name) -> std::string* {
    std::string* found = nullptr;
    for (auto& [each, value] : *pairs) {
      if (each != name) continue;
      if (found != nullptr) return nullptr;
      found = &value;
    }
    return found;
  };
  const std::string* const given = only("state");
  if (given == nullptr || !EqualSecrets(*given, state)) return std::nullopt;
  if (Has(*pairs, "code") == Has(*pairs, "error")) return std::nullopt;
  if (std::string* const code = only("code")) {
    if (!IsVisibleAscii(*code, kMaxCodeBytes)) return std::nullopt;
    return SecretText(std::move(*code));
  }
  const std::string* const error = only("error");
  if (error == nullptr || !IsVisibleAscii(*error, kMaxErrorBytes)) return std::nullopt;
  const std::string* const description = only("error_description");
  return Denial{*error, description == nullptr ? "" : ToDescription(*description)};
}

bool IsRedirectOfAnother(std::string_view target, std::string_view path, std::string_view state) {
  const auto pairs = QueryOf(target, path);
  if (!pairs || Has(*pairs, "code") == Has(*pairs, "error")) return false;
  return std::any_of(pairs->begin(), pairs->end(), [&](const auto& pair) {
    return pair.first == "state" && !EqualSecrets(pair.second, state);
  });
}

}  // namespace modelgates::oauth
