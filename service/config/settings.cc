#include "config/settings.h"

#include <chrono>
#include <vector>

#include "config/setting_kinds.h"
#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Setting> MakeSettings() {
  using C = Config;
  return {
      Address(
          "listen", &C::listen, Empty::kRefused,
          "Address and port of gRPC. 0.0.0.0, [::] or no host: every address, of IPv4 and IPv6. "
          "Port 0: any free port; the log line `listening` names it."),
      Address("admin_listen", &C::admin_listen, Empty::kAllowed,
              "Address and port of probes and metrics over HTTP. Empty: not served."),

      Text("upstream", "URL", &C::upstream, Empty::kRefused, UpstreamRule,
           "Base URL of the REST API. http is refused unless the host is loopback or "
           "--insecure_upstream is set.",
           RedactUrl),
      Text("upstream_ca_file", "FILE", &C::upstream_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CAs that the upstream's certificate may come from, instead of the "
           "system's. Read again when it changes."),
      SecretUrl("upstream_proxy", &C::upstream_proxy, ProxyRule,
                "HTTP proxy to the upstream: http://[user:password@]host:port. Proxy variables of "
                "the environment are ignored."),
      Switch("insecure_upstream", &C::insecure_upstream,
             "Allow an http upstream that is not loopback: codes and keys travel in clear."),

      Text("api_key_file", "FILE", &C::api_key_file, Empty::kAllowed, nullptr,
           "File with the gateway's own key, read again when it changes. Without it the "
           "environment variable MODELGATES_API_KEY holds the key. No key: no "
           "Authorization header.",
           RedactKeyPath),
      Choice("credential_mode", &C::credential_mode,
             {{"service", CredentialMode::kService},
              {"passthrough", CredentialMode::kPassthrough},
              {"either", CredentialMode::kEither}},
             "Whose bearer goes upstream. service: the gateway's; passthrough: the caller's "
             "`authorization` metadata, which is required; either: the caller's when sent, else "
             "the gateway's. either needs callers that are authenticated by mutual TLS, which this "
             "version does not have, so it is refused."),

      Text("http_referer", "TEXT", &C::http_referer, Empty::kAllowed, HeaderValueRule,
           "HTTP-Referer of calls that do not set the field."),
      Text("x_open_router_title", "TEXT", &C::x_open_router_title, Empty::kAllowed, HeaderValueRule,
           "App title of calls that do not set the field."),
      Text("x_open_router_categories", "TEXT", &C::x_open_router_categories, Empty::kAllowed,
           HeaderValueRule, "App categories of calls that do not set the field."),
      Text("title_header", "NAME", &C::title_header, Empty::kRefused, HeaderNameRule,
           "Name of the header that carries the title."),
      Text("categories_header", "NAME", &C::categories_header, Empty::kRefused, HeaderNameRule,
           "Name of the header that carries the categories."),

      Choice("callback_policy", &C::callback_policy,
             {{"documented", CallbackPolicy::kDocumented},
              {"loopback", CallbackPolicy::kLoopback},
              {"any", CallbackPolicy::kAny}},
             "Callback URLs that are let through. documented: https on port 443 or 3000; loopback: "
             "that, and http on localhost, 127.0.0.1 and [::1] at any port; any."),
      Choice("pkce_policy", &C::pkce_policy,
             {{"off", PkcePolicy::kOff},
              {"rfc7636", PkcePolicy::kRfc7636},
              {"s256", PkcePolicy::kS256}},
             "off: not checked; rfc7636: a verifier or challenge that is sent must have the RFC's "
             "length and alphabet; s256: PKCE with S256 is required."),

      Length("default_deadline", &C::default_deadline, milliseconds(100), hours(1),
             "Deadline of calls that come without one."),
      Length("max_deadline", &C::max_deadline, milliseconds(100), hours(1),
             "The longest deadline that a call is given."),
      Length("connect_timeout", &C::connect_timeout, milliseconds(1), minutes(5),
             "Bound on connecting to the upstream, TLS included."),
      Length("attempt_timeout", &C::attempt_timeout, milliseconds(1), hours(1),
             "Bound on one attempt, connecting included."),

      Count("max_attempts", &C::max_attempts, 1, 10,
            "Attempts of one call, the first included. This and the next three are defaults that a "
            "call's RetryConfig overrides."),
      Length("initial_interval", &C::initial_interval, milliseconds(0), minutes(1),
             "Wait before the first retry."),
      Length("max_interval", &C::max_interval, milliseconds(0), minutes(10),
             "The longest wait between two attempts."),
      Factor("backoff_exponent", &C::backoff_exponent, 1, 10, "Factor from one wait to the next."),
      Length("max_retry_after", &C::max_retry_after, milliseconds(0), hours(1),
             "A longer Retry-After of the upstream ends the call at once, with RetryInfo."),

      Switch("retry_budget", &C::retry_budget,
             "Bound the retries of all calls together, so that they do not multiply an outage."),
      Count("retry_budget_percent", &C::retry_budget_percent, 0, 100,
            "Retries in percent of the calls."),
      Count("retry_budget_min_rate", &C::retry_budget_min_rate, 0, 1000,
            "Retries a second beside these."),
      Switch("breaker", &C::breaker,
             "Circuit breaker: refuse calls while the upstream keeps failing."),
      Length("breaker_window", &C::breaker_window, seconds(1), minutes(10),
             "How far back the breaker looks."),
      Count("breaker_min_attempts", &C::breaker_min_attempts, 1, 100'000,
            "Attempts within the window below which the breaker stays closed."),
      Count("breaker_failure_percent", &C::breaker_failure_percent, 1, 100,
            "Failures in percent of these attempts that open the breaker."),
      Length("breaker_probe_interval", &C::breaker_probe_interval, milliseconds(100), minutes(1),
             "Open: time from one attempt that is let through as a probe to the next, give or take "
             "a fifth."),
      Count("breaker_probes", &C::breaker_probes, 1, 100,
            "Successful probes in a row that close the breaker."),

      Count("max_concurrent_calls", &C::max_concurrent_calls, 1, 100'000,
            "Calls at once; one more is refused."),
      Count("max_exchanges", &C::max_exchanges, 1, 100'000,
            "Exchanges under way upstream, those included whose callers have left; one more is "
            "refused before its code is sent."),
      Count("max_metadata_bytes", &C::max_metadata_bytes, 1024, 1'048'576,
            "Metadata of one request: name, value and 32 bytes for each entry. gRPC refuses more "
            "with RESOURCE_EXHAUSTED, without details."),
      Count("max_upstream_connections", &C::max_upstream_connections, 1, 100'000,
            "Connections to the upstream in all; a call that needs one more waits for one until "
            "its deadline."),
      Choice("exchange_recovery", &C::exchange_recovery,
             {{"once", ExchangeRecovery::kOnce}, {"never", ExchangeRecovery::kNever}},
             "When the answer to an exchange is lost and the code may be spent. once: the code is "
             "sent once more, when the first attempt is over; never: it is not (the letter of RFC "
             "6749)."),
      Length(
          "exchange_cap", &C::exchange_cap, milliseconds(100), minutes(10),
          "How long an exchange that was sent may go on after its callers have left, its recovery "
          "included."),
      Length("exchange_replay_ttl", &C::exchange_replay_ttl, milliseconds(0), minutes(2),
             "How long the result of an exchange is kept for callers that repeat it; 0s is not at "
             "all."),
      SecretUrl(
          "exchange_store", &C::exchange_store, StoreRule,
          "Redis-compatible server where gateways share exchanges, so that a repeated exchange "
          "finds its key at each of them: redis://[[user]:password@]host[:port][/database], "
          "or rediss:// for TLS. None: only the gateway that served the exchange finds it."),
      Text("exchange_store_ca_file", "FILE", &C::exchange_store_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CAs that the store's certificate may come from, instead of the "
           "system's. Read again when it changes."),
      Switch("exchange_store_fail_closed", &C::exchange_store_fail_closed,
             "Refuse exchanges while the store cannot be asked, instead of going on without it."),
      Text("exchange_pepper_file", "FILE", &C::exchange_pepper_file, Empty::kAllowed, nullptr,
           "File with the secret that names exchanges in the store, the same for all "
           "gateways: a line of at least 32 characters, and a second one that is accepted "
           "as well while they are rotated. Read again when it changes.",
           RedactKeyPath),

      Length(
          "max_connection_age", &C::max_connection_age, milliseconds(0), hours(24),
          "How old a caller's connection gets before it is asked to make another one, so that "
          "gateways that come get their share of calls; 0s is half an hour. A drain waits 1.2 "
          "times as long for the last of them, a minute at most; with 0s not at all."),
      Length("drain_delay", &C::drain_delay, milliseconds(0), hours(1),
             "After SIGTERM: how long to keep serving while health says NOT_SERVING."),
      Length("drain_timeout", &C::drain_timeout, milliseconds(0), hours(1),
             "Then: how long calls that run may take to finish."),

      Switch("reflection", &C::reflection,
             "gRPC server reflection, so that tools need no proto files."),
      Switch("channelz", &C::channelz, "gRPC channelz: shows connections to whoever can call."),
      Choice("log_level", &C::log_level,
             {{"debug", Severity::kDebug},
              {"info", Severity::kInfo},
              {"warning", Severity::kWarning},
              {"warn", Severity::kWarning},
              {"error", Severity::kError}},
             "Least severity that is logged: debug, info, warning, error."),
      Choice("log_format", &C::log_format, {{"json", LogFormat::kJson}, {"text", LogFormat::kText}},
             "json: one object per line; text: for a terminal."),
      Choice("probe", &C::probe,
             {{"none", Question::kNone},
              {"health", Question::kHealth},
              {"live", Question::kLive},
              {"ready", Question::kReady}},
             "Ask the gateway that runs on this machine with the same settings how it is, and exit "
             "with 0 when it is well, else with 1. health: the gRPC health service at --listen, "
             "without TLS; live, ready: /livez, /readyz at --admin_listen."),
      Switch("check_config", &C::check_config,
             "Check all settings, print them with secrets redacted, and exit with 0, or with 2 "
             "when one is wrong."),
  };
}

}  // namespace

std::string Setting::EnvironmentName() const {
  std::string result = "OAUTH_GATEWAY_";
  for (const char c : name) result += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

std::span<const Setting> Settings() {
  static const auto& settings = *new std::vector<Setting>(MakeSettings());
  return settings;
}

const Setting* FindSetting(std::string_view name) {
  for (const Setting& setting : Settings()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

}  // namespace modelgates::gateway
