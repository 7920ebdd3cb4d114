#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "status/html.h"
#include "status/snapshot.h"

namespace modelgates::gateway {

// A table with a row of headings. Without rows: the word "none".
Html ToTable(std::initializer_list<std::string_view> headings,
             const std::vector<std::vector<Html>>& rows);

// The parts of /statusz that are tables.
Html CallsTable(const StatusSnapshot& snapshot);
Html AttemptsTable(const StatusSnapshot& snapshot);
Html ErrorsTable(const StatusSnapshot& snapshot);
Html ExchangesTable(const StatusSnapshot& snapshot);
Html CallersTable(const StatusSnapshot& snapshot);
Html FilesTable(const StatusSnapshot& snapshot);
Html SettingsTable(const StatusSnapshot& snapshot);
Html FailuresTable(const StatusSnapshot& snapshot);

}  // namespace modelgates::gateway
