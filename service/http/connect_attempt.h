#pragma once

#include <curl/curl.h>

#include <array>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/wait_point.h"
#include "http/curl_multi.h"

namespace modelgates::gateway {

struct CurlListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One connection that is being made. Destroying it ends the attempt.
class ConnectAttempt final : public boost::intrusive::list_base_hook<
                                 boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                             private ConnectListener {
 public:
  // `resolved`: "host:port:addresses" as CURLOPT_RESOLVE takes it; empty: the host is an address.
  ConnectAttempt(EpollLoop& loop, CurlMulti& multi, CurlEasy easy, const std::string& resolved);
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  ~ConnectAttempt();

  // Notified when `code` is known, or when the attempt was abandoned.
  WaitPoint& done() { return done_; }
  CURLcode code() const { return code_; }
  // libcurl's message for `code`.
  std::string_view error() const;

  CurlMulti& multi() { return multi_; }
  CURL* easy() { return easy_.get(); }
  // Releases the connection, which the caller then owns.
  CurlEasy Release();

  // Ends the attempt while a call still waits for it, because the transport is being destroyed.
  void Abandon();
  bool abandoned() const { return easy_ == nullptr; }

 private:
  void OnConnectDone(CURLcode code) override;
  void Drop();

  WaitPoint done_;
  CurlMulti& multi_;
  CurlEasy easy_;
  std::unique_ptr<curl_slist, CurlListDeleter> resolved_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode code_ = CURLE_OK;
};

}  // namespace modelgates::gateway
