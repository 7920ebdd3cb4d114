#include "status/status_html.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "status/chart.h"
#include "status/html.h"
#include "status/page_text.h"
#include "status/tables.h"

namespace modelgates::gateway {
namespace {

// A part that the script replaces; `id` finds it.
std::string Live(std::string_view element, std::string_view id, const Html& content) {
  return fmt::format("<{0} id=\"{1}\" data-live>{2}</{0}>", element, id, content.markup);
}

// A section that can be closed. Wide tables scroll, also by keyboard.
std::string Section(std::string_view id, std::string_view title, const Html& content,
                    std::string_view style = "") {
  return fmt::format(
      "<details open class=\"{}\"><summary><h2>{}</h2></summary>"
      "<div tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</div></details>\n",
      style, title, title, Live("div", id, content));
}

Html Tile(std::string_view name, const Html& value) {
  return {fmt::format("<p><span>{}</span> <b>{}</b></p>", name, value.markup)};
}

Html BreakerTile(const Figures& figures) {
  const Figure state = figures.Get("oauth_gateway_breaker_state");
  const std::string_view words = state.value == 0   ? "closed"
                                 : state.value == 1 ? "half-open"
                                                    : "open";
  return Tile("Circuit breaker",
              {fmt::format("<span class=\"{}\">{}</span>", state.value == 0 ? "good" : "bad",
                           ToHtml(state, words).markup)});
}

Html Tiles(const Figures& figures) {
  const auto tile = [&figures](std::string_view name, std::string_view family) {
    return Tile(name, ToHtml(figures.Get(family))).markup;
  };
  const Figure memory = figures.Get("process_resident_memory_bytes");
  return {tile("Calls running", "oauth_gateway_calls_in_flight") +
          tile("Exchanges running", "oauth_gateway_exchanges_in_flight") +
          BreakerTile(figures).markup + tile("Retry budget", "oauth_gateway_retry_budget_tokens") +
          tile("Upstream connections", "oauth_gateway_upstream_connections") +
          tile("Callers' connections", "oauth_gateway_connections") +
          tile("Callers counted", "oauth_gateway_callers_counted") +
          tile("Log lines dropped", "oauth_gateway_log_lines_dropped_total") +
          Tile("Memory", ToHtml(memory, ShowBytes(memory.value))).markup};
}

// What happened between a sample and the one before, in both RPCs.
struct Interval {
  double seconds = 0;
  double seconds_ago = 0;  // its end
  CallCounts counts;
};

// The last sample is of this moment: the interval before it may be too short for a rate, so it is
// left out unless it is the only one.
std::vector<Interval> ToIntervals(const std::vector<StatusSample>& history) {
  using Seconds = std::chrono::duration<double>;
  std::vector<Interval> intervals;
  const size_t end = history.size() > 2 ? history.size() - 1 : history.size();
  for (size_t i = 1; i < end; ++i) {
    CallCounts counts = history[i].Sum();
    counts -= history[i - 1].Sum();
    intervals.push_back({Seconds(history[i].at - history[i - 1].at).count(),
                         Seconds(history.back().at - history[i].at).count(), std::move(counts)});
  }
  return intervals;
}

using ValueOf = std::function<std::optional<double>(const Interval&)>;

ValueOf Rate(double CallCounts::*member) {
  return [member](const Interval& interval) -> std::optional<double> {
    if (interval.seconds <= 0) return std::nullopt;
    return interval.counts.*member / interval.seconds;
  };
}

ValueOf Quantile(double quantile) {
  return [quantile](const Interval& interval) { return SecondsAt(quantile, interval.counts); };
}

Html Charts(const std::vector<StatusSample>& history) {
  const std::vector<Interval> intervals = ToIntervals(history);
  const auto line = [&intervals](std::string_view name, const ValueOf& value_of) {
    ChartLine made{name, {}};
    for (const Interval& interval : intervals) {
      made.points.push_back({interval.seconds_ago, value_of(interval)});
    }
    return made;
  };
  const auto per_second = [](double value) { return fmt::format("{:.3g}/s", value); };
  const Html calls = ToChart(
      "Calls", {line("ended", Rate(&CallCounts::calls)), line("failed", Rate(&CallCounts::failed))},
      per_second);
  const Html seconds = ToChart(
      "Duration of calls", {line("p50", Quantile(0.5)), line("p99", Quantile(0.99))}, ShowSeconds);
  const Html attempts = ToChart("Attempts upstream",
                                {line("all", Rate(&CallCounts::attempts)),
                                 line("failed", Rate(&CallCounts::failed_attempts))},
                                per_second);
  return {calls.markup + seconds.markup + attempts.markup};
}

Html Updated(const StatusFacts& facts) {
  return Text("at " + absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", facts.now, absl::UTCTimeZone()));
}

std::string BuildLabel(const Figures& figures, std::string_view name) {
  const std::vector<Figures::Series> build = figures.All("oauth_gateway_build_info");
  return build.empty() ? "" : std::string(build.front().Label(name));
}

std::string Header(const StatusSnapshot& snapshot) {
  const StatusFacts& facts = snapshot.facts;
  const Figure start = snapshot.figures.Get("process_start_time_seconds");
  const double age = absl::ToDoubleSeconds(facts.now - absl::UnixEpoch()) - start.value;
  const Figure build = snapshot.figures.Get("oauth_gateway_build_info");
  return fmt::format(
      "<header><h1>oauth-gateway</h1>\n<p>{}</p>\n{}\n{}\n{}\n"
      "<button id=\"pause\" type=\"button\" hidden>Pause</button>\n"
      "<p id=\"state\" role=\"status\" class=\"bad\"></p>\n"
      "<noscript><p>Without JavaScript this page is of one moment: reload it.</p></noscript>\n"
      "<p><a href=\"/\">Other pages</a></p></header>\n",
      ToHtml(build, fmt::format("version {}, commit {}", BuildLabel(snapshot.figures, "version"),
                                BuildLabel(snapshot.figures, "commit")))
          .markup,
      Live("p", "serving",
           {facts.serving ? "<b class=\"good\">serving</b>" : "<b class=\"bad\">not serving</b>"}),
      Live("p", "uptime", {"up " + ToHtml(start, ShowAge(age)).markup}),
      Live("p", "updated", Updated(facts)));
}

}  // namespace

std::string ToStatusPage(const StatusSnapshot& snapshot) {
  const std::string build = BuildLabel(snapshot.figures, "commit");
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\" data-build=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>oauth-gateway: status</title>\n<style>{}</style>\n</head>\n<body>\n",
      Text(build).markup, kStatusStyle);
  page += Header(snapshot);
  page += "<main>\n";
  page += fmt::format("<div class=\"wide tiles\" id=\"tiles\" data-live>{}</div>\n",
                      Tiles(snapshot.figures).markup);
  page += fmt::format("<div class=\"wide charts\" id=\"charts\" data-live>{}</div>\n",
                      Charts(snapshot.history).markup);
  page += Section("failures", "Last failures", FailuresTable(snapshot), "wide");
  page += Section("calls", "Calls", CallsTable(snapshot), "wide");
  page += Section("errors", "Errors by reason", ErrorsTable(snapshot));
  page += Section("attempts", "Attempts upstream", AttemptsTable(snapshot));
  page += Section("exchanges", "Exchanges", ExchangesTable(snapshot));
  page += Section("files", "Certificates, keys and other files", FilesTable(snapshot));
  page += Section("callers", "Callers by used share", CallersTable(snapshot), "wide");
  page += Section("settings", "Settings that differ from their default", SettingsTable(snapshot),
                  "wide");
  return page + fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", kStatusScript);
}

std::string StatusPagePolicy() {
  return fmt::format(
      "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'",
      Sha256Source(kStatusStyle), Sha256Source(kStatusScript));
}

}  // namespace modelgates::gateway
