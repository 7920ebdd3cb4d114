#include "exchange/shared/pepper_file.h"

#include <bit>
#include <utility>

namespace modelgates::gateway {
namespace {

// Gateways of one store must come to the same index.
static_assert(std::endian::native == std::endian::little,
              "lengths and numbers are hashed as they lie in memory");

}  // namespace

PepperFile::PepperFile(std::string path, Peppers peppers, EventLoop& loop, ReloadObserver* observer)
    : file_(
          loop, {.path = std::move(path), .setting = "exchange_pepper_file"}, ReadPepperFile,
          [this](Peppers changed) { return Use(std::move(changed)); }, observer) {
  Use(std::move(peppers));
  file_.Watch();
}

PepperFile::Indices PepperFile::IndicesOf(const ExchangeIdentity& identity) {
  Indices indices;
  indices.in_use = ToKey(in_use_, identity);
  if (other_) indices.other = ToKey(*other_, identity);
  return indices;
}

bool PepperFile::Use(Peppers peppers) {
  if (peppers == peppers_) return false;
  peppers_ = std::move(peppers);
  in_use_ = Hmac(peppers_.in_use.Reveal());
  other_.reset();
  if (!peppers_.other.empty()) other_.emplace(peppers_.other.Reveal());
  return true;
}

}  // namespace modelgates::gateway
