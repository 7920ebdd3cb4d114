#include "http/connect_attempt.h"

#include <new>
#include <utility>

namespace modelgates::gateway {

ConnectAttempt::ConnectAttempt(EpollLoop& loop, CurlMulti& multi, CurlEasy easy,
                               const std::string& resolved)
    : done_(loop), multi_(multi), easy_(std::move(easy)) {
  if (!resolved.empty()) {
    resolved_.reset(curl_slist_append(nullptr, resolved.c_str()));
    if (!resolved_) throw std::bad_alloc();
    curl_easy_setopt(easy_.get(), CURLOPT_RESOLVE, resolved_.get());
  }
  curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, error_.data());
  multi_.Add(easy_.get(), *this);
}

ConnectAttempt::~ConnectAttempt() { Drop(); }

std::string_view ConnectAttempt::error() const {
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(code_);
}

CurlEasy ConnectAttempt::Release() {
  // They point to members of this object.
  curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(easy_.get(), CURLOPT_RESOLVE, nullptr);
  return std::move(easy_);
}

void ConnectAttempt::Abandon() {
  Drop();
  done_.Notify();
}

void ConnectAttempt::OnConnectDone(CURLcode code) {
  code_ = code;
  done_.Notify();
}

void ConnectAttempt::Drop() {
  if (!easy_) return;
  multi_.Remove(easy_.get());
  easy_.reset();
}

}  // namespace modelgates::gateway
