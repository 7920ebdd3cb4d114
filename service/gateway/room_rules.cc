#include "gateway/room_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "caller/callers_file.h"
#include "config/key_file.h"
#include "exchange/shared/pepper_file.h"
#include "http/base_url.h"
#include "http/http.h"
#include "http/url.h"
#include "redis/redis_url.h"
#include "tls/tls_identity.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {
namespace {

Rule UpstreamRule(std::string_view text) { return ToRule(ParseBaseUrl(text)); }

Rule ProxyRule(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::optional<Url> url = ParseUrl(text);
  // The port is required because libcurl's default for a proxy, 1080, is not that of the scheme.
  const bool has_port = url && text.ends_with(fmt::format(":{}", url->port));
  const bool fits = has_port && url->scheme == "http" && !url->has_query && !url->has_fragment &&
                    (url->path.empty() || url->path == "/");
  if (fits) return std::nullopt;
  return "must be http://host:port, or http://user:password@host:port, and nothing after it";
}

Rule StoreRule(std::string_view text) {
  return text.empty() ? std::nullopt : ToRule(ParseRedisUrl(text));
}

// The same rule as for the fields of a call.
Rule HeaderValueRule(std::string_view text) {
  if (text.size() <= 8192 && IsFieldValue(text)) return std::nullopt;
  return "must be a header value: ASCII without control characters, no space at its ends, at most "
         "8192 bytes";
}

Rule TlsCertRule(std::string_view path) { return ToRule(ReadCertificateChain(std::string(path))); }
Rule TlsKeyRule(std::string_view path) { return ToRule(ReadPrivateKey(std::string(path))); }
Rule TlsClientCaRule(std::string_view path) { return ToRule(ReadClientCas(std::string(path))); }

// Whether the key belongs to the certificate. Both files are valid by themselves.
bool HasKeyOfCertificate(const Config& config) {
  if (config.tls_cert_file.empty() || config.tls_key_file.empty()) return true;
  return config.probe != ProbeKind::kNone ||
         ReadTlsIdentity({config.tls_cert_file, config.tls_key_file, ""}).ok();
}

Rule CallersFileRule(std::string_view path) {
  return ToRule(ReadCallersFile(std::string(path), KeyFiles::kAllowed));
}

// Whether a rule of the callers file has a property. False if the file is invalid.
bool HasCallerRule(const Config& config, bool (*is_of_kind)(const Config&, const CallerRule&)) {
  if (config.callers_file.empty() || config.probe != ProbeKind::kNone) return false;
  const auto rules = ReadCallersFile(config.callers_file, KeyFiles::kAllowed);
  return rules.ok() &&
         std::any_of(rules->all().begin(), rules->all().end(),
                     [&](const CallerRule& rule) { return is_of_kind(config, rule); });
}

bool HasKeyFile(const Config& /*config*/, const CallerRule& rule) { return !rule.key_file.empty(); }

bool LacksItsKey(const Config& config, const CallerRule& rule) {
  return !rule.key_file.empty() && !ReadKeyFile(config.caller_keys_dir + "/" + rule.key_file).ok();
}

bool IsForAddresses(const Config& /*config*/, const CallerRule& rule) {
  return rule.id.kind() == CallerIdentity::Kind::kAddress;
}

SettingRules::Variables ReadOtelVariables(const Environment& environment) {
  ReadTraceSettings read = ReadTraceVariables(environment);
  return {{Describe(read.settings)}, std::move(read.warnings)};
}

Rule PepperFileRule(std::string_view path) { return ToRule(ReadPepperFile(std::string(path))); }

}  // namespace

SettingRules RulesOfAllRooms() {
  SettingRules rules;
  rules.values = {{"upstream", UpstreamRule},
                  {"upstream_proxy", ProxyRule},
                  {"http_referer", HeaderValueRule},
                  {"x_open_router_title", HeaderValueRule},
                  {"x_open_router_categories", HeaderValueRule},
                  {"exchange_store", StoreRule}};
  rules.files = {{"callers_file", CallersFileRule},
                 {"exchange_pepper_file", PepperFileRule},
                 {"tls_cert_file", TlsCertRule},
                 {"tls_key_file", TlsKeyRule},
                 {"tls_client_ca_file", TlsClientCaRule}};
  rules.pairs = {{{"upstream", "insecure_upstream"},
                  "must be https: http is for loopback hosts only, unless --insecure_upstream is "
                  "set",
                  [](const Config& config) {
                    return config.insecure_upstream || !CrossesNetworkInClear(config.upstream);
                  }},
                 {{"callers_file", "caller_keys_dir"},
                  "must hold no key_file without --caller_keys_dir",
                  [](const Config& config) {
                    return !config.caller_keys_dir.empty() || !HasCallerRule(config, HasKeyFile);
                  }},
                 {{"tls_key_file", "tls_cert_file"},
                  "must hold the key of the first certificate in --tls_cert_file",
                  HasKeyOfCertificate}};
  rules.warnings = {{"--upstream is http: codes and keys cross the network in clear",
                     [](const Config& config) { return CrossesNetworkInClear(config.upstream); }},
                    {"a key_file of --callers_file holds no usable key: calls of its callers are "
                     "refused until it does",
                     [](const Config& config) { return HasCallerRule(config, LacksItsKey); }},
                    {"--callers_file has rules for addresses, which fit nobody with "
                     "--tls_client_ca_file or --forwarded_client_cert: callers are told apart by "
                     "their certificates",
                     [](const Config& config) {
                       return config.callers_have_certificates() &&
                              HasCallerRule(config, IsForAddresses);
                     }}};
  rules.read_variables = ReadOtelVariables;
  return rules;
}

}  // namespace modelgates::gateway
