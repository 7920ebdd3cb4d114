#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/event_loop.h"
#include "call/byte_counter.h"

namespace modelgates::gateway {

// A call whose request is not complete.
class IncompleteRequest : public boost::intrusive::list_base_hook<> {
 public:
  virtual ~IncompleteRequest() = default;

  // Keeps it alive. Called while it is one of IncompleteRequests.
  virtual std::shared_ptr<IncompleteRequest> Share() = 0;
  // Ends its call. Any thread.
  virtual void GiveUpRequest() = 0;

 private:
  friend class IncompleteRequests;

  uint64_t bytes_before_ = 0;
  uint64_t sweeps_before_ = 0;
};

// Bounds the memory of requests that are not complete. The oldest request is ended when there are
// more than `max_requests`, when gRPC has received `max_bytes` from all connections since it began,
// and after `patience`.
//
// The bytes are those of all connections, because gRPC does not report the bytes of a stream. The
// sum of all incomplete requests is below that bound, for any number of callers; a normal request
// is complete much earlier.
//
// Add and Remove: any thread. gRPC, which calls them, must be gone before this goes.
class IncompleteRequests final : private Timer, private ByteCounter::Alarm {
 public:
  struct Options {
    // gRPC may hand over some 400 small calls before it reads the request of the first.
    size_t max_requests = 1024;
    uint64_t max_bytes = uint64_t{4} * 1024 * 1024;
    // A request is ended after half of this time to all of it.
    Duration patience = std::chrono::seconds(10);
    // Called for each request that is ended. Any thread.
    std::function<void()> on_given_up = [] {};
  };

  // `received`: the bytes that gRPC receives from all connections.
  IncompleteRequests(EventLoop& loop, ByteCounter& received, Options options);
  IncompleteRequests(const IncompleteRequests&) = delete;
  IncompleteRequests& operator=(const IncompleteRequests&) = delete;
  ~IncompleteRequests() override;

  void Add(IncompleteRequest& request);
  // Once for each that was added. False: it was ended.
  bool Remove(IncompleteRequest& request);

  size_t size() const;

 private:
  using Shared = std::vector<std::shared_ptr<IncompleteRequest>>;

  void OnTimer() override;
  void OnBytes() override;
  void GiveUpLarge();
  bool OldestIsLarge() const;
  void SetAlarm();
  std::shared_ptr<IncompleteRequest> TakeOldest();
  void GiveUp(const Shared& requests) const;

  EventLoop& loop_;
  ByteCounter& received_;
  const Options options_;
  mutable std::mutex mutex_;                            // guards what follows
  boost::intrusive::list<IncompleteRequest> requests_;  // oldest first
  uint64_t sweeps_ = 0;
  bool sweeping_ = false;
  bool alarm_set_ = false;
  size_t ending_ = 0;  // ended, but gRPC may still keep their bytes
};

}  // namespace modelgates::gateway
