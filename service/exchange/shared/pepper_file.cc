#include "exchange/shared/pepper_file.h"

#include <bit>
#include <utility>

namespace modelgates::gateway {
namespace {

// All gateways of a store must compute the same index.
static_assert(std::endian::native == std::endian::little,
              "lengths and numbers are hashed as they lie in memory");

}  // namespace

PepperFile::PepperFile(const std::string& path, EventLoop& loop, ReloadObserver* observer)
    : file_(
          loop, {.path = path, .setting = "exchange_pepper_file"}, ReadPepperFile,
          [this](Peppers changed) { return Use(std::move(changed)); }, observer) {
  if (absl::StatusOr<Peppers> peppers = ReadPepperFile(path); peppers.ok()) {
    Use(*std::move(peppers));
  }
  file_.Watch();
}

PepperFile::Indices PepperFile::IndicesOf(const ExchangeIdentity& identity) {
  Indices indices;
  indices.current = ToKey(current_, identity);
  if (previous_) indices.previous = ToKey(*previous_, identity);
  return indices;
}

bool PepperFile::Use(Peppers peppers) {
  if (peppers == peppers_) return false;
  peppers_ = std::move(peppers);
  current_ = Hmac(peppers_.current.Reveal());
  previous_.reset();
  if (!peppers_.previous.empty()) previous_.emplace(peppers_.previous.Reveal());
  return true;
}

}  // namespace modelgates::gateway
