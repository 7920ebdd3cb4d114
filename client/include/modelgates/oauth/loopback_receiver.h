#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "modelgates/oauth/result.h"
#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// Where the user's browser brings the authorization code to an app that has no server (RFC 8252,
// section 7.3): a port of 127.0.0.1 that is open for one login.
//
//   Result<LoopbackReceiver> receiver = LoopbackReceiver::Listen({.app_name = "My App"});
//   Open(*AuthorizationUrl({.callback_url = receiver->callback_url(), ...}));
//   Result<SecretText> code = receiver->Wait(std::chrono::minutes(5));
//
// One redirect is accepted: a GET of the very path, with the state of this login, and one `code` or
// one `error`. Everything else gets 404 and changes nothing: other paths, methods, hosts and
// states, and whatever comes after the redirect. Connections that send nothing, little, or too much
// (8 KiB) are closed after 5 s, and the oldest goes when there are more than 32, so that none of
// them can keep the redirect out.
//
// The browser is shown a page that loads nothing and runs nothing.
class LoopbackReceiver {
 public:
  struct Options {
    // As the user knows it; on the page. UTF-8.
    std::string app_name{};
    // Starts with a slash, has no query.
    std::string path = "/callback";
    // 0: any that is free, which section 7.3 asks for.
    int port = 0;
  };

  // Opens the port; browsers may come from then on. kUnavailable when there is none to be had,
  // kInvalidArgument for a wrong option.
  static Result<LoopbackReceiver> Listen(Options options);
  static Result<LoopbackReceiver> Listen();

  LoopbackReceiver(LoopbackReceiver&&) noexcept;
  LoopbackReceiver& operator=(LoopbackReceiver&&) noexcept;
  // Closes the port.
  ~LoopbackReceiver();

  // "http://127.0.0.1:49152/callback?state=...", with 32 random bytes as state. The state stands in
  // the query, which the authorization page has to keep (RFC 6749, section 3.1.2).
  const std::string& callback_url() const;

  // Serves on this thread until the redirect has come and its page is sent, then closes the port.
  // Once per object.
  //
  // Errors, all without a reason: kPermissionDenied when the redirect brought an `error`, whose
  // name
  // ("access_denied", RFC 6749, section 4.1.2.1) is in reason_name; kDeadlineExceeded after
  // `timeout`; kCancelled when `stop` was asked; kFailedPrecondition when it was waited for before.
  Result<SecretText> Wait(std::chrono::milliseconds timeout, std::stop_token stop = {});

 private:
  class Impl;
  explicit LoopbackReceiver(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace modelgates::oauth
