#include "exchange/pepper_file.h"

#include <bit>
#include <chrono>
#include <utility>

namespace modelgates::gateway {
namespace {

// Gateways of one store must come to the same index.
static_assert(std::endian::native == std::endian::little,
              "lengths and numbers are hashed as they lie in memory");

// A stat a second is nothing, and nobody waits longer for a new pepper.
constexpr std::chrono::seconds kCheckInterval{1};

}  // namespace

PepperFile::PepperFile(std::string path, Peppers peppers, EventLoop& loop, Log& log)
    : path_(std::move(path)), loop_(loop), log_(log) {
  Use(std::move(peppers));
}

PepperFile::Indices PepperFile::IndicesOf(const ExchangeIdentity& identity) {
  if (loop_.Now() >= next_check_) Refresh();
  Indices indices;
  indices.in_use = ToKey(in_use_, identity);
  if (other_) indices.other = ToKey(*other_, identity);
  return indices;
}

void PepperFile::Use(Peppers peppers) {
  peppers_ = std::move(peppers);
  in_use_ = Hmac(peppers_.in_use.Reveal());
  other_.reset();
  if (!peppers_.other.empty()) other_.emplace(peppers_.other.Reveal());
}

void PepperFile::Refresh() {
  next_check_ = loop_.Now() + kCheckInterval;
  const std::optional<FileVersion> version = FileVersionOf(path_);
  if (version == version_) return;
  version_ = version;
  absl::StatusOr<Peppers> peppers = ReadPepperFile(path_);
  if (!peppers.ok()) {
    // The file may be in the middle of being replaced.
    LogLine line = log_.Line(Severity::kError, "reload_failed",
                             "the pepper file cannot be used, the peppers before stay in use");
    log_.Write(line.Add("setting", "exchange_pepper_file"));
    return;
  }
  if (peppers->in_use == peppers_.in_use && peppers->other == peppers_.other) return;
  Use(*std::move(peppers));
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "new peppers are in use");
  log_.Write(line.Add("setting", "exchange_pepper_file"));
}

}  // namespace modelgates::gateway
