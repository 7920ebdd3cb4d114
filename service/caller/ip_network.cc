#include "caller/ip_network.h"

#include <algorithm>
#include <charconv>

namespace modelgates::gateway {
namespace {

constexpr int kMappedBits = 8 * kMappedBytes;
constexpr int kAllBits = 128;

// A mask of the bits of byte `i` that belong to the first `bits` bits of an address.
uint8_t MaskOf(size_t i, int bits) {
  const int left = std::clamp(bits - static_cast<int>(8 * i), 0, 8);
  return static_cast<uint8_t>(0xff << (8 - left));
}

std::optional<int> ParseBits(std::string_view text, int most) {
  int bits = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || bits < 0 || bits > most) return std::nullopt;
  return bits;
}

}  // namespace

bool IpNetwork::Contains(const IpAddress& address) const {
  for (size_t i = 0; i < address.size(); ++i) {
    if (((address[i] ^ first[i]) & MaskOf(i, bits)) != 0) return false;
  }
  return true;
}

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  const auto first = ParseIpAddress(text.substr(0, slash));
  if (!first) return std::nullopt;
  IpNetwork network{*first, kAllBits};
  if (slash == std::string_view::npos) return network;
  // The prefix length of an IPv4 text does not include the 96 mapped bits.
  const int before = text.find(':') == std::string_view::npos ? kMappedBits : 0;
  const auto bits = ParseBits(text.substr(slash + 1), kAllBits - before);
  if (!bits) return std::nullopt;
  network.bits = before + *bits;
  for (size_t i = 0; i < network.first.size(); ++i) {
    if ((network.first[i] & ~MaskOf(i, network.bits)) != 0) return std::nullopt;
  }
  return network;
}

std::string ToString(const IpNetwork& network) {
  std::string text = ToString(network.first);
  if (network.IsOneAddress()) return text;
  const bool mapped = IsMapped(network.first) && network.bits >= kMappedBits;
  return text + "/" + std::to_string(network.bits - (mapped ? kMappedBits : 0));
}

}  // namespace modelgates::gateway
