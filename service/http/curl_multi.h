#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <unordered_map>

#include "base/epoll_loop.h"

namespace modelgates::gateway {

struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

// Notified when the connection of an easy handle is made or has failed.
class ConnectListener {
 public:
  virtual void OnConnectDone(CURLcode code) = 0;

 protected:
  ~ConnectListener() = default;
};

// A libcurl multi handle on the event loop, which watches its sockets and has its timer. It only
// ever connects (CURLOPT_CONNECT_ONLY). Loop thread only.
class CurlMulti final : private Timer {
 public:
  explicit CurlMulti(EpollLoop& loop);
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  ~CurlMulti();

  // Starts to connect `easy`. `listener` is notified at most once, never within this call, and must
  // live until then or until Remove. A connected handle stays here as long as it is used.
  void Add(CURL* easy, ConnectListener& listener);
  // Ends the attempt to connect, or closes the connection.
  void Remove(CURL* easy);

  size_t size() const { return size_; }

 private:
  class SocketWatch final : public FdHandler {
   public:
    SocketWatch(CurlMulti& multi, curl_socket_t fd) : multi_(multi), fd_(fd) {}
    void OnEvents(uint32_t events) override;

   private:
    CurlMulti& multi_;
    curl_socket_t fd_;
  };

  static int OnSocket(CURL* easy, curl_socket_t fd, int what, void* self, void* unused);
  static int OnTimeout(CURLM* multi, long milliseconds, void* self);

  void OnTimer() override { Act(CURL_SOCKET_TIMEOUT, 0); }
  void WatchSocket(curl_socket_t fd, int what);
  void Act(curl_socket_t fd, int events);

  EpollLoop& loop_;
  std::unordered_map<curl_socket_t, std::unique_ptr<SocketWatch>> sockets_;
  size_t size_ = 0;
  CURLM* multi_;
};

}  // namespace modelgates::gateway
