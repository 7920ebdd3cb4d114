#include "sandbox/route_table.h"

#include <utility>

namespace modelgates::sandbox {

using boost::beast::http::verb;

void RouteTable::Add(Route route) { routes_.push_back(std::move(route)); }

const Route* RouteTable::Find(verb method, std::string_view path) const {
  const verb wanted = method == verb::head ? verb::get : method;
  for (const Route& route : routes_) {
    if (route.method == wanted && route.path == path) return &route;
  }
  return nullptr;
}

std::string RouteTable::AllowedMethods(std::string_view path) const {
  std::string methods;
  for (const Route& route : routes_) {
    if (route.path != path) continue;
    if (!methods.empty()) methods += ", ";
    methods += std::string(boost::beast::http::to_string(route.method));
    if (route.method == verb::get) methods += ", HEAD";
  }
  return methods;
}

std::string_view RouteTable::LabelOf(std::string_view path) const {
  for (const Route& route : routes_) {
    if (route.path == path) return route.label;
  }
  return "(other)";
}

}  // namespace modelgates::sandbox
