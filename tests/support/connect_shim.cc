// Preloaded into the gateway. Each connect, which the gateway calls on its event loop, first waits
// for a byte in the FIFO that CONNECT_WAITS_FOR names.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  using Connect = int(int, const sockaddr*, socklen_t);
  static auto* const next = reinterpret_cast<Connect*>(dlsym(RTLD_NEXT, "connect"));
  const int fifo = open(std::getenv("CONNECT_WAITS_FOR"), O_RDONLY | O_CLOEXEC);
  if (fifo >= 0) close(fifo);
  return next(socket, address, size);
}
