#include "exchange/shared/redis_exchange_store.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "exchange/shared/redis_exchange_scripts.h"
#include "exchange/shared/sealed_record.h"

namespace modelgates::gateway {
namespace {

using Found = SharedExchange::Found;

constexpr std::string_view kKeyPrefix = "modelgates:oauth:exchange:";
constexpr size_t kFenceBytes = 16;
constexpr size_t kStepPlace = 1;  // in the arguments of every script

// What the server itself says when it has fewer replicas than min-replicas-to-write.
constexpr std::string_view kTooFewReplicas = "NOREPLICAS";

// During this time a slow holder may still continue, if no other gateway has taken over.
constexpr int kReservedKeptLeases = 2;

std::string_view AsText(const ExchangeKey& index) {
  return {reinterpret_cast<const char*>(index.data()), index.size()};
}

std::string ToKeyName(const ExchangeKey& index) {
  const std::string_view text = AsText(index);
  return fmt::format("{}{}", kKeyPrefix, absl::BytesToHexString({text.data(), text.size()}));
}

// In whole milliseconds, at least 1, as Redis requires.
std::string Milliseconds(Duration duration) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return fmt::format("{}", std::max<int64_t>(count, 1));
}

Found ToFound(const RedisReply& word) {
  if (word.type != RedisReply::Type::kString) return Found::kUnavailable;
  if (word.text == "claimed") return Found::kClaimed;
  if (word.text == "reserved") return Found::kReserved;
  if (word.text == "sending") return Found::kSending;
  if (word.text == "lost") return Found::kLost;
  if (word.text == "finished") return Found::kFinished;
  if (word.text == "given_out") return Found::kGivenOut;
  if (word.text == "unreadable") return Found::kUnreadable;
  return Found::kUnavailable;
}

}  // namespace

class RedisExchangeStore::Exchange final : public SharedExchange {
 public:
  Exchange(RedisExchangeStore& store, const ExchangeIdentity& identity)
      : store_(store),
        indices_(store.peppers_.IndicesOf(identity)),
        seal_(identity.auth_code, identity.code_verifier),
        fence_(store.NextFence()) {}

  Task<Claimed> Claim() override;
  Task<Step> BeginSending() override { return Hold("sending", RedisAcks::kReplicas, Renumber()); }
  Task<Step> TakeBack() override { return Hold("reserved", RedisAcks::kServer, nullptr); }
  Task<Step> Renew() override { return Hold("", RedisAcks::kServer, nullptr); }
  Task<Step> Finish(std::string_view record, Keep keep) override;
  Task<Step> Forget() override { return Take(ForgetScript(), {}, RedisAcks::kServer, Renumber()); }

 private:
  Task<Step> Hold(std::string state, RedisAcks acks, RedisClient::Again again);
  // A step of the holder of the claim.
  Task<Step> Take(const RedisScript& script, std::vector<std::string> args, RedisAcks acks,
                  RedisClient::Again again);
  std::vector<std::string> WithFence(std::vector<std::string> args);
  std::string NextStep() { return fmt::format("{}", ++step_); }
  // Makes a step that is repeated the newest.
  RedisClient::Again Renumber() {
    return [this](std::vector<std::string>& args) { args[kStepPlace] = NextStep(); };
  }
  std::string reserved_kept() const {
    return Milliseconds(kReservedKeptLeases * store_.options_.lease);
  }

  RedisExchangeStore& store_;
  const PepperFile::Indices indices_;
  const RecordSeal seal_;
  const std::string fence_;
  uint64_t step_ = 0;
};

Task<SharedExchange::Claimed> RedisExchangeStore::Exchange::Claim() {
  std::vector<std::string> keys = {ToKeyName(indices_.current)};
  if (indices_.previous) keys.push_back(ToKeyName(*indices_.previous));
  std::vector<std::string> args = WithFence({Milliseconds(store_.options_.lease), reserved_kept()});
  Task<RedisReply> run =
      store_.Run(ClaimScript(), std::move(keys), std::move(args), RedisAcks::kServer, Renumber());
  const RedisReply reply = co_await run;
  Claimed claimed;
  const std::vector<RedisReply>& parts = reply.elements;
  if (parts.empty()) co_return claimed;
  claimed.found = ToFound(parts[0]);
  if (claimed.found != Found::kFinished) co_return claimed;

  claimed.found = Found::kUnreadable;
  if (parts.size() != 3) co_return claimed;
  const bool in_previous = parts[1].integer == 2 && indices_.previous;
  const ExchangeKey& index = in_previous ? *indices_.previous : indices_.current;
  std::optional<std::string> record = seal_.Open(parts[2].text, AsText(index));
  if (!record) co_return claimed;
  claimed.found = Found::kFinished;
  claimed.record = *std::move(record);
  co_return claimed;
}

