#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/blocking_work.h"
#include "base/wait_point.h"

namespace modelgates::gateway {

// The resolver's answer for a name.
struct ResolvedName {
  // Numeric addresses in the resolver's order, IPv6 in brackets, separated by commas. Empty without
  // an error: the name is an address itself.
  std::string addresses;
  std::string error;  // the resolver's message; empty: success
};

// Looks up the addresses of one name with getaddrinfo, and keeps them for a time. At most one
// lookup runs at a time, on one thread, for all callers, so a resolver that does not answer costs
// one thread. Loop thread only.
class NameLookup {
 public:
  // Waits for the running lookup; destroying it ends the wait.
  class Waiter : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    explicit Waiter(EventLoop& loop) : done_(loop) {}
    // Notified when `result` is known, or when the lookup was destroyed.
    WaitPoint& done() { return done_; }
    bool abandoned() const { return abandoned_; }
    const std::shared_ptr<const ResolvedName>& result() const { return result_; }

   private:
    friend class NameLookup;
    WaitPoint done_;
    bool abandoned_ = false;
    std::shared_ptr<const ResolvedName> result_;
  };

  NameLookup(EventLoop& loop, std::string_view host, std::chrono::seconds kept);
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;
  ~NameLookup();

  // The kept result if it is not too old, else null.
  std::shared_ptr<const ResolvedName> Known() const;
  // Joins the running lookup, or starts one.
  void Join(Waiter& waiter);

 private:
  void Finish(ResolvedName result);

  EventLoop& loop_;
  const std::string host_;
  const std::chrono::seconds kept_;
  std::shared_ptr<const ResolvedName> known_;
  TimePoint known_until_{};
  BlockingWork<ResolvedName> work_;
  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiting_;
};

}  // namespace modelgates::gateway
