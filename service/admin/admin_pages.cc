#include "admin/admin_pages.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "base/ascii.h"
#include "base/host_port.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::string_view kStatusPath = "/statusz";
constexpr std::string_view kSettingsPath = "/configz";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kOpenMetrics = "application/openmetrics-text";
constexpr const char* kOpenMetricsExposition =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

AdminAnswer ProbePage(const std::function<bool()>& probe) {
  if (!probe || probe()) return {.body = "ok\n"};
  return {503, "unavailable\n"};
}

AdminAnswer TextPage(const std::function<std::string()>& text, const char* type) {
  if (!text) return {404, "not found\n"};
  return {200, text(), type};
}

AdminAnswer IndexPage(const AdminPages& pages) {
  std::string body =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>oauth-gateway</title>\n</head>\n<body>\n<h1>oauth-gateway</h1>\n<ul>\n";
  const auto add = [&body](bool exists, std::string_view path, std::string_view words) {
    if (!exists) return;
    body += fmt::format("<li><a href=\"{0}\">{0}</a> {1}</li>\n", path, words);
  };
  add(pages.status != nullptr, kStatusPath, "the state now and the last ten minutes, for people");
  add(pages.metrics != nullptr, kMetricsPath, "every metric, for Prometheus");
  add(pages.settings != nullptr, kSettingsPath, "the settings in use and where they come from");
  add(true, "/livez", "liveness: whether the event loop runs");
  add(true, "/readyz", "readiness: whether to send traffic here");
  return {200, body + "</ul>\n</body>\n</html>\n", "text/html; charset=utf-8"};
}

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

// RFC 6750, section 2.1.
std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return Trim(authorization.substr(kScheme.size()));
}

// Takes the part before the next `end` from `rest`.
std::string_view TakePart(std::string_view& rest, char end) {
  const size_t at = rest.find(end);
  const std::string_view part = Trim(rest.substr(0, at));
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

// A client that names the format can read it, unless its weight is 0 (RFC 9110, section 12.4.2).
bool AcceptsOpenMetrics(std::string_view accept) {
  while (!accept.empty()) {
    std::string_view range = TakePart(accept, ',');
    if (!EqualsIgnoringCase(TakePart(range, ';'), kOpenMetrics)) continue;
    bool forbidden = false;
    while (!range.empty()) {
      const std::string_view parameter = TakePart(range, ';');
      forbidden |= parameter.starts_with("q=0") &&
                   parameter.find_first_not_of("0.", 2) == std::string_view::npos;
    }
    return !forbidden;
  }
  return false;
}

}  // namespace

bool NeedsFreshMetrics(const AdminRequest& request) {
  return request.reads && (request.path == kMetricsPath || request.path == kStatusPath);
}

bool IsServedHost(std::string_view host, std::string_view configured) {
  const std::string_view name = NameIn(host);
  if (name.empty()) return false;
  return EqualsIgnoringCase(name, "localhost") || EqualsIgnoringCase(name, configured) ||
         IsAddress(name);
}

AdminAnswer AnswerAdmin(const AdminPages& pages, const AdminRequest& request,
                        std::string_view configured_host) {
  if (!request.reads) return {405, "only GET and HEAD\n"};
  if (request.path == "/livez") return ProbePage(pages.live);
  if (request.path == "/readyz") return ProbePage(pages.ready);
  if (request.host && !IsServedHost(*request.host, configured_host)) {
    return {421, "the host must be an IP address, localhost or the host of --admin_listen\n"};
  }
  if (pages.authorized && !pages.authorized(BearerOf(request.authorization))) {
    return {401, "needs the bearer of --admin_bearer_file\n"};
  }
  if (request.path == kMetricsPath) {
    return pages.open_metrics && AcceptsOpenMetrics(request.accept)
               ? TextPage(pages.open_metrics, kOpenMetricsExposition)
               : TextPage(pages.metrics, kExposition);
  }
  if (request.path == kSettingsPath) return TextPage(pages.settings, AdminAnswer().type);
  if (request.path == kStatusPath && pages.status) return pages.status();
  if (request.path == "/") return IndexPage(pages);
  return {404, "not found\n"};
}

}  // namespace modelgates::gateway
