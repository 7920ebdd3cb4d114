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

// One accepted connection: HTTP when all is well, and every way a socket can go wrong. Whatever
// fails closes nothing by itself and is not reported: the next Read() finds the connection gone.
// All on the thread of the socket's io_context. Owned by shared_ptr.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(boost::asio::ip::tcp::socket socket);

  // Nothing when the caller has left. Sends `100 Continue` when the caller waits for it.
  boost::asio::awaitable<std::optional<Arrival>> Read();

  // Whether it all got into the kernel. `response` must live until then.
  boost::asio::awaitable<bool> Write(const HttpResponse& response, Share share);

  boost::asio::awaitable<void> WriteGarbage();

  // Waits, at most until Abort().
  boost::asio::awaitable<void> Hold(std::chrono::milliseconds duration);

  // Reads and forgets until the caller leaves, or Abort().
  boost::asio::awaitable<void> Hang();

  // FIN, then waits a moment for the caller's: closing with unread bytes would send RST instead,
  // and RST can overtake the answer.
  boost::asio::awaitable<void> CloseGently();

  // RST.
  void Reset();

  // Ends whatever the connection is waiting for.
  void Abort();

 private:
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace modelgates::sandbox
