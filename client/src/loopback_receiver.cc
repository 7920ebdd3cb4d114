#include "modelgates/oauth/loopback_receiver.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base64url.h"
#include "local_error.h"
#include "loopback_http.h"
#include "loopback_page.h"
#include "redirect.h"

namespace modelgates::oauth {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using ConnectionPtr = LoopbackHttp::ConnectionPtr;

constexpr std::chrono::hours kLongestWait{24 * 365};
// Time for the browser to request the last page after Finish.
constexpr std::chrono::seconds kPageTime{5};

Error ToError(const Denial& denial) {
  std::string message = denial.description;
  if (message.empty()) {
    message = denial.error == "access_denied" ? "the user said no in the browser"
                                              : "the authorization page could not go on";
  }
  Error error = LocalError(GrpcCode::kPermissionDenied, std::move(message));
  error.reason_name = denial.error;
  error.origin = ErrorOrigin::kUpstream;
  return error;
}

Result<SecretText> ToResult(Redirect redirect) {
  if (auto* const code = std::get_if<SecretText>(&redirect)) return std::move(*code);
  return ToError(std::get<Denial>(redirect));
}

// "/callback?state=..." of "http://127.0.0.1:49152/callback?state=...#".
std::string_view TargetOf(std::string_view address) {
  const size_t scheme = address.find("://");
  const size_t path = address.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (path == std::string_view::npos) return {};
  return address.substr(path, address.find('#', path) - path);
}

}  // namespace

// HTTP runs on a separate thread. Members without the mutex are used on that thread only.
class LoopbackReceiver::Impl {
 public:
  explicit Impl(Options options)
      : options_(std::move(options)),
        state_(RandomBase64Url()),
        end_path_("/end-" + RandomBase64Url()),
        http_(io_, [this](const ConnectionPtr& connection, std::string_view target) {
          Route(connection, target);
        }) {}
  ~Impl() { Finish(LoginEnd::kReturned); }

  // Returns the reason if the port cannot be opened, else empty.
  std::string Listen() {
    const std::string error = http_.Listen(options_.port);
    if (!error.empty()) return error;
    callback_url_ = "http://" + http_.host() + options_.path + "?state=" + state_;
    http_.Accept();
    thread_ = std::thread([this] { io_.run(); });
    return "";
  }

  const std::string& callback_url() const { return callback_url_; }

  std::string StartUrl(const std::string& url) {
    const std::string path = "/start-" + RandomBase64Url();
    asio::post(io_, [this, path, url] {
      start_path_ = path;
      page_url_ = url;
    });
    return "http://" + http_.host() + path;
  }

  Result<SecretText> Wait(std::chrono::milliseconds timeout, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (waited_) {
      return LocalError(GrpcCode::kFailedPrecondition, "the redirect was waited for before");
    }
    waited_ = true;
    // Bounded, because adding milliseconds::max() would overflow.
    const auto end = std::chrono::steady_clock::now() +
                     std::min<std::chrono::milliseconds>(timeout, kLongestWait);
    if (!came_.wait_until(lock, stop, end, [this] { return result_.has_value(); })) {
      result_.emplace(stop.stop_requested() ? LocalError(GrpcCode::kCancelled,
                                                         "waiting for the browser was cancelled")
                                            : LocalError(GrpcCode::kDeadlineExceeded, TooLate()));
      lock.unlock();
      Finish(LoginEnd::kReturned);
      lock.lock();
    }
    return *std::move(result_);
  }

  PastedRedirect TakePasted(std::string_view address) {
    const std::string_view target = TargetOf(address);
    std::optional<Redirect> redirect = ParseRedirect(target, options_.path, state_);
    if (!redirect) {
      return IsRedirectOfAnother(target, options_.path, state_) ? PastedRedirect::kOfAnotherLogin
                                                                : PastedRedirect::kNone;
    }
    const std::lock_guard lock(mutex_);
    if (!result_) result_.emplace(ToResult(*std::move(redirect)));
    came_.notify_all();
    return PastedRedirect::kTaken;
  }

