#include "http/curl_multi.h"

#include <sys/epoll.h>

#include <chrono>
#include <new>

namespace modelgates::gateway {

CurlMulti::CurlMulti(EpollLoop& loop) : loop_(loop), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::OnSocket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::OnTimeout);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CurlMulti::~CurlMulti() {
  curl_multi_cleanup(multi_);
  for (const auto& [fd, watch] : sockets_) loop_.Unwatch(fd, *watch);
}

void CurlMulti::Add(CURL* easy, ConnectListener& listener) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &listener);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) throw std::bad_alloc();
  ++size_;
}

void CurlMulti::Remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  --size_;
}

int CurlMulti::OnSocket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  static_cast<CurlMulti*>(self)->WatchSocket(fd, what);
  return 0;
}

void CurlMulti::WatchSocket(curl_socket_t fd, int what) {
  const auto found = sockets_.find(fd);
  if (what == CURL_POLL_REMOVE) {
    if (found == sockets_.end()) return;
    loop_.Unwatch(fd, *found->second);
    sockets_.erase(found);
    return;
  }
  uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  if (found != sockets_.end()) {
    loop_.Rewatch(fd, events, *found->second);
    return;
  }
  SocketWatch& watch = *(sockets_[fd] = std::make_unique<SocketWatch>(*this, fd));
  loop_.Watch(fd, events, watch);
}

int CurlMulti::OnTimeout(CURLM*, long milliseconds, void* self) {
  auto& multi = *static_cast<CurlMulti*>(self);
  // libcurl must not be called from its own callback, so even "at once" goes through the timer.
  if (milliseconds < 0) {
    multi.Cancel();
  } else {
    multi.loop_.Start(multi, multi.loop_.Now() + std::chrono::milliseconds(milliseconds));
  }
  return 0;
}

void CurlMulti::SocketWatch::OnEvents(uint32_t events) {
  int what = 0;
  if ((events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
  multi_.Act(fd_, what);  // may destroy this
}

void CurlMulti::Act(curl_socket_t fd, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    ConnectListener* listener = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &listener);
    listener->OnConnectDone(code);
  }
}

}  // namespace modelgates::gateway
