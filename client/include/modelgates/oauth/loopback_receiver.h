#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "modelgates/oauth/result.h"
#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// The result of a login, to show in the browser.
enum class LoginOutcome {
  kSignedIn,     // the app has its key
  kNotSignedIn,  // the exchange failed
};

// What became of an address that the user pasted.
enum class PastedRedirect {
  kTaken,           // it is the redirect of this login
  kOfAnotherLogin,  // a redirect with another state
  kNone,            // no redirect, or a part of one
};

// Receives the authorization code from the user's browser, for an app without a server (RFC 8252,
// section 7.3), on a port of 127.0.0.1 that is open for one login.
//
//   Result<LoopbackReceiver> receiver = LoopbackReceiver::Listen({.app_name = "My App"});
//   Result<std::string> url = AuthorizationUrl({.callback_url = receiver->callback_url(), ...});
//   Open(receiver->StartUrl(*url));
//   Result<SecretText> code = receiver->Wait(std::chrono::minutes(5));
//   Result<ApiKey> key = client.ExchangeAuthCode(...);
//   receiver->Finish(key.ok() ? LoginOutcome::kSignedIn : LoginOutcome::kNotSignedIn);
//
// One redirect is accepted: a GET of exactly this path, with the state of this login, and one
// `code` or one `error`. The browser is redirected to an address without these parameters and waits
// there until the outcome is known. Any other path, method, host or state gets 404 and changes
// nothing.
//
// So that no other connection can block the redirect: connections without a complete request are
// closed after 5 s; a request head above 64 KiB is answered with a page that says what to do; with
// more than 32 connections the oldest one is closed.
//
// The pages contain no scripts and load nothing. A thread of the receiver serves them, from
// Listen() to Finish().
class LoopbackReceiver {
 public:
  struct Options {
    // Name of the app, shown on the page. UTF-8.
    std::string app_name{};
    // Path of the callback URL. Starts with a slash, has no query.
    std::string path = "/callback";
    // 0: any free port, which RFC 8252, section 7.3 asks for.
    int port = 0;
  };

  // Opens the port and starts to serve. Errors: kUnavailable when the port cannot be opened,
  // kInvalidArgument for a wrong option.
  static Result<LoopbackReceiver> Listen(Options options);
  static Result<LoopbackReceiver> Listen();

  LoopbackReceiver(LoopbackReceiver&&) noexcept;
  LoopbackReceiver& operator=(LoopbackReceiver&&) noexcept;
  // Finishes if Finish() was not called, with a page that sends the user back to the app.
  ~LoopbackReceiver();

  // "http://127.0.0.1:49152/callback?state=...", with 32 random bytes as state. The authorization
  // page must keep the query (RFC 6749, section 3.1.2).
  const std::string& callback_url() const;

  // An address on this port that redirects to `url` once. Use it in the command line of the
  // browser, which other users of the machine can see: `url` itself contains state and challenge. A
  // second request gets a page that says that the link was used.
  std::string StartUrl(const std::string& url);

  // Waits for the redirect and returns the code. May be called once.
  //
  // Errors, all without a reason: kPermissionDenied when the redirect has an `error`, whose name
  // ("access_denied", RFC 6749, section 4.1.2.1) is in reason_name; kDeadlineExceeded after
  // `timeout`, with a message when a redirect of another login arrived; kCancelled after a stop
  // request; kFailedPrecondition when called a second time. kDeadlineExceeded and kCancelled close
  // the port.
  Result<SecretText> Wait(std::chrono::milliseconds timeout, std::stop_token stop = {});

  // Takes the redirect from the user, when the browser runs on another machine and cannot reach
  // this port. `address` is what the browser shows after consent,
  // "http://127.0.0.1:49152/callback?..."; path, state and parameters are checked as those of a
  // request. Wait() returns the result of the redirect that arrives first, this way or the other.
  // Any thread.
  PastedRedirect TakePasted(std::string_view address);

  // Shows the outcome in the browser and closes the port: at once if no redirect arrived, else when
  // the page is sent, after at most 5 s. A user who denied consent sees a page about that, for any
  // `outcome`.
  void Finish(LoginOutcome outcome);

 private:
  class Impl;
  explicit LoopbackReceiver(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace modelgates::oauth
