#include "sandbox/sandbox_session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sandbox/auth_routes.h"
#include "sandbox/fault_answer.h"
#include "sandbox/utc_time.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using boost::asio::awaitable;
using std::chrono::steady_clock;

constexpr const char* kRequestId = "x-request-id";

bool IsSaneRequestId(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), plain);
}

std::string RequestIdOf(const HttpRequest& request) {
  const auto sent = request[kRequestId];
  const std::string_view text{sent.data(), sent.size()};
  return IsSaneRequestId(text) ? std::string(text) : RandomName("req_", 12);
}

Share ShareFor(const HttpRequest& request, const std::optional<FaultRule>& fault) {
  if (request.method() == http::verb::head) return Share::kHead;
  const bool cut = fault && fault->action == FaultAction::kTruncate;
  return cut ? Share::kHeadAndHalfBody : Share::kWhole;
}

bool NeverHasABody(const HttpResponse& response) {
  return response.result() == http::status::no_content ||
         response.result() == http::status::not_modified;
}

}  // namespace

SandboxSession::SandboxSession(boost::asio::ip::tcp::socket socket, SandboxParts& parts)
    : parts_(parts), wire_(std::make_shared<Wire>(std::move(socket))) {}

void SandboxSession::Abort() { wire_->Abort(); }

awaitable<void> SandboxSession::Run() {
  Next next = Next::kReadAgain;
  while (next == Next::kReadAgain) {
    std::optional<Arrival> arrival = co_await wire_->Read();
    if (!arrival) break;
    next = co_await Serve(*std::move(arrival));
  }
  co_await wire_->CloseGently();
}

awaitable<SandboxSession::Next> SandboxSession::Serve(Arrival arrival) {
  const auto started = steady_clock::now();
  const HttpRequest& request = arrival.request;
  const Route* route =
      arrival.refusal ? nullptr : parts_.routes.Find(request.method(), PathOf(request));
  const bool is_api = route != nullptr && route->kind == RouteKind::kApi;

  RequestLine line = Describe(request);
  parts_.stats.CountRequest(line.path);
  std::optional<FaultRule> fault;
  if (is_api) {
    const std::string auth_code = AuthCodeIn(request);
    if (!auth_code.empty()) line.auth_code_fp = parts_.fingerprints.Of(auth_code);
    fault = parts_.faults.Take(route->label, auth_code);
  }
  if (fault) {
    parts_.stats.CountFault();
    parts_.log.Fault(line, ToName(fault->action), fault->moment == FaultMoment::kAfterWork);
  }

  std::optional<HttpResponse> response = std::move(arrival.refusal);
  const bool refused = response.has_value();
  if (!refused) response = co_await Work(request, route, fault, line);
  if (is_api || route == nullptr) co_await wire_->Hold(parts_.latency);

  Next next = Next::kClose;
  if (response) {
    if (refused) response->keep_alive(false);
    next = co_await Send(request, *std::move(response), ShareFor(request, fault), line);
  } else {
    parts_.stats.CountUnanswered();
    next = co_await Strike(fault->action);
  }
  line.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  parts_.log.Request(line);
  co_return next;
}

awaitable<std::optional<HttpResponse>> SandboxSession::Work(const HttpRequest& request,
                                                            const Route* route,
                                                            const std::optional<FaultRule>& fault,
                                                            RequestLine& line) {
  const bool struck_before = fault && fault->moment == FaultMoment::kBeforeWork;
  if (struck_before) co_await wire_->Hold(fault->delay);

  std::optional<HttpResponse> response;
  if (!struck_before || fault->action == FaultAction::kDelay) {
    Answer answer = Respond(request, route);
    if (line.auth_code_fp.empty() && !answer.auth_code.empty()) {
      line.auth_code_fp = parts_.fingerprints.Of(answer.auth_code);
    }
    response = std::move(answer.http_response);
  }
  if (!fault || fault->action == FaultAction::kDelay) {
    if (fault && !struck_before) co_await wire_->Hold(fault->delay);
    co_return response;
  }
  if (!struck_before) co_await wire_->Hold(fault->delay);
  if (!ShapesAnAnswer(fault->action)) co_return std::nullopt;
  co_return ToFaultAnswer(*fault, std::move(response));
}

Answer SandboxSession::Respond(const HttpRequest& request, const Route* route) const {
  if (route != nullptr) return route->answer(request);
  const std::string allowed = parts_.routes.AllowedMethods(PathOf(request));
  if (allowed.empty()) return {ErrorAnswer(404, "there is nothing at this path"), {}};
  HttpResponse refusal = ErrorAnswer(405, "this path does not take this method");
  refusal.set(http::field::allow, allowed);
  return {std::move(refusal), {}};
}

awaitable<SandboxSession::Next> SandboxSession::Send(const HttpRequest& request,
                                                     HttpResponse response, Share share,
                                                     RequestLine& line) {
  response.version(request.version() == 10 ? 10 : 11);
  if (response.count(http::field::connection) == 0) response.keep_alive(request.keep_alive());
  response.set(kRequestId, line.request_id);
  response.set(http::field::date,
               FormatHttpDate(std::chrono::floor<std::chrono::microseconds>(parts_.clock())));
  if (NeverHasABody(response)) response.body().clear();
  response.prepare_payload();

  line.http_status = response.result_int();
  parts_.stats.CountAnswer(response.result_int());
  const bool sent = co_await wire_->Write(response, share);
  const bool whole = share != Share::kHeadAndHalfBody;
  co_return sent&& whole&& response.keep_alive() ? Next::kReadAgain : Next::kClose;
}

awaitable<SandboxSession::Next> SandboxSession::Strike(FaultAction action) {
  if (action == FaultAction::kReset) wire_->Reset();
  if (action == FaultAction::kGarbage) co_await wire_->WriteGarbage();
  if (action == FaultAction::kHang) co_await wire_->Hang();
  co_return Next::kClose;
}

RequestLine SandboxSession::Describe(const HttpRequest& request) const {
  RequestLine line;
  const bool known = request.method() != http::verb::unknown;
  line.method = known ? std::string(http::to_string(request.method())) : "(other)";
  line.path = parts_.routes.LabelOf(PathOf(request));
  line.request_id = RequestIdOf(request);
  return line;
}

}  // namespace modelgates::sandbox
