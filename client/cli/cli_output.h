#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "advice.h"
#include "exit_status.h"

namespace modelgates::oauth::cli {

// The output of the command. The result goes to stdout: as text, only the value, for a pipe; as
// JSON, one object with all fields, or {"error": {...}}. Messages for people go to stderr; with
// JSON there are none, unless stdout cannot be written. Text of other parties is escaped for a
// terminal (utf8_text.h).
class Output {
 public:
  // `flags`: of the command. In text, an error names the field of a request as the flag that sets
  // it, if there is one.
  Output(bool json, Command command, std::vector<std::string> flags = {})
      : json_(json), command_(command), flags_(std::move(flags)) {}

  // kFile, with a message on stderr, if stdout cannot be written.
  ExitStatus Result(const std::string& text, const nlohmann::ordered_json& json) const;
  // Prints the error, every wrong field, and advice.
  ExitStatus Failure(const Error& error) const;
  // A line for people.
  void Note(const std::string& line) const;

  bool json() const { return json_; }

 private:
  bool json_;
  Command command_;
  std::vector<std::string> flags_;
};

}  // namespace modelgates::oauth::cli
