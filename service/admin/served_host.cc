#include "admin/served_host.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <string>

namespace modelgates::gateway {
namespace {

bool IsPort(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

// `host` without its port and brackets; empty when it has not the form of a host.
std::string_view NameIn(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) {
    if (!IsPort(host.substr(colon + 1))) return {};
    host = host.substr(0, colon);
  }
  if (!host.starts_with('[')) return host.find(':') == std::string_view::npos ? host : "";
  return host.ends_with(']') ? host.substr(1, host.size() - 2) : "";
}

bool Equals(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

bool IsAddress(std::string_view name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(name), error);
  return !error;
}

}  // namespace

bool IsServedHost(std::string_view host, std::string_view configured) {
  const std::string_view name = NameIn(host);
  if (name.empty()) return false;
  return Equals(name, "localhost") || Equals(name, configured) || IsAddress(name);
}

}  // namespace modelgates::gateway
