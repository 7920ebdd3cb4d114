#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "status/html.h"

namespace modelgates::gateway {

// One line of a chart. A point is absent where there is no value.
struct ChartLine {
  std::string_view name;
  struct Point {
    double seconds_ago = 0;
    std::optional<double> value;
  };
  std::vector<Point> points;  // oldest first
};

// A chart of at most two lines over ten minutes, from zero to its highest value, as a figure of
// HTML with SVG. `title` and the lines' names are plain words; `show` writes a value with its unit.
Html ToChart(std::string_view title, const std::vector<ChartLine>& lines,
             const std::function<std::string(double)>& show);

}  // namespace modelgates::gateway
