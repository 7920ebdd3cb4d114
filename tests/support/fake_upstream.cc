#include "support/fake_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <system_error>
#include <utility>

#include "support/fake_session.h"

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kPatience{60};

int Checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Calls `see` with name and value of each field line.
template <class See>
void ForEachField(std::string_view head, See see) {
  size_t line = head.find("\r\n");
  while (line != std::string_view::npos && line + 2 < head.size()) {
    const size_t start = line + 2;
    line = head.find("\r\n", start);
    const std::string_view text = head.substr(start, line - start);
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = text.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    see(text.substr(0, colon), value);
  }
}

}  // namespace

std::optional<std::string> ReceivedRequest::Header(std::string_view name) const {
  std::optional<std::string> found;
  ForEachField(head, [&](std::string_view field, std::string_view value) {
    if (!found && EqualsIgnoringCase(field, name)) found = std::string(value);
  });
  return found;
}

int ReceivedRequest::CountHeader(std::string_view name) const {
  int count = 0;
  ForEachField(head, [&](std::string_view field, std::string_view) {
    if (EqualsIgnoringCase(field, name)) ++count;
  });
  return count;
}

class FakeUpstream::Listener final : public FdHandler {
 public:
  explicit Listener(FakeUpstream& upstream) : upstream_(upstream) {}
  void OnEvents(uint32_t) override { upstream_.Accept(); }

 private:
  FakeUpstream& upstream_;
};

FakeUpstream::FakeUpstream(Options options) : options_(options) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  defaults_[""] = Answer::Json(200, "{}");

  listen_fd_ = Checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  setsockopt(listen_fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (options.receive_buffer_bytes > 0) {
    setsockopt(listen_fd_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer_bytes, sizeof(int));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, options.address, &address.sin_addr);
  address.sin_port = htons(static_cast<uint16_t>(options.port));
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Checked(bind(listen_fd_, generic, sizeof(address)), "bind");
  Checked(listen(listen_fd_, 4096), "listen");
  socklen_t size = sizeof(address);
  Checked(getsockname(listen_fd_, generic, &size), "getsockname");
  port_ = ntohs(address.sin_port);

  listener_ = std::make_unique<Listener>(*this);
  loop_.Post([this] { loop_.Watch(listen_fd_, EPOLLIN, *listener_); });
  thread_ = std::thread([this] { loop_.Run(); });
}

FakeUpstream::~FakeUpstream() {
  OnThread([this] {
    loop_.Unwatch(listen_fd_, *listener_);
    for (const auto& [session, owner] : sessions_) session->Stop();
  });
  WaitForOpenConnections(0);
  loop_.Stop();
  thread_.join();
  close(listen_fd_);
}

std::string FakeUpstream::url() const {
  return (options_.tls != nullptr ? "https://" : "http://") + std::string(options_.address) + ":" +
         std::to_string(port_);
}

void FakeUpstream::SetDefault(Answer answer) { SetDefault("", std::move(answer)); }

void FakeUpstream::SetDefault(const std::string& path, Answer answer) {
  const std::lock_guard lock(mutex_);
  defaults_[path] = std::move(answer);
}

void FakeUpstream::Enqueue(Answer answer) { Enqueue("", std::move(answer)); }

void FakeUpstream::Enqueue(const std::string& path, Answer answer) {
  const std::lock_guard lock(mutex_);
  queued_[path].push_back(std::move(answer));
}

void FakeUpstream::SetRule(Rule rule) {
  const std::lock_guard lock(mutex_);
  rule_ = std::move(rule);
}

void FakeUpstream::EnqueueConnection(OnAccept what) {
  const std::lock_guard lock(mutex_);
  on_accept_.push_back(what);
}

std::vector<ReceivedRequest> FakeUpstream::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

size_t FakeUpstream::CountRequests(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const ReceivedRequest& request : requests_) count += request.target == path ? 1 : 0;
  return count;
}

int FakeUpstream::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

int FakeUpstream::open_connections() const {
  const std::lock_guard lock(mutex_);
  return open_connections_;
}

bool FakeUpstream::WaitForRequests(size_t count) const {
  return WaitFor([&] { return requests_.size() >= count; });
}

bool FakeUpstream::WaitForConnections(int count) const {
  return WaitFor([&] { return connections_ >= count; });
}

bool FakeUpstream::WaitForOpenConnections(int count) const {
  return WaitFor([&] { return open_connections_ <= count; });
}

bool FakeUpstream::WaitFor(const std::function<bool()>& done) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, done);
}

void FakeUpstream::OnThread(const std::function<void()>& task) {
  std::promise<void> done;
  loop_.Post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void FakeUpstream::ToIdleConnections(OnIdle what) {
  OnThread([&] {
    for (const auto& [session, owner] : sessions_) {
      if (session->idle()) session->DoIdle(what);
    }
  });
}

Answer FakeUpstream::ChooseAnswer(const ReceivedRequest& request) {
  const std::lock_guard lock(mutex_);
  if (rule_) {
    if (std::optional<Answer> answer = rule_(request)) return *std::move(answer);
  }
  const std::string& target = request.target;
  for (const std::string& path : {target, std::string()}) {
    std::deque<Answer>& queue = queued_[path];
    if (queue.empty()) continue;
    Answer answer = std::move(queue.front());
    queue.pop_front();
    return answer;
  }
  const auto found = defaults_.find(target);
  return found != defaults_.end() ? found->second : defaults_[""];
}

void FakeUpstream::Record(ReceivedRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  changed_.notify_all();
}

void FakeUpstream::Accept() {
  for (;;) {
    const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    OnAccept what = OnAccept::kServe;
    int number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = ++connections_;
      ++open_connections_;
      if (!on_accept_.empty()) {
        what = on_accept_.front();
        on_accept_.pop_front();
      }
      changed_.notify_all();
    }
    auto session = std::make_unique<FakeSession>(*this, loop_, fd, number, options_);
    FakeSession& reference = *session;
    sessions_.emplace(&reference, std::move(session));
    Spawn(reference.Serve(what));
  }
}

void FakeUpstream::Remove(FakeSession& session) {
  sessions_.erase(&session);
  const std::lock_guard lock(mutex_);
  --open_connections_;
  changed_.notify_all();
}

}  // namespace modelgates::gateway
