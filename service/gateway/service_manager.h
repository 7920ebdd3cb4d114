#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// Tells the service manager that started this process (systemd, `Type=notify`) what the process
// does, in the protocol of sd_notify(3). No message waits for an answer. A message that cannot be
// sent is lost: the manager itself reports a start that it is not told the end of.
class ServiceManager {
 public:
  // `socket`: as in NOTIFY_SOCKET, a path, or a name in the abstract namespace after an "@". Empty,
  // or another kind of address: nobody is told.
  explicit ServiceManager(std::string_view socket);

  // That of NOTIFY_SOCKET.
  static ServiceManager OfThisProcess();

  // Calls are served; also the end of a reload.
  void Ready() const;
  // The settings are read again.
  void Reloading() const;
  // The drain begins.
  void Stopping() const;

 private:
  void Send(std::string_view state) const;

  std::string socket_;
};

}  // namespace modelgates::gateway
