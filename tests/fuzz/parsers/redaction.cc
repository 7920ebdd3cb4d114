#include "redaction/redaction.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

#include "base/ascii.h"
#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {
namespace {

// Letters and digits of the input, with a digit in every piece of it.
std::string SecretOf(std::string_view bytes) {
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr size_t kLength = 24;
  std::string secret;
  for (size_t i = 0; i < kLength; ++i) {
    const size_t byte = i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
    secret +=
        i % 4 == 3 ? static_cast<char>('0' + byte % 10) : kCharacters[byte % kCharacters.size()];
  }
  return secret;
}

std::string Encoded(std::string_view text, size_t form) {
  const std::string copy(text);
  switch (form) {
    case 0:
      return absl::AsciiStrToUpper(copy);
    case 1:
      return absl::Base64Escape(copy);
    case 2:
      return absl::WebSafeBase64Escape(copy);
    case 3:
      return absl::BytesToHexString(copy);
    case 4: {
      std::string spaced;
      for (const char c : text) (spaced += c) += ' ';
      return spaced;
    }
    default:
      return copy;
  }
}

}  // namespace

// A text that holds a secret is withheld, whatever is around it and however it is written.
std::string RedactionBrokenBy(std::string_view bytes) {
  Input input(bytes);
  const size_t form = input.Below(6);
  const size_t at = input.Below(512);
  const std::string secret = SecretOf(input.Line());
  const std::string_view around = input.Rest().substr(0, 4 * 1024);
  Redaction redaction;
  redaction.Add(secret);
  redaction.RepeatsSecret(around);
  const std::string_view before = around.substr(0, std::min(at, around.size()));
  // Encoded with what is around it, so that it begins anywhere in a group of base64; the rest of
  // the text is as it is.
  const std::string encoded =
      Encoded(std::string(before.substr(before.size() - before.size() % 3)) + secret, form);
  // A character that no encoding has: otherwise what comes before continues the encoding.
  const std::string text =
      std::string(before) + "\"" + encoded + "\"" + std::string(around.substr(before.size()));
  if (!redaction.RepeatsSecret(text)) return "a secret is shown";
  if (redaction.Apply(text) != Redaction::kWithheld) return "a text with a secret is shown";
  return {};
}

}  // namespace modelgates::gateway
