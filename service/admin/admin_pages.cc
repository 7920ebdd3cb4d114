#include "admin/admin_pages.h"

#include "admin/served_host.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kMetricsPath = "/metrics";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

AdminAnswer ProbePage(const std::function<bool()>& probe) {
  if (!probe || probe()) return {.body = "ok\n"};
  return {503, "unavailable\n"};
}

AdminAnswer TextPage(const std::function<std::string()>& text, const char* type) {
  if (!text) return {404, "not found\n"};
  return {200, text(), type};
}

}  // namespace

bool NeedsFreshMetrics(const AdminRequest& request) {
  return request.reads && request.path == kMetricsPath;
}

AdminAnswer AnswerAdmin(const AdminPages& pages, const AdminRequest& request,
                        std::string_view configured_host) {
  if (!request.reads) return {405, "only GET and HEAD\n"};
  if (request.path == "/livez") return ProbePage(pages.live);
  if (request.path == "/readyz") return ProbePage(pages.ready);
  if (request.host && !IsServedHost(*request.host, configured_host)) {
    return {421, "the host must be an IP address, localhost or the host of --admin_listen\n"};
  }
  if (request.path == kMetricsPath) return TextPage(pages.metrics, kExposition);
  if (request.path == "/configz") return TextPage(pages.settings, AdminAnswer().type);
  return {404, "not found\n"};
}

}  // namespace modelgates::gateway
