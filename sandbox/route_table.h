#pragma once

#include <boost/beast/http/verb.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// Latency and faults are for what a client of ModelGates sees; the rest must always answer at once.
enum class RouteKind { kApi, kControl, kProbe };

// What a handler answers, and which code it was about, for the fingerprint in the log (empty:
// none).
struct Answer {
  HttpResponse http_response;
  std::string auth_code;
};

struct Route {
  boost::beast::http::verb method;
  std::string path;   // whole, with the base path
  std::string label;  // the name in stats, faults and log; below the base path
  RouteKind kind;
  std::function<Answer(const HttpRequest&)> answer;
};

// All that the sandbox serves. A page (the consent page, say) is one more row.
class RouteTable {
 public:
  void Add(Route route);

  // Null when there is none. HEAD finds the route of GET.
  const Route* Find(boost::beast::http::verb method, std::string_view path) const;

  // The methods of the path as the Allow header lists them; empty when the path is unknown.
  std::string AllowedMethods(std::string_view path) const;

  // The label of the path; "(other)" when it is unknown, so that no text of a caller gets through.
  std::string_view LabelOf(std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace modelgates::sandbox
