#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "sandbox/code_book.h"
#include "sandbox/request_rules.h"
#include "sandbox/route_table.h"
#include "sandbox/sandbox_options.h"
#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

// The consent page, and the form that it sends.
//
//   GET  /auth?callback_url=...&code_challenge=...&code_challenge_method=S256&limit=5
//   POST /auth    token=...&decision=approve|deny
//
// The POST is redirected (303) to the callback_url of the page, with `code` or
// `error=access_denied` (RFC 6749, 4.1.2.1) added to its query. A token is valid for one decision;
// a repeated POST is redirected to the same URL. It is valid as long as a code, and only together
// with the cookie of its page: another site can read neither, nor make a browser send the cookie
// (SameSite=Strict).
//
// Must outlive the table it adds itself to. Not thread-safe.
class ConsentRoutes {
 public:
  ConsentRoutes(const SandboxOptions& options, CodeBook& codes, SandboxStats& stats);

  void AddTo(RouteTable& routes);

 private:
  // A page that was sent.
  struct Pending {
    std::string callback_url;
    CreateRequest request;
    std::string cookie;
    UtcTime expires_at;
    std::string decision;   // empty: none yet
    std::string auth_code;  // when approved
  };

  Answer Show(const HttpRequest& request);
  Answer Decide(const HttpRequest& request);
  UtcTime Now() const;
  // Keeps it under a new token, and removes old ones. Returns the token.
  std::string Keep(Pending pending);

  const CodeBook::Clock clock_;
  const std::chrono::milliseconds ttl_;
  CodeBook& codes_;
  SandboxStats& stats_;
  std::unordered_map<std::string, Pending> pending_;
  std::deque<std::string> oldest_first_;  // tokens
};

}  // namespace modelgates::sandbox
