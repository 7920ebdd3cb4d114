#include "sandbox/control_routes.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sandbox/fault_script.h"

namespace modelgates::sandbox {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

json ToJson(const SandboxCounts& counts, std::size_t pending) {
  json statuses = json::object();
  for (const auto& [status, count] : counts.answers_by_status) {
    statuses[std::to_string(status)] = count;
  }
  return {{"requests", counts.requests_by_path},
          {"statuses", std::move(statuses)},
          {"unanswered", counts.unanswered},
          {"codes", {{"created", counts.codes_created}, {"spent", counts.codes_spent}}},
          {"keys", {{"issued", counts.keys_issued}, {"revoked", counts.keys_revoked}}},
          {"double_uses", counts.double_uses},
          {"connections",
           {{"accepted", counts.connections_accepted}, {"open", counts.connections_open}}},
          {"faults", {{"struck", counts.faults_struck}, {"pending", pending}}}};
}

HttpResponse AddFaults(FaultPlan& faults, const std::string& script) {
  auto parsed = ParseFaultScript(script);
  if (const auto* violation = std::get_if<Violation>(&parsed)) return ViolationAnswer(*violation);
  faults.Add(std::get<std::vector<FaultRule>>(std::move(parsed)));
  return JsonAnswer(200, {{"pending", faults.pending()}});
}

void Add(RouteTable& routes, verb method, const char* path, RouteKind kind,
         std::function<HttpResponse(const HttpRequest&)> answer) {
  const char* const end = kind == RouteKind::kControl ? "\n" : "";  // for people at a terminal
  routes.Add(
      {method, path, path, kind, [end, answer = std::move(answer)](const HttpRequest& request) {
         HttpResponse response = answer(request);
         response.body() += end;
         return Answer{std::move(response), {}};
       }});
}

}  // namespace

void AddControlRoutes(RouteTable& routes, FaultPlan& faults, SandboxStats& stats) {
  Add(routes, verb::post, "/control/faults", RouteKind::kControl,
      [&faults](const HttpRequest& request) { return AddFaults(faults, request.body()); });
  Add(routes, verb::delete_, "/control/faults", RouteKind::kControl, [&faults](const HttpRequest&) {
    faults.Clear();
    return JsonAnswer(200, {{"pending", 0}});
  });
  Add(routes, verb::get, "/control/stats", RouteKind::kControl,
      [&faults, &stats](const HttpRequest&) {
        return JsonAnswer(200, ToJson(stats.Snapshot(), faults.pending()));
      });
}

void AddProbeRoutes(RouteTable& routes) {
  Add(routes, verb::get, "/healthz", RouteKind::kProbe, [](const HttpRequest&) {
    return JsonAnswer(200, {{"status", "ok"}});
  });
}

}  // namespace modelgates::sandbox
