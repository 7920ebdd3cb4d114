#include "sandbox/wire.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <string_view>
#include <utility>

namespace modelgates::sandbox {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using namespace std::string_view_literals;
using asio::ip::tcp;
using boost::system::error_code;

// Some clients of the API send headers of 9,000 characters. Beast throws on a value of 64 KiB.
constexpr std::uint32_t kMaxHeaderBytes = 60 * 1024;
constexpr std::uint64_t kMaxBodyBytes = 1024 * 1024;
constexpr std::chrono::seconds kLinger{1};

auto Catching(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

// nullopt: the caller closed the connection, so no answer is possible.
std::optional<HttpResponse> RefusalFor(const error_code& error) {
  if (error == http::error::body_limit) return ErrorAnswer(413, "the body exceeds 1 MiB");
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return ErrorAnswer(431, "the headers exceed 60 KiB");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  if (error.category() != http::make_error_code(http::error::bad_method).category()) return {};
  return ErrorAnswer(400, "the request is not HTTP/1.1");
}

bool WaitsToSendBody(const HttpRequest& request) {
  return request.version() >= 11 &&
         boost::beast::iequals(request[http::field::expect], "100-continue");
}

}  // namespace

Wire::Wire(tcp::socket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {}

awaitable<std::optional<Arrival>> Wire::Read() {
  error_code error;
  http::request_parser<http::string_body> parser;
  parser.header_limit(kMaxHeaderBytes);
  parser.body_limit(kMaxBodyBytes);
  co_await http::async_read_header(socket_, buffer_, parser, Catching(error));
  if (!error && WaitsToSendBody(parser.get())) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(kContinue), Catching(error));
  }
  if (!error) co_await http::async_read(socket_, buffer_, parser, Catching(error));
  if (!error) co_return Arrival{parser.release(), {}};

  auto refusal = RefusalFor(error);
  if (!refusal) co_return std::nullopt;
  co_return Arrival{parser.release(), std::move(refusal)};
}

awaitable<bool> Wire::Write(const HttpResponse& response, Share share) {
  error_code error;
  if (share == Share::kWhole) {
    co_await http::async_write(socket_, response, Catching(error));
    co_return !error;
  }
  http::response_serializer<http::string_body> serializer{response};
  co_await http::async_write_header(socket_, serializer, Catching(error));
  if (!error && share == Share::kHeadAndHalfBody) {
    const auto half = asio::buffer(response.body().data(), response.body().size() / 2);
    co_await asio::async_write(socket_, half, Catching(error));
  }
  co_return !error;
}

awaitable<void> Wire::WriteGarbage() {
  constexpr std::string_view kGarbage = "\x16\x03\x01\0\xff not a status line \0\r\n:\r\n\r\n"sv;
  error_code error;
  co_await asio::async_write(socket_, asio::buffer(kGarbage), Catching(error));
}

awaitable<void> Wire::Hold(std::chrono::milliseconds duration) {
  if (duration.count() <= 0 || !socket_.is_open()) co_return;
  error_code error;
  timer_.expires_after(duration);
  co_await timer_.async_wait(Catching(error));
}

awaitable<void> Wire::Hang() {
  error_code error;
  std::array<char, 4096> ignored;
  while (!error) co_await socket_.async_read_some(asio::buffer(ignored), Catching(error));
}

awaitable<void> Wire::CloseGently() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) co_return;
  timer_.expires_after(kLinger);
  timer_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->Abort();
  });
  co_await Hang();
  Abort();
}

void Wire::Reset() {
  error_code ignored;
  socket_.set_option(tcp::socket::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Wire::Abort() {
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel(ignored);
}

}  // namespace modelgates::sandbox
