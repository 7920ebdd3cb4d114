#pragma once

#include <boost/beast/http/verb.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// Latency and faults apply to kApi only; the others always answer at once.
enum class RouteKind { kApi, kControl, kProbe };

// The answer of a handler, and the code in the request, for the fingerprint in the log (empty:
// none).
struct Answer {
  HttpResponse http_response;
  std::string auth_code;
};

struct Route {
  boost::beast::http::verb method;
  std::string path;   // complete, with the base path
  std::string label;  // the name in stats, faults and log: the path without the base path
  RouteKind kind;
  std::function<Answer(const HttpRequest&)> answer;
};

// The routes of the sandbox: API, control, probes and pages.
class RouteTable {
 public:
  void Add(Route route);

  // Null when there is none. HEAD finds the route of GET.
  const Route* Find(boost::beast::http::verb method, std::string_view path) const;

  // The methods of the path as the Allow header lists them; empty when the path is unknown.
  std::string AllowedMethods(std::string_view path) const;

  // The label of the path; "(other)" if it is unknown, so that text of a caller is never logged.
  std::string_view LabelOf(std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace modelgates::sandbox
