#pragma once

#include <curl/curl.h>

#include <boost/intrusive/list.hpp>
#include <memory>

#include "base/wait_point.h"
#include "http/curl_multi.h"

namespace modelgates::gateway {

struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

// One connection in the making. Destroying it gives up.
class ConnectAttempt final : public boost::intrusive::list_base_hook<
                                 boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                             private ConnectListener {
 public:
  ConnectAttempt(EpollLoop& loop, CurlMulti& multi, CurlEasy easy);
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  ~ConnectAttempt();

  // Notified when `code` is known, or when it was abandoned.
  WaitPoint& done() { return done_; }
  CURLcode code() const { return code_; }

  CurlMulti& multi() { return multi_; }
  CURL* easy() { return easy_.get(); }
  // Hands over what it made; from here on the caller owns it.
  CURL* Release() { return easy_.release(); }

  // Gives up while somebody still waits for it: the transport goes away.
  void Abandon();
  bool abandoned() const { return easy_ == nullptr; }

 private:
  void OnConnectDone(CURLcode code) override;
  void Drop();

  WaitPoint done_;
  CurlMulti& multi_;
  CurlEasy easy_;
  CURLcode code_ = CURLE_OK;
};

}  // namespace modelgates::gateway
