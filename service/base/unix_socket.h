#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The path of "unix:/path", as gRPC writes addresses of Unix sockets. nullopt: another address. The
// path is not checked.
std::optional<std::string_view> UnixSocketPath(std::string_view address);

// An absolute path that fits into a socket address: at most 107 bytes, without control characters.
bool IsUnixSocketPath(std::string_view path);

// A socket that listens at `path`, for processes of the same user or group only. Replaces the
// socket of a process that has ended. -1 and errno: it cannot; EADDRINUSE: a process listens there,
// or the file is not a socket.
int ListenOnUnixSocket(const std::string& path);

}  // namespace modelgates::gateway
