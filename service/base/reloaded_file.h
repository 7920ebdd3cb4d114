#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/blocking_work.h"
#include "base/event_loop.h"
#include "base/file_version.h"

namespace modelgates::gateway {

// Is told what becomes of files that change.
class ReloadObserver {
 public:
  // `setting`: the one that names the file.
  virtual void OnReloaded(std::string_view setting) = 0;
  // `why` follows the file's name ("must hold ..."), and says nothing of its content.
  virtual void OnReloadFailed(std::string_view setting, std::string_view why) = 0;

 protected:
  ~ReloadObserver() = default;
};

// What a file holds, read again when it changes: looked at once a second, on a thread of its own,
// since a file may be on a disk that hangs. A version that cannot be read is told to the observer
// once, and the value before stays in use: the file may be in the middle of being replaced.
//
// Loop thread only, but for the constructor. T has ==; a copy of what is in use is no change.
template <class T>
class ReloadedFile final : private Timer {
 public:
  // Reads the file at a path. Runs on another thread.
  using Read = std::function<absl::StatusOr<T>(const std::string& path)>;

  struct Options {
    std::string path;
    std::string_view setting;
    std::chrono::milliseconds interval{1'000};
  };

  // `value`: as read before; the file may have changed since. `observer` may be null. `on_change`
  // is called with each new value and may be empty.
  ReloadedFile(EventLoop& loop, Options options, Read read, T value, ReloadObserver* observer,
               std::function<void(const T&)> on_change)
      : loop_(loop),
        options_(std::move(options)),
        read_(std::move(read)),
        value_(std::move(value)),
        observer_(observer),
        on_change_(std::move(on_change)),
        work_(loop) {}

  // Looks at the file from now on. On the loop thread, or before the loop runs.
  void Watch() { loop_.Start(*this, loop_.Now() + options_.interval); }

  const T& value() const { return value_; }

 private:
  using Version = std::optional<FileVersion>;
  struct Look {
    Version version;
    std::optional<absl::StatusOr<T>> read;  // absent: as it was
  };

  void OnTimer() override {
    const bool started = work_.Start(
        [path = options_.path, read = read_, before = version_] {
          Look look{FileVersionOf(path), std::nullopt};
          if (look.version != before) look.read = read(path);
          return look;
        },
        [this](Look look) { Finish(std::move(look)); });
    if (!started) Watch();
  }

  void Finish(Look look) {
    Watch();
    version_ = look.version;
    if (!look.read) return;
    if (!look.read->ok()) {
      const auto why = look.read->status().message();
      if (observer_ != nullptr)
        observer_->OnReloadFailed(options_.setting, {why.data(), why.size()});
      return;
    }
    if (**look.read == value_) return;
    value_ = *std::move(*look.read);
    if (on_change_) on_change_(value_);
    if (observer_ != nullptr) observer_->OnReloaded(options_.setting);
  }

  EventLoop& loop_;
  const Options options_;
  const Read read_;
  T value_;
  ReloadObserver* const observer_;
  const std::function<void(const T&)> on_change_;
  Version version_{};  // none yet: it may have changed since `value_` was read
  BlockingWork<Look> work_;
};

}  // namespace modelgates::gateway
