#include "config/settings.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

#include "config/value_rules.h"

namespace modelgates::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

enum class Empty : uint8_t { kAllowed, kRefused };

Setting Text(std::string_view name, std::string_view value, std::string Config::*member,
             Empty empty, Rule (*rule)(std::string_view), std::string_view help) {
  Setting setting{name, value, help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    const bool off = text.empty() && empty == Empty::kAllowed;
    if (Rule broken = off || !rule ? std::nullopt : rule(text)) return broken;
    config.*member = text;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return config.*member; };
  return setting;
}

Setting Redacted(Setting setting, std::string (*redact)(std::string_view)) {
  setting.redact = redact;
  return setting;
}

Setting Switch(std::string_view name, bool Config::*member, std::string_view help) {
  Setting setting{name, "", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    for (const std::string_view yes : {"true", "t", "yes", "y", "1"}) {
      if (lower == yes) {
        config.*member = true;
        return std::nullopt;
      }
    }
    for (const std::string_view no : {"false", "f", "no", "n", "0"}) {
      if (lower == no) {
        config.*member = false;
        return std::nullopt;
      }
    }
    return "must be true or false";
  };
  setting.print = [=](const Config& config) { return config.*member ? "true" : "false"; };
  return setting;
}

Setting Count(std::string_view name, int Config::*member, int least, int most,
              std::string_view help) {
  Setting setting{name, "COUNT", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number < least || number > most) {
      return fmt::format("must be a whole number from {} to {}", least, most);
    }
    config.*member = number;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return fmt::format("{}", config.*member); };
  return setting;
}

Setting Factor(std::string_view name, double Config::*member, double least, double most,
               std::string_view help) {
  Setting setting{name, "FACTOR", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // Written so that NaN, which compares with nothing, is refused.
    if (error != std::errc() || stop != end || !(number >= least && number <= most)) {
      return fmt::format("must be a number from {} to {}", least, most);
    }
    config.*member = number;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return fmt::format("{}", config.*member); };
  return setting;
}

Setting Length(std::string_view name, milliseconds Config::*member, milliseconds least,
               milliseconds most, std::string_view help) {
  Setting setting{name, "DURATION", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    const std::optional<milliseconds> length = ParseDuration(text);
    if (!length || *length < least || *length > most) {
      return fmt::format(
          "must be a duration from {} to {} in whole milliseconds, such as 500ms, 30s or 1m30s",
          PrintDuration(least), PrintDuration(most));
    }
    config.*member = *length;
    return std::nullopt;
  };
  setting.print = [=](const Config& config) { return PrintDuration(config.*member); };
  return setting;
}

template <class T>
Setting Choice(std::string_view name, T Config::*member,
               std::initializer_list<std::pair<std::string_view, T>> list, std::string_view help) {
  const std::vector<std::pair<std::string_view, T>> choices(list);
  Setting setting{name, "CHOICE", help, nullptr, nullptr};
  setting.parse = [=](std::string_view text, Config& config) -> Rule {
    std::string names;
    for (const auto& [choice, value] : choices) {
      if (choice == text) {
        config.*member = value;
        return std::nullopt;
      }
      names += fmt::format("{}{}", names.empty() ? "" : ", ", choice);
    }
    return fmt::format("must be one of {}", names);
  };
  setting.print = [=](const Config& config) {
    for (const auto& [choice, value] : choices) {
      if (value == config.*member) return std::string(choice);
    }
    return std::string();
  };
  return setting;
}

std::vector<Setting> MakeSettings() {
  using C = Config;
  return {
      Text("listen", "HOST:PORT", &C::listen, Empty::kRefused, HostPortRule,
           "Where gRPC is served; 0.0.0.0 and [::] are every address, of IPv4 and IPv6; port 0 "
           "picks one, which the log line `listening` names."),
      Text("admin_listen", "HOST:PORT", &C::admin_listen, Empty::kAllowed, HostPortRule,
           "Where probes and metrics are served over HTTP; empty switches it off."),

      Redacted(Text("upstream", "URL", &C::upstream, Empty::kRefused, UpstreamRule,
                    "Base URL of the REST API. http is refused unless the host is loopback or "
                    "--insecure_upstream is set."),
               RedactUrl),
      Text("upstream_ca_file", "FILE", &C::upstream_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CAs that the upstream's certificate may come from, instead of the "
           "system's."),
      Redacted(Text("upstream_proxy", "URL", &C::upstream_proxy, Empty::kAllowed, ProxyRule,
                    "Proxy for the upstream. Proxy variables of the environment are ignored."),
               RedactUrl),
      Switch("insecure_upstream", &C::insecure_upstream,
             "Allow an http upstream that is not loopback: codes and keys travel in clear."),

      Redacted(Text("api_key_file", "FILE", &C::api_key_file, Empty::kAllowed, nullptr,
                    "File with the gateway's own key, read again when it changes. Without it the "
                    "environment variable MODELGATES_API_KEY holds the key. No key: no "
                    "Authorization header."),
               RedactKeyPath),
      Choice("credential_mode", &C::credential_mode,
             {{"service", CredentialMode::kService},
              {"passthrough", CredentialMode::kPassthrough},
              {"either", CredentialMode::kEither}},
             "Whose bearer goes upstream. service: the gateway's; passthrough: the caller's "
             "`authorization` metadata, which is required; either: the caller's when sent, else "
             "the gateway's (needs authenticated callers)."),

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
      Redacted(Text("exchange_store", "URL", &C::exchange_store, Empty::kAllowed, StoreRule,
                    "redis://host:port or rediss://host:port of a Redis-compatible server where "
                    "gateways share exchanges, so that a repeat finds its key whichever of them "
                    "it reaches. None: only where it reaches the same one."),
               RedactUrl),
      Text("exchange_store_ca_file", "FILE", &C::exchange_store_ca_file, Empty::kAllowed, nullptr,
           "PEM file of the CAs that the store's certificate may come from, instead of the "
           "system's."),
      Switch("exchange_store_fail_closed", &C::exchange_store_fail_closed,
             "Refuse exchanges while the store cannot be asked, instead of going on without it."),
      Redacted(
          Text("exchange_pepper_file", "FILE", &C::exchange_pepper_file, Empty::kAllowed, nullptr,
               "File with the secret that names exchanges in the store, the same for all "
               "gateways: a line of at least 32 characters, and a second one that is accepted "
               "as well while they are rotated. Read again when it changes."),
          RedactKeyPath),

      Length(
          "max_connection_age", &C::max_connection_age, milliseconds(0), hours(24),
          "How old a caller's connection gets before it is asked to make another one, so that "
          "gateways that come get their share of calls; 0s is any age. A drain waits 1.2 times as "
          "long for the last of them, a minute at most."),
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