Task<SharedExchange::Step> RedisExchangeStore::Exchange::Hold(std::string state, RedisAcks acks,
                                                              RedisClient::Again again) {
  const Duration sending_kept = store_.options_.lease + store_.options_.sending_kept;
  return Take(HoldScript(),
              {std::move(state), Milliseconds(store_.options_.lease), reserved_kept(),
               Milliseconds(sending_kept)},
              acks, std::move(again));
}

Task<SharedExchange::Step> RedisExchangeStore::Exchange::Finish(std::string_view record,
                                                                Keep keep) {
  if (keep.ttl <= Duration::zero() || keep.replays <= 0) return Forget();
  // Sealed now: the record need not outlive this call.
  std::optional<std::string> sealed = seal_.Seal(record, AsText(indices_.current));
  // An unsealed record must not be stored. An empty one is unreadable, so others do not send.
  if (!sealed) sealed.emplace();
  const bool remarked = keep.given_out_ttl > Duration::zero();
  return Take(FinishScript(),
              {*std::move(sealed), fmt::format("{}", keep.replays), Milliseconds(keep.ttl),
               remarked ? Milliseconds(keep.given_out_ttl) : std::string()},
              RedisAcks::kTryReplicas, Renumber());
}

Task<SharedExchange::Step> RedisExchangeStore::Exchange::Take(const RedisScript& script,
                                                              std::vector<std::string> args,
                                                              RedisAcks acks,
                                                              RedisClient::Again again) {
  std::vector<std::string> keys = {ToKeyName(indices_.current)};
  args = WithFence(std::move(args));
  Task<RedisReply> run =
      store_.Run(script, std::move(keys), std::move(args), acks, std::move(again));
  const RedisReply reply = co_await run;
  if (reply.type != RedisReply::Type::kInteger) co_return Step::kUnavailable;
  co_return reply.integer == 1 ? Step::kDone : Step::kNotOurs;
}

std::vector<std::string> RedisExchangeStore::Exchange::WithFence(std::vector<std::string> args) {
  std::vector<std::string> all = {fence_, NextStep()};
  all.insert(all.end(), std::make_move_iterator(args.begin()), std::make_move_iterator(args.end()));
  return all;
}

RedisExchangeStore::RedisExchangeStore(RedisClient& client, PepperFile& peppers,
                                       RedisExchangeStoreOptions options, Log& log)
    : client_(client), peppers_(peppers), options_(options), log_(log) {}

std::unique_ptr<SharedExchange> RedisExchangeStore::Open(const ExchangeIdentity& identity) {
  return std::make_unique<Exchange>(*this, identity);
}

// Random, because the HMAC has a random key.
std::string RedisExchangeStore::NextFence() {
  const ExchangeKey digest = fences_.Of({fmt::format("{}", ++fence_count_)});
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), kFenceBytes});
}

Task<RedisReply> RedisExchangeStore::Run(const RedisScript& script, std::vector<std::string> keys,
                                         std::vector<std::string> args, RedisAcks acks,
                                         RedisClient::Again again) {
  Task<RedisResult> run = client_.Run(script, std::move(keys), std::move(args), TimePoint::max(),
                                      acks, std::move(again));
  RedisResult result = co_await run;
  if (const auto* failure = std::get_if<RedisFailure>(&result)) {
    if (*failure == RedisFailure::kUnreplicated) SayUnreplicated();
    co_return RedisReply();
  }
  auto& reply = std::get<RedisReply>(result);
  if (reply.type == RedisReply::Type::kError) {
    SayRefused(ErrorWord(reply));
    co_return RedisReply();
  }
  refused_.clear();
  if (acks == RedisAcks::kReplicas) said_unreplicated_ = false;
  co_return std::move(reply);
}

void RedisExchangeStore::SayRefused(const std::string& word) {
  if (refused_ == word) return;
  refused_ = word;
  LogRefusal(word);
}

void RedisExchangeStore::SayUnreplicated() {
  if (!std::exchange(said_unreplicated_, true)) LogRefusal(kTooFewReplicas);
}

void RedisExchangeStore::LogRefusal(std::string_view word) {
  LogLine line = log_.Line(Severity::kError, "exchange_store_refused",
                           "the shared store refuses a step of an exchange");
  log_.Write(line.Add("redis_error", word));
}

}  // namespace modelgates::gateway
