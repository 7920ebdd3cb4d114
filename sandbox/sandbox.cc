#include "sandbox/sandbox.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <exception>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "sandbox/auth_routes.h"
#include "sandbox/consent_routes.h"
#include "sandbox/control_routes.h"
#include "sandbox/index_page.h"
#include "sandbox/sandbox_session.h"

namespace modelgates::sandbox {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::optional<tcp::endpoint> ParseEndpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);

  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error || failure != std::errc{} || end != digits.data() + digits.size()) return {};
  return tcp::endpoint(address, port);
}

std::string ToText(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const char* form = endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}";
  return fmt::format(fmt::runtime(form), address, endpoint.port());
}

absl::Status InvalidOption(const std::string& text) { return absl::InvalidArgumentError(text); }

absl::Status Validate(const SandboxOptions& options) {
  if (!ParseEndpoint(options.listen)) {
    return InvalidOption(
        fmt::format("listen must be an IP address and a port: {}", options.listen));
  }
  const std::string& base = options.base_path;
  if (!base.empty() && (!base.starts_with('/') || base.ends_with('/'))) {
    return InvalidOption(
        fmt::format("base_path must start with a slash and end without one: {}", base));
  }
  if (options.code_ttl.count() <= 0) return InvalidOption("code_ttl must be more than 0");
  if (options.latency.count() < 0) return InvalidOption("latency must not be less than 0");
  return absl::OkStatus();
}

}  // namespace

class Sandbox::Server {
 public:
  explicit Server(SandboxOptions options)
      : options_(std::move(options)),
        parts_{.log = SandboxLog(options_.logger, options_.clock),
               .clock = options_.clock,
               .latency = options_.latency},
        codes_(options_.clock, options_.code_ttl),
        auth_(options_, codes_, parts_.stats),
        consent_(options_, codes_, parts_.stats) {
    auth_.AddTo(parts_.routes);
    consent_.AddTo(parts_.routes);
    AddProbeRoutes(parts_.routes);
    parts_.routes.Add({boost::beast::http::verb::get, "/", "/", RouteKind::kProbe,
                       [this](const HttpRequest& request) {
                         return Answer{IndexPage(ToIndex(request)), {}};
                       }});
    if (options_.control) AddControlRoutes(parts_.routes, parts_.faults, parts_.stats);
  }

  absl::Status Start() {
    if (absl::Status valid = Validate(options_); !valid.ok()) return valid;
    if (absl::Status bound = Bind(*ParseEndpoint(options_.listen)); !bound.ok()) return bound;
    parts_.log.Listening(ToText(endpoint_));
    asio::co_spawn(
        io_, [this] { return Accept(); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel(ignored);
      for (const auto& session : sessions_) session->Abort();
    });
    thread_.join();
    parts_.log.Stopped();
  }

  const SandboxOptions& options() const { return options_; }
  const tcp::endpoint& endpoint() const { return endpoint_; }
  SandboxParts& parts() { return parts_; }

 private:
  absl::Status Bind(const tcp::endpoint& wanted) {
    error_code error;
    acceptor_.open(wanted.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(wanted, error);
    if (!error) acceptor_.listen(4096, error);
    if (!error) endpoint_ = acceptor_.local_endpoint(error);
    if (!error) return absl::OkStatus();
    return absl::UnavailableError(
        fmt::format("cannot listen on {}: {}", ToText(wanted), error.message()));
  }

  asio::awaitable<void> Accept() {
    while (acceptor_.is_open()) {
      error_code error;
      tcp::socket socket(io_);
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (!acceptor_.is_open()) break;
      if (error) {
        // Most likely no descriptor is free; accepting again at once would use all CPU.
        pause_.expires_after(std::chrono::milliseconds(20));
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      Begin(std::move(socket));
    }
  }

  void Begin(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = std::make_shared<SandboxSession>(std::move(socket), parts_);
    sessions_.insert(session);
    parts_.stats.CountAccepted();
    asio::co_spawn(
        io_, [session] { return session->Run(); },
        [this, session](std::exception_ptr failure) { End(session, failure); });
  }

  void End(const std::shared_ptr<SandboxSession>& session, const std::exception_ptr& failure) {
    session->Abort();
    sessions_.erase(session);
    parts_.stats.CountClosed();
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      parts_.log.SessionFailed(exception.what());
    }
  }

  SandboxIndex ToIndex(const HttpRequest& request) {
    SandboxIndex index;
    index.address = std::string(HeaderOf(request, boost::beast::http::field::host));
    if (index.address.empty()) index.address = ToText(endpoint_);
    index.base_path = options_.base_path;
    index.needs_key = !options_.api_key.empty();
    if (!options_.control) return index;
    index.pending = parts_.faults.pending();
    index.counts = parts_.stats.Snapshot();
    return index;
  }

  const SandboxOptions options_;
  SandboxParts parts_;
  CodeBook codes_;
  AuthRoutes auth_;
  ConsentRoutes consent_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  std::set<std::shared_ptr<SandboxSession>> sessions_;
  tcp::endpoint endpoint_;
  std::thread thread_;
};

Sandbox::Sandbox(SandboxOptions options) : server_(std::make_unique<Server>(std::move(options))) {}

Sandbox::~Sandbox() { Stop(); }

absl::Status Sandbox::Start() { return server_->Start(); }

void Sandbox::Stop() { server_->Stop(); }

std::uint16_t Sandbox::port() const { return server_->endpoint().port(); }

std::string Sandbox::address() const { return ToText(server_->endpoint()); }

std::string Sandbox::base_url() const {
  return fmt::format("http://{}{}", address(), server_->options().base_path);
}

FaultPlan& Sandbox::faults() { return server_->parts().faults; }

SandboxCounts Sandbox::Counts() const { return server_->parts().stats.Snapshot(); }

}  // namespace modelgates::sandbox
