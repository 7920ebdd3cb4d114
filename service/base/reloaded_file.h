#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "base/file_version.h"
#include "base/repeated_look.h"

namespace modelgates::gateway {

// Observes the reloads of files.
class ReloadObserver {
 public:
  // `setting`: the name of the setting that holds the path.
  virtual void OnReloaded(std::string_view setting) = 0;
  // `why` is printed after the path ("must hold ..."), and contains nothing of the file.
  virtual void OnReloadFailed(std::string_view setting, std::string_view why) = 0;

 protected:
  ~ReloadObserver() = default;
};

// The versions of some files at a look, and their value if it was read.
template <class T>
struct FileLook {
  std::vector<std::optional<FileVersion>> version;  // of each file
  std::optional<absl::StatusOr<T>> read;            // absent: unchanged, or still changing
};

// The value of a file, read again when the file changes. It is checked once per second (see
// RepeatedLook). A version that cannot be used is reported to the observer once, and the previous
// value stays in use; it is read again at every check, because the fault may pass: the disk answers
// again, a certificate becomes valid.
//
// A value of several files is read when two checks in a row have found the same versions: the files
// may be replaced one after the other.
//
// Loop thread only, except the constructor.
template <class T>
class ReloadedFile final : public RepeatedLook<FileLook<T>> {
 public:
  // Reads the file, and Options::more_paths. Runs on another thread, so it owns what it uses.
  using Read = std::function<absl::StatusOr<T>(const std::string& path)>;
  // Applies a value. False: the value has not changed.
  using Take = std::function<bool(T)>;

  struct Options {
    std::string path;
    std::string_view setting;
    // Paths of the other files of the value.
    std::vector<std::string> more_paths{};
    std::chrono::milliseconds interval{1'000};
  };

  // `observer` may be null.
  ReloadedFile(EventLoop& loop, Options options, Read read, Take take, ReloadObserver* observer)
      : RepeatedLook<FileLook<T>>(loop, options.interval),
        setting_(options.setting),
        paths_(AllPaths(options)),
        read_(std::move(read)),
        take_(std::move(take)),
        observer_(observer) {}

 private:
  using Version = std::vector<std::optional<FileVersion>>;

  static std::vector<std::string> AllPaths(const Options& options) {
    std::vector<std::string> paths = {options.path};
    paths.insert(paths.end(), options.more_paths.begin(), options.more_paths.end());
    return paths;
  }

  absl::AnyInvocable<FileLook<T>()> NextLook() override {
    return [paths = paths_, read = read_, used = read_version_, seen = seen_version_,
            failed = !error_.empty()] {
      FileLook<T> look;
      for (const std::string& path : paths) look.version.push_back(FileVersionOf(path));
      const bool is_settled = paths.size() == 1 || seen == look.version;
      if (is_settled && (failed || used != look.version)) look.read = read(paths.front());
      return look;
    };
  }

  void Use(FileLook<T> look) override {
    if (look.read) UseReading(*std::move(look.read), read_version_ != look.version);
    if (look.read) read_version_ = look.version;
    seen_version_ = std::move(look.version);
  }

  void UseReading(absl::StatusOr<T> read, bool is_new) {
    if (read.ok()) {
      error_.clear();
      if (take_(*std::move(read)) && observer_ != nullptr) observer_->OnReloaded(setting_);
      return;
    }
    const std::string error(read.status().message());
    if (!is_new && error == error_) return;
    error_ = error;
    if (observer_ != nullptr) observer_->OnReloadFailed(setting_, error_);
  }

  const std::string_view setting_;
  const std::vector<std::string> paths_;
  const Read read_;
  const Take take_;
  ReloadObserver* const observer_;
  std::optional<Version> read_version_;  // absent: the file may have changed since the first read
  std::optional<Version> seen_version_;  // at the last check
  std::string error_;                    // of the last read; empty: none
};

}  // namespace modelgates::gateway
