#include "caller/caller_methods.h"

#include <algorithm>

#include "base/ascii.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kOwnService = "modelgates.oauth.v1.OAuthService";

bool IsName(std::string_view text, bool with_dots) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [with_dots](char c) {
    return IsAlphanumeric(c) || c == '_' || (with_dots && c == '.');
  });
}

bool IsOwnRpc(std::string_view name) {
  for (size_t i = 0; i < kRpcCount; ++i) {
    if (name == ToString(static_cast<Rpc>(i))) return true;
  }
  return false;
}

std::string PathOf(std::string_view service, std::string_view method) {
  std::string path = "/";
  path.append(service).append("/").append(method);
  return path;
}

}  // namespace

bool CallerMethods::Add(std::string_view text) {
  if (text == "*") {
    all_ = true;
    return true;
  }
  const size_t slash = text.find('/');
  const bool is_short = slash == std::string_view::npos;
  const std::string_view service = is_short ? kOwnService : text.substr(0, slash);
  const std::string_view method = is_short ? text : text.substr(slash + 1);
  if (!IsName(service, true)) return false;
  if (method == "*" && !is_short) {
    paths_.push_back(PathOf(service, ""));
    return true;
  }
  if (!IsName(method, false) || (service == kOwnService && !IsOwnRpc(method))) return false;
  paths_.push_back(PathOf(service, method));
  return true;
}

bool CallerMethods::Allow(std::string_view path) const {
  return all_ || std::any_of(paths_.begin(), paths_.end(), [path](std::string_view allowed) {
           return allowed.ends_with('/') ? path.starts_with(allowed) : path == allowed;
         });
}

}  // namespace modelgates::gateway
