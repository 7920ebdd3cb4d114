#include "http/connect_attempt.h"

#include <utility>

namespace modelgates::gateway {

ConnectAttempt::ConnectAttempt(EpollLoop& loop, CurlMulti& multi, CurlEasy easy)
    : done_(loop), multi_(multi), easy_(std::move(easy)) {
  multi_.Add(easy_.get(), *this);
}

ConnectAttempt::~ConnectAttempt() { Drop(); }

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
