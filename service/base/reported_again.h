#pragma once

namespace modelgates::gateway {

// Makes an edge-triggered epoll report again that a TCP socket has bytes to read, if it has. False:
// this kernel cannot (Linux before 4.18, some sandboxes); the first call finds out. Any thread.
bool ReportAgain(int socket);

}  // namespace modelgates::gateway
