#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/numeric/int128.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// The secrets of one call. Upstreams echo what they were sent, and frameworks escape, wrap and
// encode it. So an upstream text that repeats a piece of a secret is withheld as a whole from
// callers and log.
//
// A secret is recognized by its letters and digits, in either case. Everything between them is
// ignored: spaces, dashes, zero width characters, markup. It is recognized as it is, in base64 of
// any alphabet and alignment, in hex, and in any of these behind escapes of JSON, links and pages
// (unescaped_text.h). A piece is 8 of its letters and digits with a digit among them, or 12 without
// one: "auth_code_..." begins with words that ordinary messages contain. A message that holds such
// a piece by accident, a date for example, is withheld too.
//
// A secret with fewer letters and digits than a piece would match ordinary text, so it is searched
// for as it is written, in either case and behind escapes. A single word of fewer than 8 letters
// ("code") is not looked for. Not recognized: a secret that is reversed, transliterated or
// enciphered.
class Redaction {
 public:
  // The searched part of a text; the rest is never shown.
  static constexpr size_t kMaxBytes = 16 * 1024;
  static constexpr std::string_view kWithheld = "[withheld: it repeats a secret]";

  // `secret` must outlive this.
  void Add(std::string_view secret);

  // Whether a secret can be read in the first kMaxBytes of `text`. Linear in `text` for each
  // secret.
  bool RepeatsSecret(std::string_view text) const;

  // The first kMaxBytes of `text`, or kWithheld. Must be applied before anything is removed from
  // the text or cut off.
  std::string Apply(std::string_view text) const;

 private:
  void AddPieces(std::string_view secret) const;
  bool HasPiece(std::string_view text) const;
  bool RepeatsShortSecret(std::string_view text) const;

  std::vector<std::string_view> secrets_;
  std::vector<std::string_view> short_secrets_;  // those of `secrets_` without a piece
  // The pieces of `secrets_` in every encoding, packed; made for the first text.
  mutable absl::flat_hash_set<absl::uint128> pieces_;
};

// Whether a word of `text` may be an unknown key: at least 8 bytes that mix letters and digits, or
// at least 24 of any kind. For texts of an answer that may contain a new key; ordinary words are
// neither.
bool HasKeyLikeWord(std::string_view text);

}  // namespace modelgates::gateway
