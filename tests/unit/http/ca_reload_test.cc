#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>

#include "base/reloaded_file.h"
#include "support/fake_upstream.h"
#include "support/temporary_folder.h"
#include "support/test_certificate.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// What the transport says of its CA file, from the loop's thread.
class Reloads final : public ReloadObserver {
 public:
  void OnReloaded(std::string_view setting) override { Count(setting, reloaded_); }
  void OnReloadFailed(std::string_view setting, std::string_view why) override {
    EXPECT_FALSE(why.empty());
    Count(setting, failed_);
  }

  // False: not so often within 60 s.
  bool WaitForReloaded(int count) { return WaitFor(reloaded_, count); }
  bool WaitForFailed(int count) { return WaitFor(failed_, count); }

 private:
  void Count(std::string_view setting, int& count) {
    EXPECT_EQ(setting, "upstream_ca_file");
    const std::lock_guard lock(mutex_);
    ++count;
    changed_.notify_all();
  }
  bool WaitFor(const int& counter, int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 60s, [&] { return counter >= count; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int reloaded_ = 0;
  int failed_ = 0;
};

class CaReload : public testing::Test {
 protected:
  CaReload() {
    ca_file_ = folder_ / "ca.pem";
    Trust(first_);
  }

  void Trust(const TestCertificate& certificate) {
    std::filesystem::copy_file(certificate.ca_file(), ca_file_ + ".next");
    std::filesystem::rename(ca_file_ + ".next", ca_file_);
  }

  // Another server at the same address; its connections begin anew.
  void Serve(const TestCertificate& certificate) {
    FakeUpstream::Options options;
    options.tls = certificate.server_context();
    if (upstream_) options.port = upstream_->port();
    upstream_.reset();
    upstream_.emplace(options);
  }

  TransportOptions Options() {
    TransportOptions options;
    options.base_url = upstream_->url();
    options.ca_file = ca_file_;
    options.ca_setting = "upstream_ca_file";
    options.ca_check_interval = 5ms;
    options.reloads = &reloads_;
    return options;
  }

  static TransportRunner::Limits Fresh() {
    TransportRunner::Limits limits;
    limits.fresh_connection = true;
    return limits;
  }

  const TestCertificate first_{"127.0.0.1"};
  const TestCertificate second_{"127.0.0.1"};
  const TemporaryFolder folder_{"ca-reload"};
  std::string ca_file_;
  Reloads reloads_;
  std::optional<FakeUpstream> upstream_;
};

// Given an upstream whose authority changes, when the file is renewed, then new connections are
// made without a restart.
TEST_F(CaReload, IsTakenIntoUseByNewConnections) {
  Serve(first_);
  TransportRunner transport(Options());
  ExpectOk(transport.Send(), "{}");
  Serve(second_);
  ExpectError(transport.Send("{}", Fresh()), TransportFailure::kTlsUntrusted, Delivery::kNever);
  Trust(second_);
  ASSERT_TRUE(reloads_.WaitForReloaded(1));
  ExpectOk(transport.Send("{}", Fresh()), "{}");
}

// A connection that stands was verified when it was made. One that is new is verified by the
// authorities of now, whatever TLS remembers of older ones.
TEST_F(CaReload, LeavesConnectionsThatStandAlone) {
  Serve(first_);
  TransportRunner transport(Options());
  ExpectOk(transport.Send(), "{}");
  Trust(second_);
  ASSERT_TRUE(reloads_.WaitForReloaded(1));
  ExpectOk(transport.Send(), "{}");
  EXPECT_EQ(upstream_->connections(), 1);
  ExpectError(transport.Send("{}", Fresh()), TransportFailure::kTlsUntrusted, Delivery::kNever);
}

TEST_F(CaReload, OfABrokenFileChangesNothing) {
  Serve(first_);
  TransportRunner transport(Options());
  ExpectOk(transport.Send(), "{}");
  std::ofstream(ca_file_ + ".next") << "-----BEGIN CERTIFICATE-----\nbroken\n";
  std::filesystem::rename(ca_file_ + ".next", ca_file_);
  ASSERT_TRUE(reloads_.WaitForFailed(1));
  ExpectOk(transport.Send("{}", Fresh()), "{}");
  std::filesystem::remove(ca_file_);
  ASSERT_TRUE(reloads_.WaitForFailed(2));
  ExpectOk(transport.Send("{}", Fresh()), "{}");
}

}  // namespace
}  // namespace modelgates::gateway
