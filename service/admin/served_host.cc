#include "admin/served_host.h"

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "base/host_port.h"

namespace modelgates::gateway {
namespace {

// `host` without its port and brackets; empty: it is malformed.
std::string_view NameIn(std::string_view host) {
  if (const std::optional<HostPort> split = SplitHostPort(host)) {
    if (!split->port.empty() && !IsPort(split->port)) return {};
    host = split->host;
  }
  const std::string_view name = WithoutBrackets(host);
  return name.size() == host.size() && host.find_first_of("[:") != std::string_view::npos ? ""
                                                                                          : name;
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
  return EqualsIgnoringCase(name, "localhost") || EqualsIgnoringCase(name, configured) ||
         IsAddress(name);
}

}  // namespace modelgates::gateway
