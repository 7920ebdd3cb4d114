#include "base/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/descriptor.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kPrefix = "unix:";

int MakeSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// Nobody listens at the socket any more: its process has ended without removing it.
bool IsLeftOver(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const Descriptor probe(MakeSocket());
  const sockaddr_un address = AddressOf(path);
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

std::optional<std::string_view> UnixSocketPath(std::string_view address) {
  if (!address.starts_with(kPrefix)) return std::nullopt;
  return address.substr(kPrefix.size());
}

bool IsUnixSocketPath(std::string_view path) {
  return path.starts_with('/') && path.size() < sizeof(sockaddr_un::sun_path) &&
         std::all_of(path.begin(), path.end(),
                     [](unsigned char c) { return c > 0x20 && c != 0x7f; });
}

int ListenOnUnixSocket(const std::string& path) {
  Descriptor listener(MakeSocket());
  if (listener.get() < 0) return -1;
  if (IsLeftOver(path)) unlink(path.c_str());
  // The mode of the socket file, which bind takes from here: Linux asks for the right to write.
  fchmod(listener.get(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP);
  const sockaddr_un address = AddressOf(path);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener.get(), SOMAXCONN) != 0) {
    return -1;
  }
  return listener.Release();
}

}  // namespace modelgates::gateway
