#include "integration/rotated_gateway.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <thread>

#include "support/metric_value.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr char kCert[] = "tls.crt";
constexpr char kKey[] = "tls.key";
constexpr char kCa[] = "ca.crt";
constexpr char kRules[] = "callers.json";
constexpr char kAlice[] = "https://alice.example";
constexpr char kBob[] = "https://bob.example";

std::string Rules(int number) {
  return R"({"default": {"rate": )" + std::to_string(100'000 + number) + R"(}, "callers": [
  {"id": "spiffe://prod.example/alice", "methods": ["*"], "key_file": "alice"},
  {"id": "dns:bob.example", "methods": ["*"]}]})";
}

std::string Half(const std::string& text) { return text.substr(0, text.size() / 2); }

// A call under way with the connection that it is made on.
template <class Pending>
struct UnderWay {
  std::shared_ptr<GatewayClient> client;
  std::unique_ptr<Pending> call;
};

}  // namespace

RotatedGateway::RotatedGateway(std::vector<std::string> flags)
    : callers_{{kAlice, "URI:spiffe://prod.example/alice", "sk-alice-", {}},
               {kBob, "DNS:bob.example", "sk-own-", {}}} {
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(milliseconds(5)));
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(milliseconds(5)));
  upstream_.SetRule([this](const ReceivedRequest& request) { return Judge(request); });
  ReplaceAll();
  good_ = 0;
  const std::string files[] = {"--upstream=" + upstream_.url() + "/api/v1",
                               "--tls_cert_file=" + tls_ / kCert,
                               "--tls_key_file=" + tls_ / kKey,
                               "--tls_client_ca_file=" + ca_ / kCa,
                               "--api_key_file=" + key_ / "key",
                               "--exchange_store=" + redis_.url(),
                               "--exchange_pepper_file=" + pepper_ / "pepper",
                               "--callers_file=" + rules_ / kRules,
                               "--caller_keys_dir=" + caller_keys_.folder()};
  flags.insert(flags.end(), std::begin(files), std::end(files));
  gateway_.emplace(flags);
}

void RotatedGateway::SetFault(FakeUpstream::Rule fault) {
  const std::scoped_lock lock(mutex_);
  fault_ = std::move(fault);
}

std::vector<std::string> RotatedGateway::Settings() {
  return {"tls_cert_file", "api_key_file", "exchange_pepper_file", "callers_file",
          "caller_keys_dir"};
}

std::string RotatedGateway::ReloadSeries(const std::string& setting, const std::string& result) {
  return "oauth_gateway_reloads_total{file=\"" + setting + "\",result=\"" + result + "\"}";
}

double RotatedGateway::Reloads(const std::string& setting, const std::string& result) const {
  return MetricValue(gateway_->admin_address(), ReloadSeries(setting, result)).value_or(-1);
}

void RotatedGateway::ReplaceAll() {
  ++good_;
  ++version_;
  client_authorities_.erase(client_authorities_.begin());
  client_authorities_.emplace_back();
  std::string cas;
  for (const TestAuthority& authority : client_authorities_) cas += authority.pem();
  tls_.Mount(FilesOf(server_authority_.Issue({.names = {"DNS:localhost", "IP:127.0.0.1"}})));
  ca_.Mount({{kCa, cas}});
  pepper_.Mount({{"pepper", Peppers()}});
  rules_.Mount({{kRules, Rules(version_)}});
  {
    const std::scoped_lock lock(mutex_);
    for (Caller& caller : callers_) {
      caller.identity = client_authorities_[1].Issue({.names = {caller.alt_name}});
      keys_.insert(KeyOf(caller, version_));  // valid before anybody has it
    }
  }
  caller_keys_.Mount({{"alice", KeyOf(callers_[0], version_)}});
  key_.Mount({{"key", KeyOf(callers_[1], version_)}});
  AcceptNewestKey();
}

void RotatedGateway::BreakAll() {
  const int kind = broken_++;
  const MountedSecret::Files tls = tls_.files();
  const std::string ca = ca_.files().at(kCa);
  MountedSecret::Files spoilt = tls;
  const std::function<void()> tls_faults[] = {
      [&] { spoilt[kCert] = "garbage\n"; },
      [&] { spoilt[kKey] = server_authority_.Issue({}).key; },
      [&] {
        spoilt = FilesOf(server_authority_.Issue(
            {.names = {"IP:127.0.0.1"}, .valid_until = -std::chrono::minutes(1)}));
      },
      [&] { spoilt[kKey] = ""; },
      [&] { spoilt[kCert] = Half(spoilt[kCert]); },
      [&] { spoilt.erase(kCert); },
      [&] {
        ca_.Mount({{kCa, "garbage\n"}});
      },
      [&] {
        ca_.Mount({{kCa, ""}});
      },
      // Cut off within a certificate: between two it would be a file of fewer CAs.
      [&] {
        ca_.Mount({{kCa, ca.substr(0, ca.size() * 5 / 8)}});
      },
  };
  tls_faults[static_cast<size_t>(kind) % std::size(tls_faults)]();
  tls_.Mount(spoilt);
  key_.Mount(Broken(key_.files(), "key", kind));
  pepper_.Mount(Broken(pepper_.files(), "pepper", kind));
  rules_.Mount(Broken(rules_.files(), kRules, kind));
  caller_keys_.Mount(Broken(caller_keys_.files(), "alice", kind));
}

