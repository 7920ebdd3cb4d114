#include "admin/admin_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <limits>
#include <list>
#include <optional>
#include <thread>
#include <utility>

#include "base/host_port.h"

namespace modelgates::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::request_parser<http::buffer_body>;
using Response = http::response<http::string_body>;

// Long enough for a busy loop, short enough for a scraper.
constexpr std::chrono::seconds kRefreshTime{1};
constexpr std::chrono::seconds kStopTime{1};
// Bytes after the head that are discarded: an early close could destroy the answer on its way.
constexpr size_t kMaxDiscarded = 64 * 1024;

auto Into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

std::string_view ToStd(beast::string_view text) { return {text.data(), text.size()}; }

// The answer to a malformed request; nullopt: the client left or was too slow.
std::optional<AdminAnswer> RefusalOf(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return AdminAnswer{431, "the head exceeds 16 KiB\n"};
  }
  const bool left = error == http::error::end_of_stream || error == http::error::partial_message ||
                    error.category() != http::make_error_code(http::error::bad_method).category();
  if (left) return std::nullopt;
  return AdminAnswer{400, "not an HTTP/1.1 request\n"};
}

std::optional<std::string_view> HostOf(const Parser::value_type& request) {
  if (request.count(http::field::host) == 0) return std::nullopt;
  return ToStd(request[http::field::host]);
}

AdminRequest ToAdminRequest(const Parser::value_type& request) {
  const std::string_view target = ToStd(request.target());
  const http::verb method = request.method();
  return {.reads = method == http::verb::get || method == http::verb::head,
          .path = target.substr(0, target.find('?')),
          .host = HostOf(request),
          .authorization = ToStd(request[http::field::authorization]),
          .accept = ToStd(request[http::field::accept])};
}

bool HasOneHost(const Parser::value_type& request) {
  const size_t hosts = request.count(http::field::host);
  return hosts == 1 || (hosts == 0 && request.version() < 11);
}

Response ToResponse(AdminAnswer answer, bool head_only) {
  Response response(static_cast<http::status>(answer.status), 11);
  response.set(http::field::content_type, answer.type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", answer.policy);
  response.set("Referrer-Policy", "no-referrer");
  if (answer.status == 401) response.set(http::field::www_authenticate, "Bearer");
  if (answer.status == 405) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(false);
  response.content_length(answer.body.size());
  if (!head_only) response.body() = std::move(answer.body);
  return response;
}

struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}

  beast::tcp_stream stream;
  bool answering = false;
};

}  // namespace

// Everything except construction, Start, Stop and port runs on the one thread.
class AdminServer::Impl {
 public:
  Impl(AdminPages pages, std::string host, std::unique_ptr<Listener> listener)
      : pages_(std::move(pages)), host_(std::move(host)), listener_(std::move(listener)) {}
  ~Impl() { Stop(); }

  void Start(Listener::Failed failed) {
    ScheduleSample();
    thread_ = std::thread([this] { io_->run(); });
    listener_->Start([this](int, int fd) { asio::post(*io_, [this, fd] { Take(fd); }); },
                     std::move(failed));
  }

  int port() const { return listener_->port(); }

  void Stop() {
    listener_->Close();
    if (!thread_.joinable()) return;
    asio::post(*io_, [this] {
      stopping_ = true;
      work_.reset();
      sample_timer_.cancel();
      for (const ConnectionPtr& connection : connections_) {
        if (!connection->answering) connection->stream.close();
      }
      stop_timer_.expires_after(kStopTime);
      stop_timer_.async_wait([this](error_code) {
        for (const ConnectionPtr& connection : connections_) connection->stream.close();
      });
      CancelStopTimerIfIdle();
    });
    thread_.join();
  }

 private:
  using ConnectionPtr = std::shared_ptr<Connection>;

  void ScheduleSample() {
    if (!pages_.sample || stopping_) return;
    sample_timer_.expires_after(pages_.sample_interval);
    sample_timer_.async_wait([this](error_code error) {
      if (error) return;
      pages_.sample();
      ScheduleSample();
    });
  }

