#pragma once

#include <string>

namespace modelgates::gateway {

// Markdown tables of the log: its events, and the fields of their lines.
std::string LogEventsTable();
std::string LogFieldsTable();

}  // namespace modelgates::gateway
