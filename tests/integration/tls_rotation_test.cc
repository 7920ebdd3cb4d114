#include <atomic>
#include <functional>
#include <thread>

#include "integration/tls_fixture.h"
#include "support/wait_until.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

class TlsRotation : public TlsGateway {
 protected:
  // Until the gateway says that it uses the files, or does not.
  bool WaitForReload() { return WaitForMetric(kReloads, ++reloaded_); }
  std::vector<nlohmann::json> Refusals() const { return gateway_->Lines("reload_failed"); }

  // The certificate that a new connection of alice's is served with; empty: it is not.
  std::string Served() {
    TlsClient client(gateway_->grpc_address(), By(alice_));
    return client.IsGreeted() ? client.server_certificate() : client.error();
  }

  const TestIdentity alice_ = Alice();

 private:
  static constexpr char kReloads[] =
      "oauth_gateway_reloads_total{file=\"tls_cert_file\",result=\"ok\"}";

  double reloaded_ = 0;
};

// Two callers that call without a pause until this goes: one on one connection, the other each time
// on a new one.
class Callers {
 public:
  using Connect = std::function<GatewayClient()>;
  Callers(Connect lasting, Connect changing) {
    lasting_ = std::thread([this, lasting] {
      GatewayClient client = lasting();
      while (!stop_) Call(client);
    });
    changing_ = std::thread([this, changing] {
      while (!stop_) {
        GatewayClient client = changing();
        Call(client);
      }
    });
  }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;
  ~Callers() {
    stop_ = true;
    lasting_.join();
    changing_.join();
  }

  int calls() const { return calls_; }
  int failed() const { return failed_; }

 private:
  void Call(GatewayClient& client) {
    if (!client.Create(MinimalCreate()).ok()) ++failed_;
    ++calls_;
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> calls_{0};
  std::atomic<int> failed_{0};
  std::thread lasting_;
  std::thread changing_;
};

std::string Half(const std::string& text) { return text.substr(0, text.size() / 2); }

// Given calls on old and on new connections, when certificates are replaced, every second time by
// something that cannot be used, then no call fails and the last good one is served.
TEST_F(TlsRotation, FailsNoCallWhateverTheFilesBecome) {
  const TestAuthority::Options over{.names = {"IP:127.0.0.1"}, .valid_until = -1min};
  const TestAuthority::Options early{.names = {"IP:127.0.0.1"}, .valid_from = 1h};
  struct Fault {
    const char* name;
    std::function<void()> spoil;
    const char* error;
  };
  const auto write = [](const std::string& path, const std::string& text) {
    return [path, text] { TlsFolder::Write(path, text); };
  };
  const Fault faults[] = {
      {"garbage", write(folder_.cert_file(), "garbage\n"), "--tls_cert_file must hold PEM"},
      {"half", write(folder_.cert_file(), Half(Server().certificate)), "--tls_cert_file must hold"},
      {"empty", write(folder_.key_file(), ""), "--tls_key_file must hold a PEM private key"},
      {"other key", write(folder_.key_file(), Server().key), "--tls_key_file must hold the key"},
      {"expired", [&] { folder_.Write(authority_.Issue(over)); },
       "--tls_cert_file must hold certificates that are valid now: certificate 1 has expired"},
      {"early", [&] { folder_.Write(authority_.Issue(early)); },
       "--tls_cert_file must hold certificates that are valid now: certificate 1 is not valid"},
      {"CA is garbage", write(folder_.ca_file(), "garbage\n"),
       "--tls_client_ca_file must hold PEM"},
      {"gone", [&] { std::filesystem::remove(folder_.cert_file()); },
       "--tls_cert_file must be a file that can be read"},
  };
  Start(Mutual::kYes);
  const TestIdentity bob = clients_.Issue({.names = {"URI:spiffe://prod.example/bob"}});
  const Callers callers([&] { return Client(alice_); }, [&] { return Client(bob); });
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    const TestIdentity next = Server();
    folder_.Write(next);
    TlsFolder::Write(folder_.ca_file(), clients_.pem());
    // Not by a count: files that are read between two of these writes may be refused, or be a
    // reload.
    ASSERT_TRUE(WaitUntil([&] { return Served() == next.certificate; }));
    const size_t refused = Refusals().size();
    fault.spoil();
    ASSERT_TRUE(WaitUntil([&] { return Refusals().size() > refused; }));
    const nlohmann::json line = Refusals().back();
    EXPECT_EQ(line["setting"], "tls_cert_file");
    EXPECT_THAT(line.value("error", ""), StartsWith(fault.error));
    EXPECT_EQ(Served(), next.certificate);
  }
  EXPECT_EQ(callers.failed(), 0);
  EXPECT_GT(callers.calls(), 100);
  RecordProperty("calls", callers.calls());
}

// Connections that exist were verified when they were made; they end by their age.
TEST_F(TlsRotation, OfTheCasAppliesToNewConnections) {
  const TestAuthority others;
  const TestIdentity bob = others.Issue({.names = {"URI:spiffe://prod.example/bob"}});
  Start(Mutual::kYes);
  GatewayClient old = Client(alice_);
  EXPECT_THAT(old.Create(MinimalCreate()), Succeeds());
  EXPECT_FALSE(TlsClient(gateway_->grpc_address(), By(bob)).IsGreeted());
  TlsFolder::Write(folder_.ca_file(), others.pem());
  ASSERT_TRUE(WaitForReload());
  EXPECT_THAT(Client(bob).Create(MinimalCreate()), Succeeds());
  EXPECT_FALSE(TlsClient(gateway_->grpc_address(), By(alice_)).IsGreeted());
  EXPECT_THAT(old.Create(MinimalCreate()), Succeeds());
}

// A session that is resumed is not verified again, so none may outlive the CAs it was verified by.
TEST_F(TlsRotation, EndsTheSessionsThatClientsCouldResume) {
  Start(Mutual::kYes);
  TlsClient first(gateway_->grpc_address(), By(alice_));
  ASSERT_TRUE(first.IsGreeted()) << first.error();
  const auto session = first.session();
  TlsClient::Options again = By(alice_);
  again.session = session.get();
  TlsClient second(gateway_->grpc_address(), again);
  EXPECT_TRUE(second.IsGreeted()) << second.error();
  EXPECT_TRUE(second.resumed());
  TlsFolder::Write(folder_.ca_file(), TestAuthority().pem());
  ASSERT_TRUE(WaitForReload());
  TlsClient third(gateway_->grpc_address(), again);
  EXPECT_FALSE(third.IsGreeted());
}

}  // namespace
}  // namespace modelgates::gateway
