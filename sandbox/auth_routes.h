#pragma once

#include <string>
#include <string_view>

#include "sandbox/code_book.h"
#include "sandbox/http_answer.h"
#include "sandbox/route_table.h"
#include "sandbox/sandbox_options.h"
#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

// The two operations of the API, from HTTP request to HTTP answer; CodeBook decides. Must outlive
// the table it adds itself to. Not thread-safe.
class AuthRoutes {
 public:
  AuthRoutes(const SandboxOptions& options, CodeBook& codes, SandboxStats& stats);

  void AddTo(RouteTable& routes);

 private:
  Answer Create(const HttpRequest& request);
  Answer Exchange(const HttpRequest& request);
  bool HasKey(const HttpRequest& request) const;

  const std::string base_path_;
  const std::string api_key_;
  const CodeBook::Clock clock_;
  const std::string user_id_;  // of the only user
  CodeBook& codes_;
  SandboxStats& stats_;
};

// The `code` of an exchange's body; empty if there is none or the body cannot be parsed.
std::string AuthCodeIn(const HttpRequest& request);

}  // namespace modelgates::sandbox
