#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/mounted_secret.h"
#include "support/redis_process.h"
#include "support/test_authority.h"

namespace modelgates::gateway {

// The gateway with mutual TLS, a key of its own, a caller with its own key, rules and a shared
// store; all files that operators rotate, as Kubernetes mounts them; and an upstream that refuses
// every key but the newest one from the moment that its file is written.
//
// Alice has a key of her own, bob has none.
class RotatedGateway {
 public:
  // `flags`: in addition to those that name the files.
  explicit RotatedGateway(std::vector<std::string> flags = {});
  // False: it does not start.
  bool WaitUntilListening() { return gateway_->WaitUntilListening(); }
  GatewayProcess& gateway() { return *gateway_; }
  // Of the exchanges.
  RedisProcess& store() { return redis_; }
  // Asked first about each request upstream, on the upstream's thread; nullopt: nothing is wrong.
  void SetFault(FakeUpstream::Rule fault);

  // Replaces every file by a good one. The callers' CA is replaced as operators do it: a CA is in
  // the file for two replacements before callers have certificates of it, and for one after. The
  // gateway needs up to two checks for a set of files, so it may pass one set over.
  void ReplaceAll();
  // Replaces every file by one that cannot be used, broken in another way each time.
  void BreakAll();

  // Of the files that were replaced since the start.
  int good() const { return good_; }
  int broken() const { return broken_; }
  // The settings that name the files.
  static std::vector<std::string> Settings();
  // How many were taken into use, and refused, by the gateway's own count.
  double Reloads(const std::string& setting, const std::string& result) const;
  // The series of that count.
  static std::string ReloadSeries(const std::string& setting, const std::string& result);

  struct Calls {
    size_t made = 0;
    std::map<std::string, size_t> failed;  // by what the caller is told
    size_t exchanges = 0;                  // each of a code of its own
    size_t repeated = 0;                   // of them, a second later
  };
  // Calls at an even rate, whether they succeed or not, by both callers in turn: creates and
  // exchanges, on new connections twice a second. Returns when all have ended.
  Calls Offer(double calls_per_second, const std::stop_token& stop);

  // Exchanges that the upstream was sent and did not refuse.
  size_t exchanges_sent() const { return exchanges_sent_; }
  // Requests that it refused because their key was not valid any more.
  size_t old_keys() const { return old_keys_; }
  // Requests with a key that their caller never had.
  size_t wrong_keys() const { return wrong_keys_; }

 private:
  struct Caller {
    const char* name;       // its http_referer
    const char* alt_name;   // of its certificate
    const char* key;        // its keys begin so
    TestIdentity identity;  // of now
  };

  std::string KeyOf(const Caller& caller, int number) const;
  std::string Peppers() const;
  static MountedSecret::Files FilesOf(const TestIdentity& identity);
  static MountedSecret::Files Broken(const MountedSecret::Files& files, const std::string& name,
                                     int kind);
  void AcceptNewestKey();
  std::optional<Answer> Judge(const ReceivedRequest& request);
  std::shared_ptr<GatewayClient> Connect(size_t caller) const;

  FakeUpstream upstream_;
  RedisProcess redis_;
  const TestAuthority server_authority_;
  std::vector<TestAuthority> client_authorities_{4};  // the second is the one of the callers
  MountedSecret tls_;
  MountedSecret ca_;
  MountedSecret key_;
  MountedSecret pepper_;
  MountedSecret rules_;
  MountedSecret caller_keys_;
  int version_ = 0;  // of the files that are good
  int good_ = 0;
  int broken_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  Caller callers_[2];
  FakeUpstream::Rule fault_;
  std::set<std::string> keys_;  // that the upstream accepts
  std::atomic<size_t> exchanges_sent_{0};
  std::atomic<size_t> old_keys_{0};
  std::atomic<size_t> wrong_keys_{0};
  std::optional<GatewayProcess> gateway_;
};

}  // namespace modelgates::gateway
