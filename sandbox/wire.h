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

// A received request. With `refusal` it could be read only in part: the answer is then known (400,
// 413, 431), and the connection cannot be used again.
struct Arrival {
  HttpRequest request;
  std::optional<HttpResponse> refusal;
};

enum class Share { kWhole, kHead, kHeadAndHalfBody };

// One accepted connection: HTTP, and the faults of a socket. A failed function does not close the
// connection and reports no error; the next Read() finds that the connection has ended.
// Must be used on the thread of the socket's io_context, and be owned by shared_ptr.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(boost::asio::ip::tcp::socket socket);

  // nullopt: the caller has closed the connection. Sends `100 Continue` if the caller waits for it.
  boost::asio::awaitable<std::optional<Arrival>> Read();

  // Whether the kernel accepted the whole answer. `response` must outlive the task.
  boost::asio::awaitable<bool> Write(const HttpResponse& response, Share share);

  boost::asio::awaitable<void> WriteGarbage();

  // Waits for `duration` or until Abort().
  boost::asio::awaitable<void> Hold(std::chrono::milliseconds duration);

  // Reads and discards until the caller closes the connection, or until Abort().
  boost::asio::awaitable<void> Hang();

  // Sends FIN, then waits for a short time for the caller's FIN. Closing with unread bytes would
  // send RST, which can destroy the answer.
  boost::asio::awaitable<void> CloseGently();

  // Sends RST.
  void Reset();

  // Ends every wait of the connection.
  void Abort();

 private:
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace modelgates::sandbox
