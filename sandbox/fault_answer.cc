#include "sandbox/fault_answer.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

constexpr std::size_t kOversizeBytes = 320 * 1024;

HttpResponse StandIn() { return JsonAnswer(200, {{"scripted_fault", "no work was done"}}); }

// The result stays the same JSON object, so that only its size differs.
void Pad(HttpResponse& answer) {
  json body = json::parse(answer.body(), nullptr, false);
  if (!body.is_object()) body = json::object();
  body["padding"] = std::string(kOversizeBytes, 'x');
  answer.body() = body.dump();
}

}  // namespace

HttpResponse ToFaultAnswer(const FaultRule& rule, std::optional<HttpResponse> answer) {
  HttpResponse faulty = answer ? *std::move(answer) : StandIn();
  if (rule.action == FaultAction::kStatus) {
    faulty = ErrorAnswer(rule.http_status.value_or(503), "scripted fault");
  }
  if (rule.action == FaultAction::kOversize) Pad(faulty);
  if (rule.http_status) faulty.result(*rule.http_status);
  if (rule.body) faulty.body() = *rule.body;
  if (rule.content_type) faulty.set(http::field::content_type, *rule.content_type);
  for (const auto& [name, value] : rule.headers) faulty.set(name, value);
  return faulty;
}

}  // namespace modelgates::sandbox
