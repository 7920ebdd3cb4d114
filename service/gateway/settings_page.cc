#include "gateway/settings_page.h"

#include <fmt/format.h>

#include <utility>

namespace modelgates::gateway {

SettingsPage::SettingsPage(Config config, SettingSources sources, std::string traces, Clock clock)
    : clock_(std::move(clock)), has_key_(!config.api_key.empty()), traces_(std::move(traces)) {
  Set(std::move(config), std::move(sources));
}

void SettingsPage::Set(Config config, SettingSources sources) {
  const std::scoped_lock lock(mutex_);
  config_ = std::move(config);
  config_.api_key = Secret();
  sources_ = std::move(sources);
  read_at_ = clock_();
}

std::string SettingsPage::Text() const {
  const std::scoped_lock lock(mutex_);
  const std::string read_at = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", read_at_, absl::UTCTimeZone());
  return fmt::format("# read {}; what has no comment is the default\n{}# {}\n", read_at,
                     DescribeSettings(config_, has_key_, sources_), traces_);
}

std::vector<ShownSetting> SettingsPage::Changed() const {
  const std::scoped_lock lock(mutex_);
  return ChangedSettings(config_, sources_);
}

std::vector<std::string> SettingsPage::Files() const {
  const std::scoped_lock lock(mutex_);
  return FilesOf(config_);
}

}  // namespace modelgates::gateway
