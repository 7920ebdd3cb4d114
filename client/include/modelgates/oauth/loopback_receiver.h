#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "modelgates/oauth/result.h"
#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// How a login ended, for the browser.
enum class LoginOutcome {
  kSignedIn,     // the app has its key
  kNotSignedIn,  // the exchange failed, or its answer was lost
};

// Where the user's browser brings the authorization code to an app that has no server (RFC 8252,
// section 7.3): a port of 127.0.0.1 that is open for one login.
//
//   Result<LoopbackReceiver> receiver = LoopbackReceiver::Listen({.app_name = "My App"});
//   Result<std::string> url = AuthorizationUrl({.callback_url = receiver->callback_url(), ...});
//   Open(receiver->StartUrl(*url));
//   Result<SecretText> code = receiver->Wait(std::chrono::minutes(5));
//   Result<ApiKey> key = client.ExchangeAuthCode(...);
//   receiver->Finish(key.ok() ? LoginOutcome::kSignedIn : LoginOutcome::kNotSignedIn);
//
// One redirect is accepted: a GET of the very path, with the state of this login, and one `code` or
// one `error`. The browser is sent on to an address without either, and waits there until the
// outcome is known. Everything else gets 404 and changes nothing: other paths, methods, hosts and
// states. Connections that send nothing or little are closed after 5 s, those that send a head
// above 64 KiB get a page that says what to do, and the oldest goes when there are more than 32, so
// that none of them can keep the redirect out.
//
// The browser is shown pages that load nothing and run nothing. They are served by a thread of the
// receiver, from Listen() to Finish().
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
  // As Finish(), with a page that sends the user back to the app.
  ~LoopbackReceiver();

  // "http://127.0.0.1:49152/callback?state=...", with 32 random bytes as state. The state stands in
  // the query, which the authorization page has to keep (RFC 6749, section 3.1.2).
  const std::string& callback_url() const;

  // An address of this port that leads to `url` once, for the browser's command line: other users
  // of the machine see that, and would find state and challenge in `url` itself. Whoever comes
  // second is told that the link was used.
  std::string StartUrl(const std::string& url);

  // Until the redirect has come. Once per object.
  //
  // Errors, all without a reason: kPermissionDenied when the redirect brought an `error`, whose
  // name ("access_denied", RFC 6749, section 4.1.2.1) is in reason_name; kDeadlineExceeded after
  // `timeout`, with words when a redirect of another login came; kCancelled when `stop` was asked;
  // kFailedPrecondition when it was waited for before. The port is closed after kDeadlineExceeded
  // and kCancelled.
  Result<SecretText> Wait(std::chrono::milliseconds timeout, std::stop_token stop = {});

  // Shows the browser how the login ended, and closes the port: at once when no redirect came, else
  // when the page is sent, 5 s later at most. A user who said no is told that, whatever `outcome`.
  void Finish(LoginOutcome outcome);

 private:
  class Impl;
  explicit LoopbackReceiver(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace modelgates::oauth