  void Finish(LoginEnd end) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this, end] {
      finishing_ = true;
      if (!redirected_ || (shown_ && showing_ == 0)) return Close();
      if (!end_) end_ = end;
      timer_.expires_after(kPageTime);
      timer_.async_wait([this](error_code error) {
        if (!error) Close();
      });
      for (const ConnectionPtr& each : std::exchange(held_, {})) ShowEnd(each);
    });
    thread_.join();
  }

 private:
  void Route(const ConnectionPtr& connection, std::string_view target) {
    if (target == end_path_) return AskedForEnd(connection);
    if (!start_path_.empty() && target == start_path_) return Start(connection);
    std::optional<Redirect> redirect = ParseRedirect(target, options_.path, state_);
    if (redirect) {
      Take(*std::move(redirect));
      // A redirect, so that code and state do not stay in address bar and history.
      if (redirected_) return http_.Respond(connection, {303, EmptyPage(), end_path_});
    } else if (IsRedirectOfAnother(target, options_.path, state_)) {
      const std::lock_guard lock(mutex_);
      another_came_ = true;
    }
    http_.Respond(connection, {404, LoginEndPage(LoginEnd::kNotThis, options_.app_name)});
  }

  // Only once, because a second request is not from the browser that was opened.
  void Start(const ConnectionPtr& connection) {
    const std::string url = std::exchange(page_url_, "");
    if (url.empty()) {
      return http_.Respond(connection, {410, LoginEndPage(LoginEnd::kUsedLink, "")});
    }
    http_.Respond(connection, {303, EmptyPage(), url});
  }

  // Only the first redirect counts; a double click sends two.
  void Take(Redirect redirect) {
    const std::lock_guard lock(mutex_);
    if (result_ || redirected_) return;
    redirected_ = true;
    if (std::holds_alternative<Denial>(redirect)) end_ = LoginEnd::kDenied;
    result_.emplace(ToResult(std::move(redirect)));
    came_.notify_all();
  }

  void AskedForEnd(const ConnectionPtr& connection) {
    if (end_) return ShowEnd(connection);
    http_.Hold(connection);
    held_.push_back(connection);
  }

  void ShowEnd(const ConnectionPtr& connection) {
    ++showing_;
    http_.Respond(connection, {200, LoginEndPage(*end_, options_.app_name)}, [this] {
      shown_ = true;
      if (--showing_ == 0 && finishing_) Close();
    });
  }

  // The error if no redirect has arrived. Requires the mutex.
  std::string TooLate() const {
    if (!another_came_) return "the browser did not come back in time";
    return "the browser did not come back in time; a redirect of another login came: close older "
           "tabs, and use the page that this login opens";
  }

  void Close() {
    http_.Close();
    timer_.cancel();
    held_.clear();
    io_.stop();
  }

  const Options options_;
  const std::string state_;
  const std::string end_path_;
  std::string callback_url_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable_any came_;
  bool waited_ = false;
  bool another_came_ = false;
  std::optional<Result<SecretText>> result_;

  // Used on the thread only.
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};
  LoopbackHttp http_;
  std::string start_path_, page_url_;
  bool redirected_ = false;  // to end_path_
  bool finishing_ = false;
  bool shown_ = false;
  int showing_ = 0;
  std::optional<LoginEnd> end_;
  std::vector<ConnectionPtr> held_;  // until the outcome is known
};

Result<LoopbackReceiver> LoopbackReceiver::Listen() { return Listen(Options()); }

Result<LoopbackReceiver> LoopbackReceiver::Listen(Options options) {
  std::vector<FieldViolation> violations;
  if (!options.path.starts_with('/') || options.path.find_first_of("?# ") != std::string::npos) {
    violations.push_back({"path", "must start with a slash and have no query"});
  }
  if (options.port < 0 || options.port > 65'535) violations.push_back({"port", "must be a port"});
  if (!violations.empty()) return InvalidFields(std::move(violations));
  const int port = options.port;
  auto impl = std::make_unique<Impl>(std::move(options));
  if (const std::string error = impl->Listen(); !error.empty()) {
    const std::string place = port == 0 ? "127.0.0.1" : "127.0.0.1:" + std::to_string(port);
    return LocalError(GrpcCode::kUnavailable, "cannot listen on " + place + ": " + error);
  }
  return LoopbackReceiver(std::move(impl));
}

LoopbackReceiver::LoopbackReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoopbackReceiver::LoopbackReceiver(LoopbackReceiver&&) noexcept = default;
LoopbackReceiver& LoopbackReceiver::operator=(LoopbackReceiver&&) noexcept = default;
LoopbackReceiver::~LoopbackReceiver() = default;

const std::string& LoopbackReceiver::callback_url() const { return impl_->callback_url(); }

std::string LoopbackReceiver::StartUrl(const std::string& url) { return impl_->StartUrl(url); }

Result<SecretText> LoopbackReceiver::Wait(std::chrono::milliseconds timeout, std::stop_token stop) {
  return impl_->Wait(timeout, stop);
}

PastedRedirect LoopbackReceiver::TakePasted(std::string_view address) {
  return impl_->TakePasted(address);
}

void LoopbackReceiver::Finish(LoginOutcome outcome) {
  impl_->Finish(outcome == LoginOutcome::kSignedIn ? LoginEnd::kSignedIn : LoginEnd::kFailed);
}

}  // namespace modelgates::oauth
