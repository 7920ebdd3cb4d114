#include "frontend/caller_access.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "base/secret.h"
#include "caller/callers_file.h"
#include "caller/forwarded_certificate.h"
#include "failure/error_reply.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMinCounted = 16'384;

std::string First(const grpc::AuthContext& auth, const char* property) {
  const auto values = auth.FindPropertyValues(property);
  return values.empty() ? std::string() : std::string(values.front().data(), values.front().size());
}

// Reads the typed properties only. The list of alternative names mixes URIs and DNS names, so a DNS
// name could imitate an ID. gRPC sets the SPIFFE ID only if it is the only URI.
CallerIdentity OfCertificate(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  return CallerIdentity::OfCertificate(First(*auth, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME),
                                       First(*auth, GRPC_PEER_DNS_PROPERTY_NAME));
}

// kNone if the header is there several times: all but one come from somebody else than the proxy.
CallerIdentity OfHeader(const grpc::ServerContextBase& context) {
  const auto [begin, end] = context.client_metadata().equal_range("x-forwarded-client-cert");
  if (begin == end || std::next(begin) != end) return {};
  return IdentityOfForwarded({begin->second.data(), begin->second.size()});
}

CallerIdentity IdentityOf(const grpc::ServerContextBase& context, const Config& config) {
  if (config.forwarded_client_cert) return OfHeader(context);
  if (config.callers_have_certificates()) return OfCertificate(context);
  return CallerIdentity::OfPeer(context.peer());
}

std::unique_ptr<Callers> MakeCallers(const Config& config) {
  if (config.callers_file.empty()) return nullptr;
  // Each admitted call may have another caller.
  const size_t counted =
      std::max(kMinCounted, 2 * static_cast<size_t>(config.max_concurrent_calls));
  return std::make_unique<Callers>(CallerRules(), counted);
}

std::set<std::string> KeyFilesOf(const CallerRules& rules) {
  std::set<std::string> names;
  for (const CallerRule& rule : rules.all()) {
    if (!rule.key_file.empty()) names.insert(rule.key_file);
  }
  return names;
}

// An error of the error model, without the details that belong to the RPCs of OAuthService.
grpc::Status NotAllowed(std::string_view path) {
  const ErrorRow& row = RowOf(v1::CALLER_NOT_ALLOWED);
  google::rpc::ErrorInfo info;
  info.set_domain(kErrorDomain);
  info.set_reason(v1::ErrorReason_Name(row.reason));
  (*info.mutable_metadata())["origin"] = ToString(row.origin);
  (*info.mutable_metadata())["method"] = path.substr(1);
  (*info.mutable_metadata())["retryable"] = "false";
  google::rpc::Status status;
  status.set_code(static_cast<int>(row.code));
  status.set_message(std::string(row.what) + ": " + row.remedy);
  status.add_details()->PackFrom(info);
  return {static_cast<grpc::StatusCode>(row.code), status.message(), status.SerializeAsString()};
}

}  // namespace

CallerAccess::CallerAccess(const Parts& parts)
    : config_(parts.config),
      log_(parts.log),
      metrics_(parts.metrics),
      keys_(parts.keys),
      callers_(MakeCallers(parts.config)),
      tells_apart_(callers_ != nullptr || config_.callers_have_certificates()),
      limited_(parts.loop, parts.log) {
  if (callers_ == nullptr) return;
  const auto read = [folder = keys_.folder()](const std::string& file) {
    return Read(file, folder);
  };
  if (auto first = read(parts.config.callers_file); first.ok()) Use(*std::move(first));
  WipeStack();  // keys were read
  file_.emplace(
      parts.loop,
      ReloadedFile<Reading>::Options{.path = parts.config.callers_file, .setting = "callers_file"},
      read, [this](Reading reading) { return Use(std::move(reading)); }, &parts.reloads);
  file_->Watch();
}

absl::StatusOr<CallerAccess::Reading> CallerAccess::Read(const std::string& file,
                                                         const std::string& key_folder) {
  auto rules = ReadCallersFile(file, key_folder.empty() ? KeyFiles::kRefused : KeyFiles::kAllowed);
  if (!rules.ok()) return rules.status();
  auto keys = ReadCallerKeys(key_folder, KeyFilesOf(*rules));
  return Reading{*std::move(rules), std::move(keys)};
}

bool CallerAccess::Use(Reading reading) {
  keys_.SetFiles(std::move(reading.keys));
  return callers_->Use(std::move(reading.rules));
}

std::optional<ErrorReason> CallerAccess::EnterIdentified(Call& call, std::string_view path) {
  call.Identify(std::make_unique<const CallerIdentity>(IdentityOf(call.context(), config_)));
  // The proxy names every caller, so this call has not come through it as it is set up.
  if (config_.forwarded_client_cert && !call.caller()->authenticated()) {
    return v1::CALLER_NOT_ALLOWED;
  }
  if (callers_ == nullptr) return std::nullopt;
  auto entered = callers_->Enter(*call.caller(), path, call.started());
  if (const auto* why = std::get_if<CallerRefusal>(&entered)) return Refused(*why, *call.caller());
  call.Hold(std::get<Callers::Entered>(std::move(entered)));
  return std::nullopt;
}

grpc::Status CallerAccess::CheckIdentified(grpc::CallbackServerContext& context,
                                           std::string_view path) const {
  const CallerIdentity caller = IdentityOf(context, config_);
  if (callers_->Allow(caller, path)) return grpc::Status::OK;
  if (log_.Enabled(Severity::kInfo)) {
    LogLine line = log_.Line(Severity::kInfo, "caller_not_allowed",
                             "a caller asked for a method that the callers file does not allow it");
    log_.Write(line.Add("method", path).Add("peer", context.peer()).Add("caller", caller.text()));
  }
  context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
  return NotAllowed(path);
}

ErrorReason CallerAccess::Refused(CallerRefusal why, const CallerIdentity& caller) {
  switch (why) {
    case CallerRefusal::kNotAllowed:
      return v1::CALLER_NOT_ALLOWED;
    case CallerRefusal::kRate:
      metrics_.CallerLimited(Metrics::CallerLimit::kRate);
      break;
    case CallerRefusal::kConcurrent:
      metrics_.CallerLimited(Metrics::CallerLimit::kConcurrent);
      break;
    case CallerRefusal::kCallers:
      metrics_.CallerLimited(Metrics::CallerLimit::kCallers);
      break;
  }
  limited_.Add(caller.text());
  return v1::CALLER_LIMIT_EXCEEDED;
}

std::vector<CallerLimits::Use> CallerAccess::Busiest(size_t max, TimePoint now) const {
  if (callers_ == nullptr) return {};
  return callers_->Busiest(max, now);
}

void CallerAccess::UpdateMetrics() {
  if (callers_ != nullptr) metrics_.SetCallersCounted(callers_->counted());
}

}  // namespace modelgates::gateway