  void Take(int fd) {
    sockaddr_storage local{};
    socklen_t size = sizeof(local);
    getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size);
    tcp::socket socket(*io_);
    error_code ignored;
    socket.assign(local.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd, ignored);
    if (stopping_) return;
    if (connections_.size() >= kMaxConnections) {
      connections_.front()->stream.close();
      connections_.pop_front();
    }
    connections_.push_back(std::make_shared<Connection>(std::move(socket)));
    asio::co_spawn(
        *io_,
        [this, connection = connections_.back()]() mutable { return Run(std::move(connection)); },
        asio::detached);
  }

  asio::awaitable<void> Run(ConnectionPtr connection) {
    connection->stream.expires_after(kConnectionTime);
    co_await Serve(*connection);
    connection->stream.close();
    connections_.remove(connection);
    CancelStopTimerIfIdle();
  }

  asio::awaitable<void> Serve(Connection& connection) {
    error_code error;
    beast::flat_buffer buffer(kMaxHeadBytes);
    Parser parser;
    parser.header_limit(kMaxHeadBytes);
    parser.body_limit(std::numeric_limits<uint64_t>::max());
    co_await http::async_read_header(connection.stream, buffer, parser, Into(error));
    connection.answering = true;
    std::optional<AdminAnswer> answer;
    if (error) {
      answer = RefusalOf(error);
    } else {
      answer = co_await Answer(parser.get());
    }
    if (!answer) co_return;
    Response response = ToResponse(*std::move(answer), parser.get().method() == http::verb::head);
    co_await http::async_write(connection.stream, response, Into(error));
    connection.answering = false;
    if (!error && !stopping_) co_await WaitForItsClose(connection);
  }

  asio::awaitable<AdminAnswer> Answer(const Parser::value_type& request) {
    if (!HasOneHost(request)) co_return AdminAnswer{400, "needs one Host field\n"};
    const AdminRequest wanted = ToAdminRequest(request);
    if (NeedsFreshMetrics(wanted)) co_await RefreshMetrics();
    co_return AnswerAdmin(pages_, wanted, host_);
  }

  // Requests during a refresh wait for that refresh.
  asio::awaitable<void> RefreshMetrics() {
    if (!pages_.refresh_metrics) co_return;
    if (!refresh_) {
      refresh_ = std::make_shared<asio::steady_timer>(*io_, kRefreshTime);
      pages_.refresh_metrics([io = io_, weak = std::weak_ptr(refresh_)] {
        asio::post(*io, [weak] {
          if (const auto refresh = weak.lock()) refresh->cancel();
        });
      });
    }
    const std::shared_ptr<asio::steady_timer> mine = refresh_;
    error_code ignored;
    co_await mine->async_wait(Into(ignored));
    if (refresh_ == mine) refresh_.reset();
  }

  static asio::awaitable<void> WaitForItsClose(Connection& connection) {
    error_code error;
    connection.stream.socket().shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> discarded;
    for (size_t total = 0; !error && total < kMaxDiscarded;) {
      total += co_await connection.stream.async_read_some(asio::buffer(discarded), Into(error));
    }
  }

  void CancelStopTimerIfIdle() {
    if (stopping_ && connections_.empty()) stop_timer_.cancel();
  }

  const AdminPages pages_;
  const std::string host_;
  // Shared with refresh_metrics, which may answer after the server was destroyed.
  const std::shared_ptr<asio::io_context> io_ = std::make_shared<asio::io_context>(1);
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(*io_);
  std::list<ConnectionPtr> connections_;         // oldest first
  std::shared_ptr<asio::steady_timer> refresh_;  // null: no refresh runs
  asio::steady_timer sample_timer_{*io_};
  asio::steady_timer stop_timer_{*io_};
  bool stopping_ = false;
  const std::unique_ptr<Listener> listener_;
  std::thread thread_;
};

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

AdminServer::~AdminServer() = default;

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& listen,
                                                                AdminPages pages,
                                                                Listener::Failed failed) {
  auto listener = Listener::Bind(listen);
  if (!listener.ok()) return listener.status();
  const std::string name(SplitHostPort(listen).value().host);
  const std::string address = fmt::format("{}:{}", name, (*listener)->port());
  auto impl = std::make_unique<Impl>(std::move(pages), name, *std::move(listener));
  std::unique_ptr<AdminServer> server(new AdminServer(std::move(impl)));
  server->address_ = address;
  server->impl_->Start(std::move(failed));
  return server;
}

int AdminServer::port() const { return impl_->port(); }

void AdminServer::Stop() { impl_->Stop(); }

}  // namespace modelgates::gateway
