#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// One blocking connection to a sandbox; each step of HTTP on its own, so that tests can look
// between.
class SandboxClient {
 public:
  struct Message {
    boost::beast::http::verb method = boost::beast::http::verb::post;
    std::string target{};
    std::string body{};
    std::map<std::string, std::string> headers{{"content-type", "application/json"}};
  };

  // What reading an answer came to; `response` also when only a part of the body came.
  struct Received {
    boost::system::error_code error;
    std::optional<HttpResponse> response;
    nlohmann::json json() const;
  };

  explicit SandboxClient(std::uint16_t port);

  void Send(const Message& message);
  void SendRaw(const std::string& bytes);
  Received Receive();
  std::string ReceiveRaw(boost::system::error_code& error);  // until the end
  std::size_t BytesWaiting() { return socket_.available(); }

  Received Call(const Message& message);
  Received Post(const std::string& target, const nlohmann::json& body);
  Received Get(const std::string& target);

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
};

}  // namespace modelgates::sandbox
