#pragma once

#include <string>

#include "base/descriptor.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {

// The end of a service manager of the protocol of sd_notify(3).
class NotifySocket {
 public:
  enum class Kind { kFile, kAbstract };
  explicit NotifySocket(Kind kind = Kind::kFile);
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // As in NOTIFY_SOCKET.
  const std::string& name() const { return name_; }

  // The next message; empty if none comes within 60 s.
  std::string Receive() const;
  // Whether a message has come that Receive has not returned.
  bool HasMessage() const;

 private:
  const TemporaryFolder folder_{"notify"};
  std::string name_;
  Descriptor socket_;
};

}  // namespace modelgates::gateway
