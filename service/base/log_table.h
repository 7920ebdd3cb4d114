#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace modelgates::gateway {

// Every event of the log, and every field of its lines. docs/operating.md has both tables
// (scripts/docs), and a name that is in neither does not compile.

struct LogEventRow {
  std::string_view name;
  std::string_view severities;
  std::string_view meaning;
};

struct LogFieldRow {
  std::string_view name;
  // text, number, ms (milliseconds with three decimals), boolean
  std::string_view type;
  // The events whose lines have it, separated by spaces. Empty: every event. A field that means
  // something else in another event has a row for each meaning.
  std::string_view events;
  // When lines of these events have it. Empty: always.
  std::string_view when;
  std::string_view meaning;
};

inline constexpr auto kLogEvents = std::to_array<LogEventRow>({
    {"starting", "INFO", "the process starts"},
    {"setting", "WARNING", "a setting is valid but probably a mistake"},
    {"memory_not_locked", "WARNING",
     "keys kept for repeats may be swapped to disk: raise `RLIMIT_MEMLOCK` or disable swap"},
    {"listening", "INFO", "calls are served from now on"},
    {"draining", "INFO", "SIGTERM or SIGINT: the gateway drains"},
    {"stopped", "INFO", "the drain is over"},
    {"signal_ignored", "WARNING", "a signal that the gateway ignores"},
    {"reloaded", "INFO, WARNING",
     "a file changed and is in use; WARNING: changed settings that need a restart"},
    {"reload_failed", "ERROR",
     "a file changed and cannot be used: what was read before stays in use; for a file in "
     "`caller_keys_dir`, the key for 10 s more"},
    {"loop_hangs", "ERROR", "the event loop does not turn"},
    {"loop_turns", "WARNING", "the event loop turns again"},
    {"upstream_failed", "WARNING",
     "a request to the upstream had no complete answer: a line when the cause changes, and one a "
     "minute while it stays"},
    {"upstream_recovered", "INFO", "the upstream has answered for 10 s"},
    {"breaker_opened", "WARNING", "the upstream keeps failing and calls are refused"},
    {"breaker_closed", "INFO", "the upstream works again"},
    {"redis_down", "WARNING, ERROR",
     "the shared store cannot be reached; ERROR: it refuses the login"},
    {"redis_up", "INFO", "the shared store can be reached again"},
    {"redis_master", "INFO", "the shared store has this master: at the start and after a failover"},
    {"exchange_store_refused", "ERROR", "the shared store refused a step of an exchange"},
    {"exchange_replayed", "INFO", "the key of an earlier exchange was returned again"},
    {"contract_violation", "WARNING",
     "an answer of the upstream lacks a field or has it in another type"},
    {"caller_not_allowed", "INFO",
     "a caller called a method of health, reflection or channelz that the callers file does not "
     "allow it"},
    {"callers_limited", "WARNING",
     "calls were refused because their callers are above their share; at most one line a second"},
    {"unknown_method", "INFO", "a caller called a method that the gateway does not serve"},
    {"tls_handshake_failed", "WARNING", "a peer could not connect; at most one line a second"},
    {"connection_refused", "WARNING",
     "a connection exceeded a limit and was closed; at most one line a second"},
    {"accept_failed", "ERROR", "connections wait because descriptors or memory have run out"},
    {"spans_lost", "WARNING", "spans do not reach the collector of [traces](#traces)"},
    {"spans_exported", "INFO", "the collector takes spans again"},
    {"log_lines_dropped", "WARNING", "the reader of stdout is too slow; calls do not wait for it"},
    {"attempt", "DEBUG", "an attempt failed"},
    {"call", "INFO, WARNING", "a call ended; WARNING when operators should know"},
    {"grpc", "WARNING", "gRPC reported an error of its own"},
    {"protobuf", "DEBUG, ERROR", "protobuf reported an error of its own"},
});

inline constexpr std::string_view kEventsOfCalls =
    "call attempt upstream_failed contract_violation exchange_replayed";

