#pragma once

namespace modelgates::gateway {

// Makes an edge-triggered epoll report again that a TCP socket has bytes to read, if it has. False:
// this kernel cannot (Linux before 4.18, some sandboxes); the first call finds out. Any thread.
bool ReportAgain(int socket);

// No kernel can for a Unix socket, although it accepts the option. From now on ReportAgain is false
// in this process; asking for the kind of each socket would cost a system call. Any thread.
void ReportNothingAgain();

}  // namespace modelgates::gateway
