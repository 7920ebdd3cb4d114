#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace modelgates::gateway {

// Says what one name's addresses are, to every getaddrinfo of the program that links it: libcurl's
// as well. Other names go to the system. One at a time.
class FakeResolver {
 public:
  // `addresses`: numeric, in the order in which they are to be tried.
  FakeResolver(std::string name, std::vector<std::string> addresses);
  FakeResolver(const FakeResolver&) = delete;
  FakeResolver& operator=(const FakeResolver&) = delete;
  ~FakeResolver();

  void SetAddresses(std::vector<std::string> addresses);
  // From now on it is silent: who asks waits until Speak.
  void BeSilent();
  void Speak();
  // How often the name was asked for.
  int lookups() const;

  // For getaddrinfo. False: not its name.
  bool Answer(const std::string& name, std::vector<std::string>& addresses);

 private:
  const std::string name_;
  mutable std::mutex mutex_;
  std::vector<std::string> addresses_;
  std::condition_variable changed_;
  bool silent_ = false;
  int waiting_ = 0;
  int lookups_ = 0;
};

}  // namespace modelgates::gateway
