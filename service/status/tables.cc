#include "status/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace modelgates::gateway {
namespace {

using Row = std::vector<Html>;

Html ShowTime(absl::Time time, const char* format) {
  const std::string exact = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  const std::string shown = absl::FormatTime(format, time, absl::UTCTimeZone());
  return {fmt::format("<time datetime=\"{}\">{}</time>", exact, shown)};
}

Html ShowDuration(std::optional<double> seconds) {
  return Text(seconds ? ShowSeconds(*seconds) : "-");
}

std::string ShowPercent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.3g} %", 100 * part / whole) : "-";
}

// A row for each sample above zero: its labels, then its value. The highest first.
std::vector<Row> RowsAboveZero(const Figures& figures, std::string_view family,
                               std::initializer_list<std::string_view> labels) {
  std::vector<Figures::Series> all = figures.All(family);
  std::erase_if(all, [](const auto& series) { return series.figure.value == 0; });
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.figure.value > b.figure.value; });
  std::vector<Row> rows;
  for (const Figures::Series& series : all) {
    Row row;
    for (const std::string_view label : labels) row.push_back(Text(series.Label(label)));
    row.push_back(ToHtml(series.figure));
    rows.push_back(std::move(row));
  }
  return rows;
}

// How long ago the content in use was read: at the start, unless it changed since.
Html ShowReadAt(const Figures& figures, absl::Time now, std::string_view file) {
  const Figure read = figures.Get("oauth_gateway_last_reload_timestamp_seconds", {{"file", file}});
  const double start = figures.Get("process_start_time_seconds").value;
  const double age = absl::ToDoubleSeconds(now - absl::UnixEpoch()) - std::max(read.value, start);
  const std::string at = read.value == 0 ? "at the start, " : "";
  return ToHtml(read, fmt::format("{}{} ago", at, ShowAge(age)));
}

Html ShowExpiry(const Figures& figures, absl::Time now, std::string_view file) {
  const Figure expiry =
      figures.Get("oauth_gateway_tls_certificate_expiry_timestamp_seconds", {{"file", file}});
  if (expiry.value == 0) return Text("");
  const double left = expiry.value - absl::ToDoubleSeconds(now - absl::UnixEpoch());
  const Html shown = ToHtml(expiry, left > 0 ? "in " + ShowAge(left) : ShowAge(-left) + " ago");
  constexpr double kWeek = 7 * 86400;
  return left > kWeek ? shown : Html{"<strong class=\"bad\">" + shown.markup + "</strong>"};
}

}  // namespace

Html ToTable(std::initializer_list<std::string_view> headings, const std::vector<Row>& rows) {
  if (rows.empty()) return {"<p class=\"quiet\">none</p>"};
  std::string table = "<table><thead><tr>";
  for (const std::string_view heading : headings) {
    table += fmt::format("<th scope=\"col\">{}</th>", Text(heading).markup);
  }
  table += "</tr></thead><tbody>";
  for (const Row& row : rows) {
    table += "<tr>";
    for (const Html& cell : row) table += "<td>" + cell.markup + "</td>";
    table += "</tr>";
  }
  return {table + "</tbody></table>"};
}

Html CallsTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows;
  for (size_t i = 0; i < kRpcCount; ++i) {
    const std::string_view rpc = ToString(static_cast<Rpc>(i));
    CallCounts recent = snapshot.history.back().rpcs[i];
    recent -= snapshot.history.front().rpcs[i];
    rows.push_back(
        {Text(rpc),
         ToHtml(snapshot.figures.Get("grpc_server_started_total", {{"grpc_method", rpc}})),
         ToHtml(snapshot.figures.Get("grpc_server_handled_total",
                                     {{"grpc_method", rpc}, {"grpc_code", "OK"}})),
         Text(ShowNumber(recent.calls)), Text(ShowNumber(recent.failed)),
         Text(ShowPercent(recent.failed, recent.calls)), ShowDuration(SecondsAt(0.5, recent)),
         ShowDuration(SecondsAt(0.9, recent)), ShowDuration(SecondsAt(0.99, recent))});
  }
  return ToTable(
      {"RPC", "Started", "OK", "Ended, 10 min", "Failed, 10 min", "Failed", "p50", "p90", "p99"},
      rows);
}

