#include "modelgates/oauth/loopback_receiver.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "base64url.h"
#include "local_error.h"
#include "loopback_page.h"
#include "redirect.h"

namespace modelgates::oauth {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kConnectionTime{5};
constexpr std::chrono::hours kLongestWait{24 * 365};
constexpr std::size_t kMaxHeadBytes = 8 * 1024;
constexpr std::size_t kMaxConnections = 32;
// Out of descriptors, most likely: asking again at once would spin until one is free.
constexpr std::chrono::milliseconds kAcceptPause{20};

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

std::string_view ToStd(beast::string_view text) { return {text.data(), text.size()}; }

Response ToResponse(http::status status, const Page& page) {
  Response response(status, 11);
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", page.policy);
  response.body() = page.html;
  return response;
}

// One browser, or whoever it is, and its one request.
struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {
    parser.header_limit(kMaxHeadBytes);
    parser.body_limit(0);
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer{kMaxHeadBytes};
  http::request_parser<http::empty_body> parser;
  Response response;
};

}  // namespace

// Everything runs on the thread that waits.
class LoopbackReceiver::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)), state_(RandomBase64Url()) {}

  // Empty when it listens.
  std::string Listen() {
    error_code error;
    acceptor_.open(tcp::v4(), error);
    // A port that was closed a moment ago may be had again.
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    const auto port = static_cast<unsigned short>(options_.port);
    if (!error) acceptor_.bind({asio::ip::address_v4::loopback(), port}, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return error.message();
    host_ = "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    callback_url_ = "http://" + host_ + options_.path + "?state=" + state_;
    return "";
  }

  const std::string& callback_url() const { return callback_url_; }

  Result<SecretText> Wait(std::chrono::milliseconds timeout, const std::stop_token& stop) {
    if (waited_) {
      return LocalError(GrpcCode::kFailedPrecondition, "the redirect was waited for before");
    }
    waited_ = true;
    // Later than any clock can hold is not what `max()` should come to.
    deadline_.expires_after(std::min<std::chrono::milliseconds>(timeout, kLongestWait));
    deadline_.async_wait([this](error_code error) {
      if (!error) {
        End(LocalError(GrpcCode::kDeadlineExceeded, "the browser did not come back in time"));
      }
    });
    Accept();
    {
      const std::stop_callback on_stop(stop, [this] {
        asio::post(io_, [this] {
          End(LocalError(GrpcCode::kCancelled, "waiting for the browser was cancelled"));
        });
      });
      io_.run();
    }
    // What was posted in between has nobody left to act on.
    return *std::move(result_);
  }

 private:
  using ConnectionPtr = std::shared_ptr<Connection>;

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (ended_) return;
      if (error) {
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](error_code stopped) {
          if (!stopped && !ended_) Accept();
        });
        return;
      }
      if (connections_.size() == kMaxConnections) Drop(connections_.front());
      connections_.push_back(std::make_shared<Connection>(std::move(socket)));
      Read(connections_.back());
      Accept();
    });
  }

  void Read(const ConnectionPtr& connection) {
    // For request and answer together.
    connection->stream.expires_after(kConnectionTime);
    http::async_read(connection->stream, connection->buffer, connection->parser,
                     [this, connection](error_code error, std::size_t) {
                       if (error) {
                         Drop(connection);
                       } else {
                         Answer(connection);
                       }
                     });
  }

  void Answer(const ConnectionPtr& connection) {
    std::optional<Redirect> redirect = RedirectIn(connection->parser.get());
    LoginEnd end = LoginEnd::kNotThis;
    if (redirect) {
      const bool granted = std::holds_alternative<SecretText>(*redirect);
      end = granted ? LoginEnd::kGranted : LoginEnd::kDenied;
      Accepted(*std::move(redirect));
    }
    const bool last = redirect.has_value();
    Response& response = connection->response;
    response = ToResponse(last ? http::status::ok : http::status::not_found,
                          LoginEndPage(end, options_.app_name));
    response.set(http::field::cache_control, "no-store");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(false);
    response.prepare_payload();
    http::async_write(connection->stream, response,
                      [this, connection, last](error_code, std::size_t) {
                        error_code ignored;
                        connection->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
                        Drop(connection);
                        if (last) Close();
                      });
  }

  std::optional<Redirect> RedirectIn(const Request& request) const {
    // The host tells a page that had its own name resolve to this address (DNS rebinding).
    if (result_ || request.method() != http::verb::get ||
        ToStd(request[http::field::host]) != host_) {
      return std::nullopt;
    }
    return ParseRedirect(ToStd(request.target()), options_.path, state_);
  }

  void Accepted(Redirect redirect) {
    deadline_.cancel();
    if (auto* const code = std::get_if<SecretText>(&redirect)) {
      result_.emplace(std::move(*code));
      return;
    }
    const Denial& denial = std::get<Denial>(redirect);
    std::string message = denial.description;
    if (message.empty()) {
      message = denial.error == "access_denied" ? "the user said no in the browser"
                                                : "the authorization page could not go on";
    }
    Error error = LocalError(GrpcCode::kPermissionDenied, std::move(message));
    error.reason_name = denial.error;
    error.origin = ErrorOrigin::kUpstream;
    result_.emplace(std::move(error));
  }

  void End(Error error) {
    // A redirect that is being answered counts.
    if (!result_) result_.emplace(std::move(error));
    Close();
  }

  void Close() {
    ended_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    deadline_.cancel();
    while (!connections_.empty()) Drop(connections_.front());
    io_.stop();
  }

  // By value: the argument may be what is taken out of the list.
  void Drop(ConnectionPtr connection) {
    std::erase(connections_, connection);
    connection->stream.close();
  }

  const Options options_;
  const std::string state_;
  std::string host_;
  std::string callback_url_;
  bool waited_ = false;
  bool ended_ = false;
  std::optional<Result<SecretText>> result_;

  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer deadline_{io_};
  asio::steady_timer pause_{io_};
  std::deque<ConnectionPtr> connections_;  // oldest first
};

Result<LoopbackReceiver> LoopbackReceiver::Listen() { return Listen(Options()); }

Result<LoopbackReceiver> LoopbackReceiver::Listen(Options options) {
  std::vector<FieldViolation> violations;
  if (!options.path.starts_with('/') || options.path.find_first_of("?# ") != std::string::npos) {
    violations.push_back({"path", "must start with a slash and have no query"});
  }
  if (options.port < 0 || options.port > 65'535) violations.push_back({"port", "must be a port"});
  if (!violations.empty()) return InvalidFields(std::move(violations));
  auto impl = std::make_unique<Impl>(std::move(options));
  if (const std::string error = impl->Listen(); !error.empty()) {
    return LocalError(GrpcCode::kUnavailable, "cannot listen on 127.0.0.1: " + error);
  }
  return LoopbackReceiver(std::move(impl));
}

LoopbackReceiver::LoopbackReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoopbackReceiver::LoopbackReceiver(LoopbackReceiver&&) noexcept = default;
LoopbackReceiver& LoopbackReceiver::operator=(LoopbackReceiver&&) noexcept = default;
LoopbackReceiver::~LoopbackReceiver() = default;

const std::string& LoopbackReceiver::callback_url() const { return impl_->callback_url(); }

Result<SecretText> LoopbackReceiver::Wait(std::chrono::milliseconds timeout, std::stop_token stop) {
  return impl_->Wait(timeout, stop);
}

}  // namespace modelgates::oauth