// Half a key is a key like any other, and half of two peppers may be one: what is cut off there can
// be told from what is right.
MountedSecret::Files RotatedGateway::Broken(const MountedSecret::Files& files,
                                            const std::string& name, int kind) {
  const auto found = files.find(name);
  const std::string before = found == files.end() ? "" : found->second;
  const bool is_key = before.starts_with("sk-");
  const std::string part = before.substr(0, before.size() / 3);
  const std::string contents[] = {"\x01\x02garbage\x7f", "", is_key ? part + "\n" + before : part};
  MountedSecret::Files broken = files;
  const auto which = static_cast<size_t>(kind) % (std::size(contents) + 1);
  if (which == std::size(contents)) {
    broken.erase(name);
  } else {
    broken[name] = contents[which];
  }
  return broken;
}

std::string RotatedGateway::KeyOf(const Caller& caller, int number) const {
  return caller.key + std::to_string(number);
}

// The one of now and the one before.
std::string RotatedGateway::Peppers() const {
  const auto pepper = [](int number) {
    return std::string(40, 'p') + std::to_string(1'000 + number);
  };
  return pepper(version_) + "\n" + pepper(version_ - 1) + "\n";
}

MountedSecret::Files RotatedGateway::FilesOf(const TestIdentity& identity) {
  return {{kCert, identity.certificate}, {kKey, identity.key}};
}

void RotatedGateway::AcceptNewestKey() {
  const std::scoped_lock lock(mutex_);
  keys_.clear();
  for (const Caller& caller : callers_) keys_.insert(KeyOf(caller, version_));
}

std::optional<Answer> RotatedGateway::Judge(const ReceivedRequest& request) {
  std::string key = request.Header("authorization").value_or("");
  key.erase(0, std::string_view("Bearer ").size());
  const bool is_alices = request.Header("http-referer") == kAlice;
  const std::scoped_lock lock(mutex_);
  if (fault_) {
    if (std::optional<Answer> answer = fault_(request)) return answer;
  }
  if (!key.starts_with(callers_[is_alices ? 0 : 1].key)) {
    ++wrong_keys_;
    return Answer::Json(500, ErrorBody(500, "not the key of this caller"));
  }
  if (!keys_.contains(key)) {
    ++old_keys_;
    return Answer::Json(401, ErrorBody(401, "no such key"));
  }
  if (request.target == kExchangePath) ++exchanges_sent_;
  return std::nullopt;
}

std::shared_ptr<GatewayClient> RotatedGateway::Connect(size_t caller) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = server_authority_.pem();
  {
    const std::scoped_lock lock(mutex_);
    options.pem_cert_chain = callers_[caller].identity.certificate;
    options.pem_private_key = callers_[caller].identity.key;
  }
  return std::make_shared<GatewayClient>(gateway_->grpc_address(), grpc::SslCredentials(options));
}

RotatedGateway::Calls RotatedGateway::Offer(double calls_per_second, const std::stop_token& stop) {
  constexpr milliseconds kConnectionAge{500};
  constexpr std::chrono::seconds kRepeatAfter{1};
  constexpr size_t kRepeatEvery = 10;  // exchanges
  struct Repeat {
    Clock::time_point due;
    size_t caller;
    GatewayClient::ExchangeRequest request;
  };
  const auto gap = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(1 / calls_per_second));
  Calls calls;
  std::deque<UnderWay<GatewayClient::PendingCreate>> creates;
  std::deque<UnderWay<GatewayClient::PendingExchange>> exchanges;
  std::deque<Repeat> repeats;
  std::shared_ptr<GatewayClient> clients[2];
  Clock::time_point connected[2];

  const auto take = [&calls](auto& under_way) {
    const CallEnd end = under_way.front().call->Wait();
    under_way.pop_front();
    if (end.ok()) return;
    ++calls.failed[std::to_string(end.status.error_code()) + " " + ErrorOf(end).info.reason() +
                   ": " + end.status.error_message()];
  };
  const auto exchange = [&](size_t caller, const GatewayClient::ExchangeRequest& request) {
    exchanges.push_back({clients[caller], clients[caller]->StartExchange(request)});
    ++calls.made;
  };

  auto next = Clock::now();
  for (size_t number = 0; !stop.stop_requested(); ++number, next += gap) {
    std::this_thread::sleep_until(next);
    const size_t caller = number % 2;
    if (clients[caller] == nullptr || next - connected[caller] >= kConnectionAge) {
      clients[caller] = Connect(caller);
      connected[caller] = next;
    }
    if (number / 2 % 2 == 0) {
      GatewayClient::CreateRequest request = MinimalCreate();
      request.set_http_referer(callers_[caller].name);
      creates.push_back({clients[caller], clients[caller]->StartCreate(request)});
      ++calls.made;
    } else {
      auto request = MinimalExchange("code-" + std::to_string(number));
      request.set_http_referer(callers_[caller].name);
      exchange(caller, request);
      if (++calls.exchanges % kRepeatEvery == 0) {
        repeats.push_back({next + kRepeatAfter, caller, std::move(request)});
      }
    }
    for (; !repeats.empty() && repeats.front().due <= next; repeats.pop_front()) {
      exchange(repeats.front().caller, repeats.front().request);
      ++calls.repeated;
    }
    while (!creates.empty() && creates.front().call->done()) take(creates);
    while (!exchanges.empty() && exchanges.front().call->done()) take(exchanges);
  }
  while (!creates.empty()) take(creates);
  while (!exchanges.empty()) take(exchanges);
  return calls;
}

}  // namespace modelgates::gateway
