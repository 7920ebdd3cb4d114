#pragma once

#include <stop_token>
#include <string>

namespace modelgates::oauth::cli {

enum class LineRead {
  kLine,
  kNone,     // stdin has ended, or cannot be read
  kStopped,  // by the stop token
};

// Reads the next line of stdin into `line`, without its line break and at most 64 KiB; the rest
// stays for the next reader.
//
// If stdin is a terminal, `prompt` is shown on stderr, and nothing of what is typed. Ctrl-C sends
// its signal; Ctrl-Z and Ctrl-\ do nothing, because they would leave a terminal that shows nothing.
LineRead ReadLineOfStdin(const std::string& prompt, const std::stop_token& stop, std::string& line);

}  // namespace modelgates::oauth::cli