inline constexpr auto kLogFields = std::to_array<LogFieldRow>({
    {"timestamp", "text", "", "", "RFC 3339 in UTC with microseconds"},
    {"severity", "text", "", "", "DEBUG, INFO, WARNING or ERROR"},
    {"event", "text", "", "", "what happened, for programs: a name of the table above"},
    {"message", "text", "", "", "what happened, for people"},

    {"trace_id", "text", kEventsOfCalls, "if the call is traced, or its caller sent `traceparent`",
     "trace of the call: 32 hexadecimal digits"},
    {"span_id", "text", kEventsOfCalls, "with `trace_id`",
     "span of the call if it is [traced](#traces), else that of the caller: 16 hexadecimal "
     "digits"},
    {"request_id", "text", kEventsOfCalls, "",
     "the caller's `x-request-id`, or one that the gateway made; callers receive it in the "
     "trailers"},
    {"rpc", "text", kEventsOfCalls, "", "CreateAuthCode or ExchangeAuthCode"},

    {"grpc_code", "text", "call unknown_method", "", "status of the call"},
    {"reason", "text", "call", "if it failed", "reason of the [error](errors.md)"},
    {"stop_reason", "text", "call", "if it failed", "why the gateway stopped trying"},
    {"auth_code_state", "text", "call", "if an exchange failed", "what became of the code"},
    {"http_status", "number", "call attempt", "if the last attempt was answered",
     "the upstream's status in the last attempt"},
    {"cause", "text", "call attempt upstream_failed",
     "if there was no complete answer and more is known than `failure` says",
     "why: certificate, address, system error, proxy"},
    {"upstream_request_id", "text", "call", "if it failed and the upstream sent one",
     "the upstream's `x-request-id`, without secrets"},
    {"upstream_ms", "ms", "call", "if something was sent", "time of all attempts"},
    {"attempts", "number", "call", "", "attempts made"},
    {"joined", "boolean", "call", "of an exchange", "it joined an identical one that was running"},
    {"replayed", "boolean", "call", "of an exchange", "the result of an earlier one was returned"},
    {"degraded", "boolean", "call", "if true", "the exchange ran without the shared store"},
    {"duration_ms", "ms", "call", "", "time of the call"},
    {"peer", "text", "call exchange_replayed unknown_method caller_not_allowed", "",
     "the caller's address and port"},
    {"caller", "text", "call exchange_replayed", "with mutual TLS or a callers file", "who called"},
    {"app_id", "number", "call", "of a create that succeeded", "the app that the code belongs to"},
    {"auth_code_fp", "text", "call exchange_replayed", "if there is a code",
     "keyed hash of the code, the same in the lines of create and exchange; the key is the "
     "process's own"},
    {"count", "number", "call", "if more than 1",
     "successful creates that the line stands for, itself included "
     "(`--log_create_success_percent`)"},

    {"failure", "text", "attempt upstream_failed", "if there was no complete answer",
     "what failed, as in `oauth_gateway_upstream_attempts_total`"},
    {"detail", "text", "attempt upstream_failed", "if it is known",
     "which check of the certificate, which system error, or the proxy, as in "
     "`oauth_gateway_upstream_failures_total`"},
    {"attempt", "number", "attempt upstream_failed", "",
     "number of the attempt in its call, from 1"},
    {"started_ms", "ms", "attempt", "", "from the start of the call to that of the attempt"},
    {"elapsed_ms", "ms", "attempt", "", "time of the attempt"},
    {"count", "number", "upstream_failed", "",
     "failures with this cause that the line stands for, itself included"},
    {"count", "number", "upstream_recovered", "", "requests that failed before"},
    {"field", "text", "contract_violation", "", "name of the field"},
    {"attempts", "number", "breaker_opened", "", "attempts within `--breaker_window`"},
    {"failures", "number", "breaker_opened", "", "those that failed"},
    {"reason", "text", "breaker_opened", "", "reason of the last failure"},
    {"open_ms", "ms", "breaker_closed", "", "time that the breaker was open"},
    {"refused", "number", "breaker_closed", "", "calls refused in that time"},

    {"url", "text", "redis_down redis_up redis_master", "", "the shared store, without password"},
    {"reason", "text", "redis_down", "",
     "what failed: `refused`, `not_ready`, `not_master`, `master_unknown` (the sentinels do not "
     "know "
     "the name), `garbage`, or the failure of the connection"},
    {"node", "text", "redis_down", "if it is known",
     "address of the server or sentinel that failed"},
    {"node", "text", "redis_up redis_master", "", "address of the server"},
    {"previous_node", "text", "redis_master", "after a failover", "address of the server before"},
    {"down_ms", "ms", "redis_up redis_master", "", "time without a connection to the store"},
    {"cause", "text", "redis_down", "if it is known", "certificate, address or system error"},
    {"redis_error", "text", "redis_down", "if the store answered", "first word of its error"},
    {"redis_error", "text", "exchange_store_refused", "", "first word of the store's error"},

    {"caller", "text", "caller_not_allowed", "", "who called"},
    {"method", "text", "unknown_method caller_not_allowed", "", "path of the method"},
    {"caller", "text", "callers_limited", "", "the caller that was refused most"},
    {"refused_of_caller", "number", "callers_limited", "",
     "refused calls of that caller since the last such line"},
    {"refused_in_all", "number", "callers_limited", "",
     "refused calls of all callers since the last such line"},
    {"cause", "text", "tls_handshake_failed", "",
     "as in `oauth_gateway_tls_handshake_failures_total`"},
    {"cause", "text", "connection_refused", "", "the setting whose limit was exceeded"},
    {"peer", "text", "tls_handshake_failed connection_refused", "", "address and port of the peer"},
    {"count", "number", "tls_handshake_failed connection_refused", "",
     "peers that the line stands for, itself included"},
    {"error", "text", "tls_handshake_failed", "", "OpenSSL's reason"},
    {"error", "text", "accept_failed memory_not_locked", "", "the system's error"},

    {"setting", "text", "reloaded reload_failed", "",
     "the setting that names the file; `flagfile`: all settings, after SIGHUP"},
    {"changed", "text", "reloaded", "if `setting` is `flagfile`",
     "live settings with another value"},
    {"need_restart", "text", "reloaded", "if there are any",
     "other settings with another value, which is not in use"},
    {"error", "text", "reload_failed", "", "what is wrong with the file"},
    {"warning", "text", "setting", "", "the setting, and what is odd"},

    {"version", "text", "starting", "", "version of the program"},
    {"commit", "text", "starting", "", "commit that it was built from"},
    {"upstream", "text", "starting", "", "base URL of the REST API"},
    {"grpc_address", "text", "listening", "", "address and port of gRPC"},
    {"admin_address", "text", "listening", "", "address and port of the pages for operators"},
    {"signal", "text", "signal_ignored", "", "its name"},
    {"complete", "boolean", "stopped", "", "every call and exchange finished"},

    {"cause", "text", "spans_lost", "", "as in `oauth_gateway_spans_dropped_total`"},
    {"error", "text", "spans_lost", "", "why"},
    {"count", "number", "spans_exported", "", "spans that were lost before"},
    {"lines", "number", "log_lines_dropped", "",
     "lines that were dropped since the last such line"},
    {"file", "text", "grpc protobuf", "", "source of the library that reported it"},
    {"line", "number", "grpc protobuf", "", "line in that source"},
});

// A name of the table `Rows`, checked when the program is compiled.
template <const auto& Rows>
class LogName {
 public:
  consteval LogName(const char* name) : text_(name) {
    if (std::ranges::none_of(Rows, [&](const auto& row) { return row.name == text_; })) {
      IsNotInTheTable();
    }
  }

  constexpr std::string_view text() const { return text_; }

 private:
  static void IsNotInTheTable() {}  // not constexpr, so that it ends the compilation

  std::string_view text_;
};

using LogEvent = LogName<kLogEvents>;
using LogField = LogName<kLogFields>;

}  // namespace modelgates::gateway
