#include "support/fake_resolver.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <utility>

namespace modelgates::gateway {
namespace {

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

std::atomic<FakeResolver*> the_resolver = nullptr;

GetAddrInfo Real() {
  static const auto real = reinterpret_cast<GetAddrInfo>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real;
}

}  // namespace

FakeResolver::FakeResolver(std::string name, std::vector<std::string> addresses)
    : name_(std::move(name)), addresses_(std::move(addresses)) {
  the_resolver = this;
}

FakeResolver::~FakeResolver() {
  the_resolver = nullptr;
  Speak();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ == 0; });
}

void FakeResolver::BeSilent() {
  const std::lock_guard lock(mutex_);
  silent_ = true;
}

void FakeResolver::Speak() {
  const std::lock_guard lock(mutex_);
  silent_ = false;
  changed_.notify_all();
}

void FakeResolver::SetAddresses(std::vector<std::string> addresses) {
  const std::lock_guard lock(mutex_);
  addresses_ = std::move(addresses);
}

int FakeResolver::lookups() const {
  const std::lock_guard lock(mutex_);
  return lookups_;
}

bool FakeResolver::Answer(const std::string& name, std::vector<std::string>& addresses) {
  if (name != name_) return false;
  std::unique_lock lock(mutex_);
  ++lookups_;
  ++waiting_;
  changed_.wait(lock, [this] { return !silent_; });
  --waiting_;
  changed_.notify_all();
  addresses = addresses_;
  return true;
}

}  // namespace modelgates::gateway

// Takes the place of the C library's, which it asks for each address.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using modelgates::gateway::Real;
  using modelgates::gateway::the_resolver;
  auto* const resolver = the_resolver.load();
  std::vector<std::string> addresses;
  if (node == nullptr || resolver == nullptr || !resolver->Answer(node, addresses)) {
    return Real()(node, service, hints, result);
  }
  addrinfo numeric = hints != nullptr ? *hints : addrinfo{};
  numeric.ai_flags |= AI_NUMERICHOST;
  addrinfo** end = result;
  *end = nullptr;
  for (const std::string& address : addresses) {
    // Of another family than the one that is wanted.
    if (Real()(address.c_str(), service, &numeric, end) != 0) continue;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return *result != nullptr ? 0 : EAI_NONAME;
}
