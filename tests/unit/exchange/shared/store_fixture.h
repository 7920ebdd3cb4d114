#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/shared/redis_exchange_store.h"
#include "support/log_capture.h"
#include "support/loop_thread.h"
#include "support/redis_process.h"
#include "unit/redis/client_runner.h"

namespace modelgates::gateway {

using Found = SharedExchange::Found;
using Step = SharedExchange::Step;

inline std::ostream& operator<<(std::ostream& out, Found found) {
  constexpr std::string_view kNames[] = {"claimed",  "reserved",  "sending",    "lost",
                                         "finished", "given out", "unreadable", "unavailable"};
  return out << kNames[static_cast<size_t>(found)];
}

inline std::ostream& operator<<(std::ostream& out, Step step) {
  constexpr std::string_view kNames[] = {"done", "not ours", "unavailable"};
  return out << kNames[static_cast<size_t>(step)];
}

inline const std::string kPepperA(32, 'a');
inline const std::string kPepperB(32, 'b');

// So long that no test sees the end of one by itself.
inline RedisExchangeStoreOptions LongLeases() {
  RedisExchangeStoreOptions options;
  options.lease = std::chrono::seconds(10'000);
  options.sending_kept = std::chrono::seconds(100'000);
  return options;
}

inline ExchangeIdentity ExampleIdentity() {
  return {.auth_code = "canary-code",
          .code_verifier = "canary-verifier",
          .code_challenge_method = 1,
          .credential = "Bearer canary-bearer",
          .caller = "canary-caller",
          .base_url = "https://canary.example"};
}

// One gateway's side of the store, with a loop of its own, driven from the test's thread.
class StoreGateway {
 public:
  // An exchange as this gateway sees it. Goes before the gateway.
  class Exchange {
   public:
    Exchange(StoreGateway& gateway, const ExchangeIdentity& identity) : gateway_(gateway) {
      gateway_.thread_.On([&] { shared_ = gateway_.store_->Open(identity); });
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() {
      gateway_.thread_.On([this] { shared_.reset(); });
    }

    Found Claim() {
      auto claimed =
          gateway_.thread_.Await<SharedExchange::Claimed>([this] { return shared_->Claim(); });
      record_ = claimed.record;
      return claimed.found;
    }
    // What the last Claim gave.
    const std::string& record() const { return record_; }

    Step BeginSending() { return Take(&SharedExchange::BeginSending); }
    Step TakeBack() { return Take(&SharedExchange::TakeBack); }
    Step Renew() { return Take(&SharedExchange::Renew); }
    Step Forget() { return Take(&SharedExchange::Forget); }
    Step Finish(std::string_view record, int replays = SharedExchange::kNoLimit,
                Duration ttl = std::chrono::seconds(1'000), Duration given_out_ttl = {}) {
      return gateway_.thread_.Await<Step>([&] {
        return shared_->Finish(record, {ttl, replays, given_out_ttl});
      });
    }

   private:
    Step Take(Task<Step> (SharedExchange::*step)()) {
      return gateway_.thread_.Await<Step>([&] { return (shared_.get()->*step)(); });
    }

    StoreGateway& gateway_;
    std::unique_ptr<SharedExchange> shared_;
    std::string record_;
  };

  // `peppers`: what its pepper file holds.
  explicit StoreGateway(const std::string& url, std::string_view peppers = kPepperA,
                        RedisExchangeStoreOptions options = LongLeases(),
                        RedisOptions redis_options = PatientOptions()) {
    std::string path = testing::TempDir() + "pepper_XXXXXX";
    close(mkstemp(path.data()));
    std::ofstream(path) << peppers;
    pepper_path_ = path;
    thread_.On([&] {
      client_.emplace(thread_.loop(), *ParseRedisUrl(url), redis_options, capture_.log());
      peppers_.emplace(path, thread_.loop(), nullptr);
      store_.emplace(*client_, *peppers_, options, capture_.log());
    });
  }
  StoreGateway(const StoreGateway&) = delete;
  StoreGateway& operator=(const StoreGateway&) = delete;
  ~StoreGateway() {
    thread_.On([this] {
      store_.reset();
      peppers_.reset();
      client_.reset();
    });
    std::filesystem::remove(pepper_path_);
    EXPECT_EQ(capture_.text().find("canary"), std::string::npos) << capture_.text();
  }

  LogCapture& capture() { return capture_; }

 private:
  LogCapture capture_;
  std::string pepper_path_;
  LoopThread thread_;
  std::optional<RedisClient> client_;
  std::optional<PepperFile> peppers_;
  std::optional<RedisExchangeStore> store_;
};

// Given a server, two gateways that share it, and somebody with access to it.
class StoreFixture : public testing::Test {
 protected:
  using Exchange = StoreGateway::Exchange;

  std::vector<std::string> Keys() {
    const RedisResult result = admin_.Start({"KEYS", "*"}).get();
    std::vector<std::string> keys;
    for (const RedisReply& key : std::get<RedisReply>(result).elements) keys.push_back(key.text);
    return keys;
  }
  // The one there is.
  std::string Key() {
    const std::vector<std::string> keys = Keys();
    EXPECT_EQ(keys.size(), 1u);
    return keys.empty() ? "" : keys[0];
  }
  std::string Field(const std::string& name) {
    const std::string shown = admin_.Call({"HGET", Key(), name});
    return shown == "nil" ? "" : shown.substr(1);
  }
  void SetField(const std::string& name, const std::string& value) {
    admin_.Call({"HSET", Key(), name, value});
  }
  // As time would, but at once.
  void EndLease() { SetField("lease_until", "1"); }
  // How long the server will still keep it, in seconds; -1 for ever.
  long KeptSeconds() {
    const RedisResult result = admin_.Start({"PTTL", Key()}).get();
    const int64_t milliseconds = std::get<RedisReply>(result).integer;
    return milliseconds < 0 ? -1 : static_cast<long>(milliseconds / 1000);
  }

  RedisProcess redis_;
  ClientRunner admin_{redis_.url()};
  StoreGateway one_{redis_.url()};
  StoreGateway other_{redis_.url()};
  const ExchangeIdentity identity_ = ExampleIdentity();
};

}  // namespace modelgates::gateway
