#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/blocking_work.h"
#include "base/wait_point.h"

namespace modelgates::gateway {

// What the resolver said about a name.
struct ResolvedName {
  // Numeric addresses in the resolver's order, IPv6 in brackets, separated by commas. Empty without
  // an error: the name is an address itself.
  std::string addresses;
  std::string error;  // the resolver's words; empty: there are addresses
};

// Looks up the addresses of one name by getaddrinfo, and keeps them for a while. However many ask,
// one lookup runs at a time, on one thread: a resolver that is silent costs no more than that.
// Loop thread only.
class NameLookup {
 public:
  // Somebody who waits for the lookup under way; destroying it leaves.
  class Waiter : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    explicit Waiter(EventLoop& loop) : done_(loop) {}
    // Notified when `result` is known, or when it was abandoned: the lookup went away.
    WaitPoint& done() { return done_; }
    bool abandoned() const { return abandoned_; }
    const std::shared_ptr<const ResolvedName>& result() const { return result_; }

   private:
    friend class NameLookup;
    WaitPoint done_;
    bool abandoned_ = false;
    std::shared_ptr<const ResolvedName> result_;
  };

  NameLookup(EventLoop& loop, std::string host, std::chrono::seconds kept);
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;
  ~NameLookup();

  // What is known and not too old; else null.
  std::shared_ptr<const ResolvedName> Known() const;
  // Joins the lookup that runs, or begins one.
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
