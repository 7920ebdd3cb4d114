#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "advice.h"
#include "exit_status.h"

namespace modelgates::oauth::cli {

// The output of the command. The result goes to stdout: as text, only the value, for a pipe; as
// JSON, one object with all fields, or {"error": {...}}. Messages for people go to stderr; with
// JSON there are none, unless stdout cannot be written. Text of other parties is escaped for a
// terminal (utf8_text.h).
class Output {
 public:
  Output(bool json, Command command) : json_(json), command_(command) {}

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
};

}  // namespace modelgates::oauth::cli
