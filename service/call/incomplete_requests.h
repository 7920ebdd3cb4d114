#pragma once

#include <absl/container/flat_hash_map.h>

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
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
  // Ends its call; `why` is for its caller, a literal. Any thread.
  virtual void GiveUpRequest(const char* why) = 0;

 private:
  friend class IncompleteRequests;

  const void* connection_ = nullptr;
  uint64_t bytes_before_ = 0;
  uint64_t sweeps_before_ = 0;
};

// Bounds the memory of requests that are not complete. A request is ended at once when its
// connection has more than `max_of_connection`, so no peer can end the requests of another. The
// oldest request is ended when there are more than SetMaxRequests allows, when gRPC has received
// `max_bytes` from all connections since it began, and after `patience`.
//
// The bytes are those of all connections, because gRPC does not report the bytes of a stream. The
// sum of all incomplete requests is below that bound, for any number of callers; a normal request
// is complete much earlier.
//
// Add and Remove: any thread. gRPC, which calls them, must be gone before this goes.
class IncompleteRequests final : private Timer, private ByteCounter::Alarm {
 public:
  struct Options {
    // HTTP/2's settings allow 100 streams. A client that cancels one may open another before gRPC
    // has ended the first.
    size_t max_of_connection = 256;
    // Ended ones that gRPC still keeps: while there are as many, it receives slowly.
    size_t max_ending = 256;
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

  // Of all callers at once. A client may send the headers of many calls before their messages, so
  // as many as may run must be allowed to be incomplete. At first there is no bound.
  void SetMaxRequests(size_t max_requests);

  // `connection` tells connections apart; those of nullptr have no bound of their own.
  void Add(IncompleteRequest& request, const void* connection);
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
  // False: its connection has too many.
  bool Count(IncompleteRequest& request, const void* connection);
  void Uncount(const IncompleteRequest& request);
  void GiveUp(const Shared& requests, const char* why) const;

  EventLoop& loop_;
  ByteCounter& received_;
  const Options options_;
  mutable std::mutex mutex_;  // guards what follows
  size_t max_requests_ = std::numeric_limits<size_t>::max();
  boost::intrusive::list<IncompleteRequest> requests_;  // oldest first
  absl::flat_hash_map<const void*, size_t> of_connection_;
  uint64_t sweeps_ = 0;
  bool sweeping_ = false;
  bool alarm_set_ = false;
  size_t ending_ = 0;  // ended, but gRPC may still keep their bytes
};

}  // namespace modelgates::gateway
