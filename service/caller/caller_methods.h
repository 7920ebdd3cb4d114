#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// The methods that a rule allows.
class CallerMethods {
 public:
  // `text`: an RPC of OAuthService by its name, package.Service/Method, package.Service/*, or *.
  // False: another form, or a name that OAuthService does not have.
  bool Add(std::string_view text);

  // `path`: the :path of the HTTP/2 request, /package.Service/Method.
  bool Allow(std::string_view path) const;

  friend bool operator==(const CallerMethods&, const CallerMethods&) = default;

 private:
  bool all_ = false;
  std::vector<std::string> paths_;  // with '/' at the end: all methods of a service
};

}  // namespace modelgates::gateway
