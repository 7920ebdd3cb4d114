#pragma once

#include <absl/random/random.h>

#include <memory>

#include "base/keyed_mac.h"
#include "base/task.h"
#include "exchange/flights/exchange_registry.h"
#include "rpc/served_call.h"
#include "rpc/typed_call.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {

// The RPCs of OAuthService, each a function from its request to its reply. They serve calls that
// were admitted. Loop thread only.
class OAuthRpcs {
 public:
  // All must outlive this and every call.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    CallObservers observers;
    Retrier& retrier;
    ExchangeRegistry& exchanges;
    Credentials& credentials;
    UnreadReplies& unread_replies;
  };

  explicit OAuthRpcs(const Parts& parts);
  OAuthRpcs(const OAuthRpcs&) = delete;
  OAuthRpcs& operator=(const OAuthRpcs&) = delete;

  Task<void> CreateAuthCode(std::shared_ptr<CreateAuthCodeCall> call);
  Task<void> ExchangeAuthCode(std::shared_ptr<ExchangeAuthCodeCall> call);

  // For authorization codes in the log.
  const Fingerprints& fingerprints() const { return fingerprints_; }

 private:
  ExchangeRegistry::Caller ToCaller(const ExchangeAuthCodeCall& call,
                                    const ServedCall::Authorized& authorized);

  const Config& config_;
  Retrier& retrier_;
  ExchangeRegistry& exchanges_;
  const UpstreamDefaults defaults_;
  Hmac identities_;
  Fingerprints fingerprints_;
  absl::BitGen random_;
  const ServedCall::Parts served_;
};

}  // namespace modelgates::gateway
