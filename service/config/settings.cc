#include "config/settings.h"

#include <absl/strings/ascii.h>

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

Setting Live(Setting setting) {
  setting.live = true;
  return setting;
}

std::vector<Setting> MakeSettings() {
  using C = Config;
  return {
      Address(
          "listen", &C::listen, Empty::kRefused, ListenRule,
          "Address and port of gRPC. 0.0.0.0, [::] or no host: every address, of IPv4 and IPv6. "
          "Port 0: any free port; the log line `listening` names it. unix:/path: a Unix socket, "
          "for "
          "a proxy on the same machine that runs as the same user or group."),
      Text("tls_cert_file", "FILE", &C::tls_cert_file, Empty::kAllowed, nullptr,
           "PEM file of the certificate that callers are served with, followed by its intermediate "
           "certificates. TLS 1.2 at least. Read again when it changes; if it cannot be used then, "
           "the previous one stays in use. Unset: callers are served without TLS."),
      Text("tls_key_file", "FILE", &C::tls_key_file, Empty::kAllowed, nullptr,
           "PEM file of the private key of --tls_cert_file, without a passphrase. Read again with "
           "it.",
           RedactKeyPath),
      Text("tls_client_ca_file", "FILE", &C::tls_client_ca_file, Empty::kAllowed, nullptr,
           "PEM file of CA certificates. Every caller must have a certificate of one of them "
           "(mutual TLS). Read again with --tls_cert_file. Unset: callers need no certificate."),
      Switch(
          "forwarded_client_cert", &C::forwarded_client_cert,
          "Whether a proxy in front of the gateway has verified the certificate of each caller "
          "and names it in the header x-forwarded-client-cert, as Envoy does. Calls without a "
          "SPIFFE ID or DNS name there are refused. Requires --listen=unix:/path, which only the "
          "proxy may reach. Off: the header is ignored."),
      DurationSetting("handshake_timeout", &C::handshake_timeout, milliseconds(100), minutes(2),
                      "Longest time from the acceptance of a caller's connection to the end of its "
                      "TLS and HTTP/2 handshakes."),
      Live(Count("max_connections", &C::max_connections, 1, 1'000'000,
                 "Open connections of callers. Further connections are closed.")),
      Live(Count(
          "max_connections_per_address", &C::max_connections_per_address, 1, 1'000'000,
          "Open connections of callers from one IPv4 address or one IPv6 network (/64). Further "
          "connections are closed.")),
      Live(Count(
          "max_handshakes_per_second", &C::max_handshakes_per_second, 1, 100'000,
          "New connections of callers per second, on average. Twice as many may come at once. "
          "Further connections are closed.")),
      Address("admin_listen", &C::admin_listen, Empty::kAllowed, HostPortRule,
              "Address and port of probes and metrics over HTTP. Empty: not served."),

      Text("admin_bearer_file", "FILE", &C::admin_bearer_file, Empty::kAllowed, nullptr,
           "File that holds the bearer token that the pages at --admin_listen require, except "
           "/livez and /readyz; read again when it changes. Unset: they require none.",
           RedactKeyPath),

      Text("upstream", "URL", &C::upstream, Empty::kRefused, nullptr,
           "Base URL of the REST API: https; http only for a loopback host or with "
           "--insecure_upstream. No query, no fragment, no user.",
           RedactUrl),
      Choice("upstream_http", &C::upstream_http,
             {{"1.1", UpstreamHttp::k1}, {"2", UpstreamHttp::k2}, {"auto", UpstreamHttp::kAuto}},
             "HTTP version that is spoken to the upstream. 1.1; 2: HTTP/2, over http with prior "
             "knowledge; auto: HTTP/2 if TLS negotiates it, else 1.1. With HTTP/2 many calls share "
             "a connection, and the upstream says which of them it did not process when it ends "
             "the connection: they are sent again."),
      Text("upstream_ca_file", "FILE", &C::upstream_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CA certificates that are trusted for the upstream, instead "
           "of the system's. Read again when it changes."),
      SecretUrl("upstream_proxy", &C::upstream_proxy,
                "HTTP proxy to the upstream: http://[user:password@]host:port. Proxy variables of "
                "the environment are ignored."),
      Switch("insecure_upstream", &C::insecure_upstream,
             "Allow an http upstream that is not loopback. Codes and keys are then sent "
             "unencrypted."),

      Text("api_key_file", "FILE", &C::api_key_file, Empty::kAllowed, nullptr,
           "File that holds the gateway's key and nothing else; read again when it "
           "changes. Unset: the key is in the environment variable MODELGATES_API_KEY. "
           "No key: calls are sent upstream without an Authorization header.",
           RedactKeyPath),
      Choice("credential_mode", &C::credential_mode,
             {{"service", CredentialMode::kService},
              {"passthrough", CredentialMode::kPassthrough},
              {"either", CredentialMode::kEither}},
             "Key that is sent upstream. service: the gateway's key; passthrough: the "
             "caller's bearer in the `authorization` metadata, which is required; either: "
             "the caller's bearer if there is one, else the gateway's key. either "
             "requires callers that are authenticated by mutual TLS "
             "(--tls_client_ca_file)."),

      Text("http_referer", "TEXT", &C::http_referer, Empty::kAllowed, nullptr,
           "HTTP-Referer of calls that do not set the field. At most 8,192 bytes of "
           "ASCII."),
      Text("x_open_router_title", "TEXT", &C::x_open_router_title, Empty::kAllowed, nullptr,
           "App title of calls that do not set the field. At most 8,192 bytes of ASCII."),
      Text("x_open_router_categories", "TEXT", &C::x_open_router_categories, Empty::kAllowed,
           nullptr,
           "App categories, comma-separated, of calls that do not set the field. At "
           "most 8,192 bytes of ASCII."),
      Text("title_header", "NAME", &C::title_header, Empty::kRefused, HeaderNameRule,
           "Name of the upstream header that holds the app title."),
      Text("categories_header", "NAME", &C::categories_header, Empty::kRefused, HeaderNameRule,
           "Name of the upstream header that holds the app categories."),

      Choice("callback_policy", &C::callback_policy,
             {{"documented", CallbackPolicy::kDocumented},
              {"loopback", CallbackPolicy::kLoopback},
              {"any", CallbackPolicy::kAny}},
             "Callback URLs that are allowed. documented: https on port 443 or 3000; "
             "loopback: these, and http on localhost, 127.0.0.1 and [::1] at any port; "
             "any: every absolute URL."),
      Choice("pkce_policy", &C::pkce_policy,
             {{"off", PkcePolicy::kOff},
              {"rfc7636", PkcePolicy::kRfc7636},
              {"s256", PkcePolicy::kS256}},
             "Check of PKCE before anything is sent. off: none; rfc7636: a verifier or "
             "challenge must have the length and alphabet of RFC 7636; s256: PKCE with "
             "S256 is required."),

      DurationSetting("default_deadline", &C::default_deadline, milliseconds(100), hours(1),
                      "Deadline of calls whose caller set none."),
      DurationSetting("max_deadline", &C::max_deadline, milliseconds(100), hours(1),
                      "Longest deadline of a call. A longer one is shortened."),
      DurationSetting("connect_timeout", &C::connect_timeout, milliseconds(1), minutes(5),
                      "Longest time to connect to the upstream, including the TLS handshake."),
      DurationSetting("attempt_timeout", &C::attempt_timeout, milliseconds(1), hours(1),
                      "Longest time of one attempt, including the connect time."),

      Live(Count("max_attempts", &C::max_attempts, 1, 10,
                 "Attempts of one call, including the first. A call's RetryConfig overrides "
                 "this default and those of --initial_interval, --max_interval and "
                 "--backoff_exponent.")),
      Live(DurationSetting("initial_interval", &C::initial_interval, milliseconds(0), minutes(1),
                           "Wait before the first retry of a call.")),
      Live(DurationSetting("max_interval", &C::max_interval, milliseconds(0), minutes(10),
                           "Longest wait between two attempts.")),
      Live(Factor("backoff_exponent", &C::backoff_exponent, 1, 10,
                  "Factor by which each wait is longer than the one before.")),
      Live(DurationSetting(
          "max_retry_after", &C::max_retry_after, milliseconds(0), hours(1),
          "Longest Retry-After of the upstream that the gateway waits for. A longer "
          "one ends the call at once, with RetryInfo.")),

      Live(Switch("retry_budget", &C::retry_budget,
                  "Limit the retries of all calls together, so that retries do not add load to "
                  "an outage.")),
      Live(Count("retry_budget_percent", &C::retry_budget_percent, 0, 100,
                 "Retries that are allowed, as a percentage of the calls.")),
      Live(Count("retry_budget_min_rate", &C::retry_budget_min_rate, 0, 1000,
                 "Retries per second allowed in addition to the percentage.")),
      Live(Switch("breaker", &C::breaker,
                  "Circuit breaker: refuse calls while most attempts fail.")),
      Live(DurationSetting("breaker_window", &C::breaker_window, seconds(1), minutes(10),
                           "Period of the attempts that the breaker counts.")),
      Live(Count("breaker_min_attempts", &C::breaker_min_attempts, 1, 100'000,
                 "Minimum number of attempts within the window before the breaker can open.")),
      Live(Count("breaker_failure_percent", &C::breaker_failure_percent, 1, 100,
                 "Percentage of failed attempts within the window at which the breaker opens.")),
      Live(DurationSetting("breaker_probe_interval", &C::breaker_probe_interval, milliseconds(100),
                           minutes(1),
                           "Time between two probes (attempts that are allowed) while the breaker "
                           "is open, plus or minus 20 %.")),
      Live(Count("breaker_probes", &C::breaker_probes, 1, 100,
                 "Number of consecutive successful probes that closes the breaker.")),

      Text("callers_file", "FILE", &C::callers_file, Empty::kAllowed, nullptr,
           "JSON file of the callers: which methods each may call, and how many calls per "
           "second and at the same time. Read again when it changes. Unset: everybody may "
           "call everything."),
      Text(
          "caller_keys_dir", "FOLDER", &C::caller_keys_dir, Empty::kAllowed, nullptr,
          "Folder of the key files that rules of --callers_file name (`key_file`), read again when "
          "they change. Calls of a caller with such a rule are sent with that key instead of the "
          "gateway's. Requires --tls_client_ca_file and --credential_mode=service.",
          RedactKeyPath),
      Live(Count("max_concurrent_calls", &C::max_concurrent_calls, 1, 100'000,
                 "Calls that run at the same time. Further calls are refused.")),
      Live(Count("max_exchanges", &C::max_exchanges, 1, 100'000,
                 "Exchanges that run upstream at the same time, including those whose callers "
                 "have left. Further exchanges are refused before their code is sent.")),
      Count("max_metadata_bytes", &C::max_metadata_bytes, 1024, 1'048'576,
            "Largest metadata of a request: name, value and 32 bytes per entry. gRPC "
            "refuses more with RESOURCE_EXHAUSTED, without details."),
      Count("max_upstream_connections", &C::max_upstream_connections, 1, 100'000,
            "Open connections to the upstream. A call that needs one more waits until its "
            "deadline for one to become free."),
      Choice("exchange_recovery", &C::exchange_recovery,
             {{"once", ExchangeRecovery::kOnce}, {"never", ExchangeRecovery::kNever}},
             "What the gateway does when the answer to an exchange is lost and the code may be "
             "spent. once: it sends the code once more, after the first attempt has ended; "
             "never: it does not send the code again (RFC 6749, section 4.1.2)."),
      DurationSetting("exchange_cap", &C::exchange_cap, milliseconds(100), minutes(10),
                      "Longest time that an exchange continues after its callers have left, "
                      "including its recovery."),
      DurationSetting("exchange_replay_ttl", &C::exchange_replay_ttl, milliseconds(0), minutes(2),
                      "How long the result of an exchange is kept for identical calls. 0s: not "
                      "kept."),
      SecretUrl("exchange_store", &C::exchange_store,
                "URL of a Redis-compatible server that lets gateways share exchanges: "
                "redis://[[user]:password@]host[:port][/database], or "
                "redis+sentinel://[[user]:password@]host[:port][,host[:port]...]/master[/database] "
                "for the master that these sentinels know; rediss for TLS. Unset: "
                "a repeated exchange finds its result only on the gateway that served it."),
      Text("exchange_store_ca_file", "FILE", &C::exchange_store_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CA certificates that are trusted for the store, instead of "
           "the system's. Read again when it changes."),
      Switch("exchange_store_fail_closed", &C::exchange_store_fail_closed,
             "Refuse exchanges while the store does not answer. Off: they are served "
             "without the store."),
      Choice(
          "exchange_store_replicas", &C::exchange_store_replicas,
          {{"auto", Config::kAutomatic},
           {"0", 0},
           {"1", 1},
           {"2", 2},
           {"3", 3},
           {"4", 4},
           {"5", 5}},
          "Replicas of the store that must acknowledge, within 100ms, that a code is about to be "
          "sent, before it is sent, so that a failover does not lose the fact. Without that the "
          "exchange is served as without the store, or refused with "
          "--exchange_store_fail_closed. auto: 1 with sentinels, else 0."),
      DurationSetting("exchange_store_failover_wait", &C::exchange_store_failover_wait,
                      milliseconds(0), minutes(1),
                      "How long exchanges wait for a failover of a store with sentinels, counted "
                      "from the loss of the master or its replicas. Then they are served without "
                      "the store, or refused with --exchange_store_fail_closed. 0s: not."),
      Text("exchange_pepper_file", "FILE", &C::exchange_pepper_file, Empty::kAllowed, nullptr,
           "File with the secret that is hashed into the store's keys; the same for all "
           "gateways. One line of at least 32 characters, and a second line that is "
           "also accepted during rotation. Read again when it changes.",
           RedactKeyPath),

      DurationSetting(
          "max_connection_age", &C::max_connection_age, milliseconds(0), hours(24),
          "Age after which a caller must open a new connection, so that new gateways get their "
          "share of calls. 0s: half an hour. A drain waits for old connections, 1.2 times this age "
          "and at most one minute; with 0s it does not wait."),
      DurationSetting("drain_delay", &C::drain_delay, milliseconds(0), hours(1),
                      "Time after SIGTERM during which calls are served while health is "
                      "NOT_SERVING."),
      DurationSetting("drain_timeout", &C::drain_timeout, milliseconds(0), hours(1),
                      "Time that running calls have to finish, at the end of a drain."),

      Switch("reflection", &C::reflection,
             "gRPC server reflection, which lets tools call the gateway without proto "
             "files."),
      Switch("channelz", &C::channelz, "gRPC channelz. Any caller can then see all connections."),
      Live(Choice("log_level", &C::log_level,
                  {{"debug", Severity::kDebug},
                   {"info", Severity::kInfo},
                   {"warning", Severity::kWarning},
                   {"warn", Severity::kWarning},
                   {"error", Severity::kError}},
                  "Lowest severity that is logged: debug, info, warning, error.")),
      Choice("log_format", &C::log_format, {{"json", LogFormat::kJson}, {"text", LogFormat::kText}},
             "Format of the log. json: one object per line; text: for a terminal, in colour on "
             "one unless NO_COLOR is set."),
      Live(Count("log_create_success_percent", &C::log_create_success_percent, 0, 100,
                 "Successful CreateAuthCode calls that are logged, in percent. A line has the "
                 "number of calls it stands for in `count`. Exchanges and failures are always "
                 "logged.")),
      Choice("probe", &C::probe,
             {{"none", ProbeKind::kNone},
              {"health", ProbeKind::kHealth},
              {"live", ProbeKind::kLive},
              {"ready", ProbeKind::kReady}},
             "Query the gateway that runs on this machine with the same settings, then exit: 0 "
             "when it is "
             "healthy, else 1. health: the gRPC health service at --listen, not with TLS; live, "
             "ready: /livez, /readyz at --admin_listen."),
      Switch("check_config", &C::check_config,
             "Check all settings, print them with secrets redacted, and exit with 0, or with 2 "
             "when one is wrong."),
  };
}

}  // namespace

std::string Setting::EnvironmentName() const {
  return "OAUTH_GATEWAY_" + absl::AsciiStrToUpper({name.data(), name.size()});
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
