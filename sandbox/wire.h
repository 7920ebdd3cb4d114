#pragma once

// Boost 1.74's awaitable.hpp uses std::exchange without including what has it.
// clang-format off
#include <utility>
#include <boost/asio/awaitable.hpp>
// clang-format on

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "sandbox/http_answer.h"

namespace modelgates::sandbox {

// A request as it came, or, with `refusal`, as much of one as could be read: the answer is then
// settled (400, 413, 431) and the connection of no further use.
struct Arrival {
  HttpRequest request;
  std::optional<HttpResponse> refusal;
};

enum class Share { kWhole, kHead, kHeadAndHalfBody };

// One accepted connection: HTTP, and every fault of a socket. A failed function closes nothing and
// reports nothing: the next Read() finds that the connection has ended.
// All on the thread of the socket's io_context. Owned by shared_ptr.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(boost::asio::ip::tcp::socket socket);

  // nullopt: the caller has left. Sends `100 Continue` when the caller waits for it.
  boost::asio::awaitable<std::optional<Arrival>> Read();

  // Whether the kernel accepted all of it. `response` must live until then.
  boost::asio::awaitable<bool> Write(const HttpResponse& response, Share share);

  boost::asio::awaitable<void> WriteGarbage();

  // Waits, at most until Abort().
  boost::asio::awaitable<void> Hold(std::chrono::milliseconds duration);

  // Reads and discards until the caller leaves, or Abort().
  boost::asio::awaitable<void> Hang();

  // Sends FIN, then waits a moment for the caller's FIN: a close with unread bytes would send RST,
  // which can overtake the answer.
  boost::asio::awaitable<void> CloseGently();

  // RST.
  void Reset();

  // Ends every wait of the connection.
  void Abort();

 private:
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace modelgates::sandbox
