#include "config/cross_rules.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/host_port.h"
#include "base/unix_socket.h"

namespace modelgates::gateway {

std::span<const CrossRule> CrossRules() {
  static const auto& rules = *new std::vector<CrossRule>{
      {{"listen", "admin_listen"},
       "must not be the same as --admin_listen",
       [](const Config& config) {
         return config.listen != config.admin_listen || config.listen.ends_with(":0");
       }},
      {{"tls_cert_file", "tls_key_file"},
       "must come with --tls_key_file",
       [](const Config& config) {
         return config.tls_cert_file.empty() || !config.tls_key_file.empty();
       }},
      {{"tls_key_file", "tls_cert_file"},
       "must come with --tls_cert_file",
       [](const Config& config) {
         return config.tls_key_file.empty() || !config.tls_cert_file.empty();
       }},
      {{"tls_client_ca_file", "tls_cert_file"},
       "must come with --tls_cert_file",
       [](const Config& config) {
         return config.tls_client_ca_file.empty() || !config.tls_cert_file.empty();
       }},
      {{"forwarded_client_cert", "listen"},
       "must come with --listen=unix:/path: everybody who can connect to a port could claim to be "
       "any caller",
       [](const Config& config) {
         return !config.forwarded_client_cert || UnixSocketPath(config.listen);
       }},
      {{"forwarded_client_cert", "tls_client_ca_file"},
       "must not come with --tls_client_ca_file: either the gateway verifies certificates, or the "
       "proxy does",
       [](const Config& config) {
         return !config.forwarded_client_cert || config.tls_client_ca_file.empty();
       }},
      {{"credential_mode", "tls_client_ca_file"},
       "must not be either without --tls_client_ca_file, because any client could then use the "
       "gateway's key. Use service or passthrough",
       [](const Config& config) {
         return config.credential_mode != CredentialMode::kEither ||
                config.callers_have_certificates();
       }},
      {{"caller_keys_dir", "tls_client_ca_file"},
       "must come with --tls_client_ca_file: only a certificate proves whose key is to be used",
       [](const Config& config) {
         return config.caller_keys_dir.empty() || config.callers_have_certificates();
       }},
      {{"caller_keys_dir", "credential_mode"},
       "must come with --credential_mode=service",
       [](const Config& config) {
         return config.caller_keys_dir.empty() ||
                config.credential_mode == CredentialMode::kService;
       }},
      {{"title_header", "categories_header"},
       "must not be the same as --categories_header",
       [](const Config& config) {
         return !EqualsIgnoringCase(config.title_header, config.categories_header);
       }},
      {{"default_deadline", "max_deadline"},
       "must not be longer than --max_deadline",
       [](const Config& config) { return config.default_deadline <= config.max_deadline; }},
      {{"initial_interval", "max_interval"},
       "must not be longer than --max_interval",
       [](const Config& config) { return config.initial_interval <= config.max_interval; }},
      {{"retry_budget_percent", "retry_budget_min_rate"},
       "must not be 0 together with --retry_budget_min_rate, which allows no retries: use "
       "--max_attempts=1",
       [](const Config& config) {
         return !config.retry_budget || config.retry_budget_percent > 0 ||
                config.retry_budget_min_rate > 0;
       }},
      {{"exchange_store", "exchange_pepper_file"},
       "must come with --exchange_pepper_file",
       [](const Config& config) {
         return config.exchange_store.empty() || !config.exchange_pepper_file.empty();
       }},
      {{"probe", "listen"},
       "must not be health if --listen has port 0",
       [](const Config& config) {
         return config.probe != ProbeKind::kHealth || !config.listen.ends_with(":0");
       }},
      {{"probe", "tls_cert_file"},
       "must not be health if callers are served with TLS: use ready",
       [](const Config& config) {
         return config.probe != ProbeKind::kHealth || config.tls_cert_file.empty();
       }},
      {{"probe", "admin_listen"},
       "must not be live or ready if --admin_listen is empty or has port 0",
       [](const Config& config) {
         const bool asks_admin =
             config.probe == ProbeKind::kLive || config.probe == ProbeKind::kReady;
         return !asks_admin ||
                (!config.admin_listen.empty() && !config.admin_listen.ends_with(":0"));
       }},
  };
  return rules;
}

std::span<const Warning> Warnings() {
  static const auto& warnings = *new std::vector<Warning>{
      {"the gateway's key is not used with --credential_mode=passthrough",
       [](const Config& config) {
         return config.credential_mode == CredentialMode::kPassthrough && !config.api_key.empty();
       }},
      {"there is no key: neither --api_key_file nor MODELGATES_API_KEY gives one, so calls go "
       "upstream without an Authorization header",
       [](const Config& config) {
         return config.credential_mode == CredentialMode::kService && config.api_key.empty();
       }},
      {"--caller_keys_dir is not used without --callers_file",
       [](const Config& config) {
         return config.callers_file.empty() && !config.caller_keys_dir.empty();
       }},
      {"--admin_bearer_file is not used without --admin_listen",
       [](const Config& config) {
         return config.admin_listen.empty() && !config.admin_bearer_file.empty();
       }},
      {"--exchange_pepper_file is not used without --exchange_store",
       [](const Config& config) {
         return config.exchange_store.empty() && !config.exchange_pepper_file.empty();
       }},
      {"--exchange_store_replicas is not used without --exchange_store",
       [](const Config& config) {
         return config.exchange_store.empty() && config.exchange_store_replicas > 0;
       }},
      {"--listen is not loopback and there is no --tls_cert_file: codes and keys cross the network "
       "in clear, and everybody who can connect can call",
       [](const Config& config) {
         const std::optional<HostPort> listen = SplitHostPort(config.listen);
         return config.tls_cert_file.empty() && listen && !IsLoopback(listen->host) &&
                !UnixSocketPath(config.listen);
       }},
      {"--admin_listen is not loopback and there is no --admin_bearer_file: everybody who can "
       "connect "
       "sees settings and metrics",
       [](const Config& config) {
         const std::optional<HostPort> listen = SplitHostPort(config.admin_listen);
         return config.admin_bearer_file.empty() && listen && !IsLoopback(listen->host);
       }},
      {"a caller whose CA is taken out of --tls_client_ca_file stays connected for up to half an "
       "hour: --max_connection_age sets a shorter time",
       [](const Config& config) {
         return !config.tls_client_ca_file.empty() && config.max_connection_age.count() == 0;
       }},
      {"--exchange_store is without TLS: its password crosses the network in clear",
       [](const Config& config) {
         const std::string_view store = config.exchange_store.Reveal();
         return !store.starts_with("rediss") && store.find('@') != std::string_view::npos;
       }},
  };
  return warnings;
}

}  // namespace modelgates::gateway
