#include "config/environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/nearest_name.h"
#include "config/settings.h"
#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kPrefix = "OAUTH_GATEWAY_";
constexpr std::string_view kTracesPrefix = "OTEL_";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether it is one of Kubernetes' variables for a Service, including those for Docker links.
bool IsOfAService(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT")) return true;
  if (Contains(name, "_SERVICE_PORT_")) return true;
  for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"}) {
    const size_t at = name.find(protocol);
    if (at != std::string_view::npos && Contains(name.substr(0, at), "_PORT_")) return true;
  }
  return name.ends_with("_PORT") && (value.starts_with("tcp://") || value.starts_with("udp://") ||
                                     value.starts_with("sctp://"));
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (name != kKeyVariable && !name.starts_with(kPrefix) && !name.starts_with(kTracesPrefix)) {
      continue;
    }
    environment.emplace(name, text.substr(equals + 1));
  }
  return environment;
}

std::vector<std::string> UnknownVariables(const Environment& environment) {
  std::vector<std::string> known;
  for (const Setting& setting : Settings()) {
    known.push_back(setting.EnvironmentName().substr(kPrefix.size()));
  }
  std::vector<std::string> errors;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix) || IsOfAService(name, value)) continue;
    const std::string_view rest = std::string_view(name).substr(kPrefix.size());
    if (std::find(known.begin(), known.end(), rest) != known.end()) continue;
    const std::string_view nearest = NearestName(rest, known);
    errors.push_back(fmt::format(
        "{} (environment variable) belongs to no setting, {}", Printable(name),
        nearest.empty() ? "see --help" : fmt::format("did you mean {}{}?", kPrefix, nearest)));
  }
  return errors;
}

}  // namespace modelgates::gateway
