#include "open_loop.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "integration/call_messages.h"

namespace modelgates::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kChannels = 4;

// Running and finished calls.
class Calls {
 public:
  void StartCreate(oauth::v1::OAuthService::Stub& stub, Clock::time_point begin, Seconds deadline) {
    auto call = std::make_shared<Call<oauth::v1::CreateAuthCodeResponse>>();
    auto on_end = Begin(*call, begin, deadline);
    stub.async()->CreateAuthCode(&call->context, &create_, &call->reply,
                                 [call, on_end](const grpc::Status& status) { on_end(status); });
  }

  void StartExchange(oauth::v1::OAuthService::Stub& stub, Clock::time_point begin, Seconds deadline,
                     size_t number) {
    auto call = std::make_shared<Call<oauth::v1::ExchangeAuthCodeResponse>>();
    auto on_end = Begin(*call, begin, deadline);
    // gRPC serializes it before the call returns.
    const auto request = gateway::MinimalExchange("code-" + std::to_string(number));
    stub.async()->ExchangeAuthCode(&call->context, &request, &call->reply,
                                   [call, on_end](const grpc::Status& status) { on_end(status); });
  }

  std::vector<Ended> Wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    return std::move(ended_);
  }

 private:
  template <class Reply>
  struct Call {
    grpc::ClientContext context;
    Reply reply;
  };

  // The callback for the end of a call.
  template <class Reply>
  std::function<void(const grpc::Status&)> Begin(Call<Reply>& call, Clock::time_point begin,
                                                 Seconds deadline) {
    {
      const std::lock_guard lock(mutex_);
      ++running_;
    }
    const auto sent = Clock::now();
    call.context.set_deadline(std::chrono::system_clock::now() +
                              std::chrono::duration_cast<std::chrono::microseconds>(deadline));
    return [this, begin, sent, deadline](const grpc::Status& status) {
      Ended ended{.sent = sent - begin,
                  .took = Clock::now() - sent,
                  .deadline = deadline,
                  .code = status.error_code(),
                  .reason = {}};
      ReadDetails(status, ended);
      const std::lock_guard lock(mutex_);
      ended_.push_back(std::move(ended));
      --running_;
      done_.notify_all();
    };
  }

  static void ReadDetails(const grpc::Status& status, Ended& ended) {
    google::rpc::Status details;
    google::rpc::ErrorInfo info;
    if (status.ok() || !details.ParseFromString(status.error_details())) return;
    if (details.details().empty() || !details.details(0).UnpackTo(&info)) return;
    ended.reason = info.reason();
  }

  const oauth::v1::CreateAuthCodeRequest create_ = gateway::MinimalCreate();
  std::mutex mutex_;
  std::condition_variable done_;
  size_t running_ = 0;
  std::vector<Ended> ended_;
};

std::vector<std::shared_ptr<grpc::Channel>> Connect(const std::string& address) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (size_t i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    // Otherwise channels to one address share a connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    channels.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    channels.back()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
  }
  return channels;
}

}  // namespace

OpenLoop::OpenLoop(const std::string& address) : OpenLoop(Connect(address)) {}

OpenLoop::OpenLoop(const std::vector<std::shared_ptr<grpc::Channel>>& channels) {
  for (const auto& channel : channels) {
    stubs_.push_back(oauth::v1::OAuthService::NewStub(channel));
  }
}

std::vector<Ended> OpenLoop::Offer(const Load& load, const std::vector<Happening>& happenings) {
  Calls calls;
  const auto begin = Clock::now();
  const Seconds gap(1 / load.calls_per_second);
  auto next_happening = happenings.begin();
  for (size_t number = 0;; ++number) {
    const Seconds due = static_cast<double>(number) * gap;
    if (due >= load.duration) break;
    for (; next_happening != happenings.end() && next_happening->at <= due; ++next_happening) {
      std::this_thread::sleep_until(
          begin + std::chrono::duration_cast<Clock::duration>(next_happening->at));
      next_happening->act();
    }
    std::this_thread::sleep_until(begin + std::chrono::duration_cast<Clock::duration>(due));
    // Multiples of the golden ratio distribute the deadlines evenly and without an order.
    const double place = static_cast<double>(number) * 0.6180339887498949;
    const Seconds deadline =
        load.shortest_deadline + (place - static_cast<double>(static_cast<size_t>(place))) *
                                     (load.longest_deadline - load.shortest_deadline);
    oauth::v1::OAuthService::Stub& stub = *stubs_[number % stubs_.size()];
    // Also distributed evenly, independent of the deadlines.
    const double part = static_cast<double>(number) * 0.4142135623730951;
    if (part - static_cast<double>(static_cast<size_t>(part)) < load.exchanges) {
      calls.StartExchange(stub, begin, deadline, ++exchanges_);
    } else {
      calls.StartCreate(stub, begin, deadline);
    }
  }
  return calls.Wait();
}

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(place, values.size() - 1)];
}

}  // namespace modelgates::bench
