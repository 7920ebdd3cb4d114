#include "http/name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/host_port.h"

namespace modelgates::gateway {
namespace {

struct AddressListDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string ToText(const addrinfo& entry) {
  std::array<char, NI_MAXHOST> host;
  const int code = getnameinfo(entry.ai_addr, entry.ai_addrlen, host.data(), host.size(), nullptr,
                               0, NI_NUMERICHOST);
  if (code != 0) return "";
  return entry.ai_family == AF_INET6 ? "[" + std::string(host.data()) + "]" : host.data();
}

ResolvedName Resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  const int error = errno;
  const std::unique_ptr<addrinfo, AddressListDeleter> owner(list);
  ResolvedName result;
  if (code == EAI_SYSTEM) {
    result.error = std::generic_category().message(error);
  } else if (code != 0) {
    result.error = gai_strerror(code);
  }
  for (const addrinfo* entry = code == 0 ? list : nullptr; entry != nullptr;
       entry = entry->ai_next) {
    const std::string address = ToText(*entry);
    if (address.empty()) continue;
    if (!result.addresses.empty()) result.addresses += ',';
    result.addresses += address;
  }
  if (result.error.empty() && result.addresses.empty()) result.error = "no address";
  return result;
}

bool IsAddress(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

}  // namespace

NameLookup::NameLookup(EventLoop& loop, std::string_view host, std::chrono::seconds kept)
    : loop_(loop), host_(WithoutBrackets(host)), kept_(kept), work_(loop) {
  if (!IsAddress(host_)) return;
  known_ = std::make_shared<const ResolvedName>();
  known_until_ = TimePoint::max();
}

NameLookup::~NameLookup() {
  while (!waiting_.empty()) {
    Waiter& waiter = waiting_.front();
    waiting_.pop_front();
    waiter.abandoned_ = true;
    waiter.done().Notify();
  }
}

std::shared_ptr<const ResolvedName> NameLookup::Known() const {
  return loop_.Now() < known_until_ ? known_ : nullptr;
}

void NameLookup::Join(Waiter& waiter) {
  waiting_.push_back(waiter);
  if (work_.running()) return;
  const bool started = work_.Start([host = host_] { return Resolve(host); },
                                   [this](ResolvedName result) { Finish(std::move(result)); });
  if (!started) Finish({.addresses = "", .error = "no thread to ask the resolver with"});
}

void NameLookup::Finish(ResolvedName result) {
  known_ = std::make_shared<const ResolvedName>(std::move(result));
  // Waiting calls get a failure; later calls start a new lookup.
  known_until_ = known_->error.empty() ? loop_.Now() + kept_ : TimePoint::min();
  while (!waiting_.empty()) {
    Waiter& waiter = waiting_.front();
    waiting_.pop_front();
    waiter.result_ = known_;
    waiter.done().Notify();
  }
}

}  // namespace modelgates::gateway
