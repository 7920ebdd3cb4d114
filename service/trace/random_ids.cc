#include "trace/random_ids.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace modelgates::gateway {

template <size_t kDigits>
HexId<kDigits> RandomIds::New() {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr size_t kBytes = kDigits / 2;
  const std::lock_guard lock(mutex_);
  if (left_ < kBytes) {
    if (RAND_bytes(bytes_.data(), bytes_.size()) != 1) throw std::runtime_error("no random bytes");
    left_ = bytes_.size();
  }
  left_ -= kBytes;
  HexId<kDigits> id;
  uint8_t any = 0;
  for (size_t i = 0; i < kBytes; ++i) {
    const uint8_t byte = bytes_[left_ + i];
    any |= byte;
    id.digits[2 * i] = kHex[byte >> 4];
    id.digits[2 * i + 1] = kHex[byte & 15];
  }
  if (any == 0) id.digits.back() = '1';  // all zeros is no id
  return id;
}

TraceId RandomIds::NewTraceId() { return New<32>(); }
SpanId RandomIds::NewSpanId() { return New<16>(); }

}  // namespace modelgates::gateway