Html AttemptsTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows =
      RowsAboveZero(snapshot.figures, "oauth_gateway_upstream_attempts_total", {"rpc", "outcome"});
  for (size_t i = 0; i < kRpcCount; ++i) {
    const std::string_view rpc = ToString(static_cast<Rpc>(i));
    rows.push_back({Text(rpc), Text("retries"),
                    ToHtml(snapshot.figures.Get("oauth_gateway_retries_total",
                                                {{"rpc", rpc}, {"decision", "retry"}}))});
  }
  return ToTable({"RPC", "Outcome", "Total"}, rows);
}

Html ErrorsTable(const StatusSnapshot& snapshot) {
  return ToTable({"Reason", "RPC", "Total"},
                 RowsAboveZero(snapshot.figures, "oauth_gateway_errors_total", {"reason", "rpc"}));
}

Html ExchangesTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows = RowsAboveZero(snapshot.figures, "oauth_gateway_exchanges", {"state"});
  const auto add = [&](std::string_view words, std::string_view family) {
    rows.push_back({Text(words), ToHtml(snapshot.figures.Get(family))});
  };
  add("running", "oauth_gateway_exchanges_in_flight");
  add("calls that joined", "oauth_gateway_exchange_joins_total");
  add("calls that were answered again", "oauth_gateway_exchange_replays_total");
  add("outcome unknown", "oauth_gateway_exchange_outcome_unknown_total");
  add("not sent again", "oauth_gateway_resend_prevented_total");
  add("failed requests to the store", "oauth_gateway_exchange_store_unavailable_total");
  return ToTable({"State or event", "Number"}, rows);
}

Html CallersTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows;
  for (const CallerLimits::Use& use : snapshot.facts.callers) {
    const auto& [rate, concurrent] = use.share;
    rows.push_back({Text(use.caller), Text(ShowPercent(use.used, 1)), Text(ShowNumber(use.calls)),
                    Text(concurrent ? ShowNumber(*concurrent) : "-"),
                    Text(rate ? ShowNumber(*rate) : "-")});
  }
  return ToTable({"Caller", "Share used", "Calls running", "at most", "Calls/s, at most"}, rows);
}

Html FilesTable(const StatusSnapshot& snapshot) {
  const absl::Time now = snapshot.facts.now;
  std::vector<Row> rows;
  for (const std::string& file : snapshot.facts.files) {
    // Certificate, key and client CAs are read together.
    const bool is_of_tls = file == "tls_key_file" || file == "tls_client_ca_file";
    rows.push_back({Text(file),
                    ShowReadAt(snapshot.figures, now, is_of_tls ? "tls_cert_file" : file),
                    ShowExpiry(snapshot.figures, now, file)});
  }
  return ToTable({"File of", "Read", "Expires"}, rows);
}

Html SettingsTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows;
  for (const ShownSetting& setting : snapshot.facts.changed) {
    rows.push_back({Text(setting.name), Text(setting.value), Text(setting.source)});
  }
  return ToTable({"Setting", "Value", "From"}, rows);
}

Html FailuresTable(const StatusSnapshot& snapshot) {
  std::vector<Row> rows;
  for (const RecentFailure& failure : snapshot.facts.failures) {
    rows.push_back({ShowTime(failure.at, "%H:%M:%S"), Text(ToString(failure.rpc)),
                    Text(failure.reason),
                    Text(failure.http_status != 0 && failure.cause.empty()
                             ? fmt::format("HTTP status {}", failure.http_status)
                             : failure.cause),
                    Text(fmt::format("{}", failure.attempts)), Text(failure.request_id),
                    Text(failure.upstream_request_id)});
  }
  return ToTable(
      {"Time (UTC)", "RPC", "Reason", "Cause", "Attempts", "Request id", "Upstream request id"},
      rows);
}

}  // namespace modelgates::gateway
