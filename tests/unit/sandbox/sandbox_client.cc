#include "sandbox_client.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace modelgates::sandbox {

namespace asio = boost::asio;
namespace http = boost::beast::http;

nlohmann::json SandboxClient::Received::json() const {
  return response ? nlohmann::json::parse(response->body(), nullptr, false) : nlohmann::json();
}

SandboxClient::SandboxClient(std::uint16_t port) {
  socket_.connect({asio::ip::make_address("127.0.0.1"), port});
}

void SandboxClient::Send(const Message& message) {
  HttpRequest request{message.method, message.target, 11};
  request.set(http::field::host, "sandbox");
  for (const auto& [name, value] : message.headers) request.insert(name, value);
  request.body() = message.body;
  request.prepare_payload();
  boost::system::error_code ignored;  // an early refusal may close before all is sent
  http::write(socket_, request, ignored);
}

void SandboxClient::SendRaw(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }

SandboxClient::Received SandboxClient::Receive() {
  Received received;
  http::response_parser<http::string_body> parser;
  http::read_header(socket_, buffer_, parser, received.error);
  if (received.error) return received;
  http::read(socket_, buffer_, parser, received.error);
  received.response = parser.release();
  return received;
}

std::string SandboxClient::ReceiveRaw(boost::system::error_code& error) {
  std::string bytes;
  asio::read(socket_, asio::dynamic_buffer(bytes), error);
  return bytes;
}

SandboxClient::Received SandboxClient::Call(const Message& message) {
  Send(message);
  return Receive();
}

SandboxClient::Received SandboxClient::Post(const std::string& target, const nlohmann::json& body) {
  return Call({.target = target, .body = body.dump()});
}

SandboxClient::Received SandboxClient::Get(const std::string& target) {
  return Call({.method = http::verb::get, .target = target, .headers = {}});
}

}  // namespace modelgates::sandbox
