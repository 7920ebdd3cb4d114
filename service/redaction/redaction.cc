#include "redaction/redaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "redaction/plain_spelling.h"

namespace modelgates::gateway {
namespace {

using Range = std::pair<size_t, size_t>;  // begin and end

// Calls found(begin, end) for each occurrence.
template <typename Found>
void ForEachOccurrence(std::string_view text, std::string_view wanted, const Found& found) {
  if (wanted.size() < Redaction::kMinLength) return;
  // memmem is linear, which string_view::find is not.
  while (const void* at = memmem(text.data(), text.size(), wanted.data(), wanted.size())) {
    const char* begin = static_cast<const char*>(at);
    const char* end = begin + wanted.size();
    found(begin, end);
    text = {end, static_cast<size_t>(text.end() - end)};
  }
}

// The secret may look like an escape or like markup itself: its own spellings are looked for, too.
std::vector<std::string> Spellings(std::string_view secret) {
  using Markup = PlainSpelling::Markup;
  std::vector<std::string> spellings{std::string(secret)};
  for (const Markup markup : {Markup::kKept, Markup::kLeftOut}) {
    std::string plain = PlainSpelling(secret, markup).text();
    if (std::find(spellings.begin(), spellings.end(), plain) == spellings.end()) {
      spellings.push_back(std::move(plain));
    }
  }
  return spellings;
}

using Ranges = std::vector<Range>;

void FindAsIs(const std::vector<std::string_view>& secrets, std::string_view text, Ranges& ranges) {
  for (const std::string_view secret : secrets) {
    ForEachOccurrence(text, secret, [&](const char* begin, const char* end) {
      ranges.emplace_back(begin - text.data(), end - text.data());
    });
  }
}

void FindSpelled(const std::vector<std::string_view>& secrets, std::string_view text,
                 Ranges& ranges) {
  using Markup = PlainSpelling::Markup;
  // A tag that does not close leaves out everything after it, so both are searched.
  const PlainSpelling plain[] = {PlainSpelling(text, Markup::kKept),
                                 PlainSpelling(text, Markup::kLeftOut)};
  for (const std::string_view secret : secrets) {
    for (const std::string& spelling : Spellings(secret)) {
      for (const PlainSpelling& searched : plain) {
        const char* start = searched.text().data();
        ForEachOccurrence(searched.text(), spelling, [&](const char* begin, const char* end) {
          ranges.push_back(searched.Origin(static_cast<size_t>(begin - start),
                                           static_cast<size_t>(end - start)));
        });
      }
    }
  }
}

}  // namespace

void Redaction::Add(std::string_view secret) {
  if (secret.size() >= kMinLength) secrets_.push_back(secret);
}

std::string Redaction::Apply(std::string_view text) const {
  constexpr std::string_view kRedacted = "[redacted]";
  // A secret that begins before the end of what is shown is found whole: the longest field has
  // 2,048 bytes, the longest escape 6.
  constexpr size_t kMaxSpelledSecret = 6 * 2048;
  const std::string_view searched = text.substr(0, kMaxBytes + kMaxSpelledSecret);
  Ranges ranges;
  FindAsIs(secrets_, searched, ranges);
  if (PlainSpelling::MayBeSpelled(searched)) FindSpelled(secrets_, searched, ranges);
  std::sort(ranges.begin(), ranges.end());

  const std::string_view shown = text.substr(0, kMaxBytes);
  std::string result;
  size_t copied = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin >= shown.size()) break;
    // What overlaps the one before belongs to it: no end of a secret may stay behind.
    if (begin >= copied) result.append(shown.substr(copied, begin - copied)).append(kRedacted);
    copied = std::max(copied, end);
  }
  return copied < shown.size() ? result.append(shown.substr(copied)) : result;
}

}  // namespace modelgates::gateway
