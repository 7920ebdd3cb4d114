#include "status/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "status/history.h"

namespace modelgates::gateway {
namespace {

// Of the view box; the page stretches it.
constexpr double kWidth = 600;
constexpr double kHeight = 100;

double HighestOf(const std::vector<ChartLine>& lines) {
  double highest = 0;
  for (const ChartLine& line : lines) {
    for (const ChartLine::Point& point : line.points) {
      highest = std::max(highest, point.value.value_or(0));
    }
  }
  return highest;
}

// A path with a gap where a point has no value. A value between two gaps is a dot.
std::string PathOf(const ChartLine& line, double highest) {
  constexpr double kSeconds = std::chrono::duration<double>(StatusHistory::kLength).count();
  std::string path;
  bool is_drawing = false;
  for (const ChartLine::Point& point : line.points) {
    if (point.value) {
      const double x = kWidth * (1 - std::min(1.0, point.seconds_ago / kSeconds));
      const double y = highest > 0 ? kHeight * (1 - *point.value / highest) : kHeight;
      path +=
          fmt::format("{}{:.1f} {:.1f}{}", is_drawing ? "L" : "M", x, y, is_drawing ? "" : "h0");
    }
    is_drawing = point.value.has_value();
  }
  return path;
}

}  // namespace

Html ToChart(std::string_view title, const std::vector<ChartLine>& lines,
             const std::function<std::string(double)>& show) {
  const double highest = HighestOf(lines);
  std::string legend;
  std::string spoken = std::string(title) + ", last ten minutes:";
  std::string paths;
  char key = 'a';
  for (const ChartLine& line : lines) {
    const bool has_value = !line.points.empty() && line.points.back().value.has_value();
    const std::string now = has_value ? show(*line.points.back().value) : "none";
    legend += fmt::format("<span class=\"{}\">{} <b>{}</b></span> ", key, Text(line.name).markup,
                          Text(now).markup);
    spoken += fmt::format(" {} now {},", line.name, now);
    paths += fmt::format("<path class=\"{}\" d=\"{}\"/>", key, PathOf(line, highest));
    ++key;
  }
  spoken += " highest " + show(highest);
  return {fmt::format(
      "<figure><figcaption><h3>{}</h3><p>{}</p></figcaption>"
      "<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{}\">{}</svg>"
      "<p class=\"axis\"><span>10 min ago</span><span>highest {}</span><span>now</span></p>"
      "</figure>",
      Text(title).markup, legend, kWidth, kHeight, Text(spoken).markup, paths,
      Text(show(highest)).markup)};
}

}  // namespace modelgates::gateway
