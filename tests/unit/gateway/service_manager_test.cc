#include "gateway/service_manager.h"

#include <gmock/gmock.h>

#include "support/notify_socket.h"

namespace modelgates::gateway {
namespace {

using testing::MatchesRegex;

class ServiceManagerTest : public testing::TestWithParam<NotifySocket::Kind> {
 protected:
  NotifySocket manager_{GetParam()};
};

TEST_P(ServiceManagerTest, IsToldTheState) {
  const ServiceManager manager(manager_.name());
  manager.Ready();
  EXPECT_EQ(manager_.Receive(), "READY=1");
  manager.Reloading();
  EXPECT_THAT(manager_.Receive(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  manager.Stopping();
  EXPECT_EQ(manager_.Receive(), "STOPPING=1");
}

// Given one that is gone, then the others are told: nothing fails and nothing waits.
TEST_P(ServiceManagerTest, MayBeGone) {
  std::string gone;
  {
    const NotifySocket before(GetParam());
    gone = before.name();
  }
  ServiceManager(gone).Ready();
  ServiceManager(manager_.name()).Ready();
  EXPECT_EQ(manager_.Receive(), "READY=1");
}

// Names that are no socket: none of them is tried in a shortened or completed form.
TEST_P(ServiceManagerTest, IsNobodyUnderAnotherKindOfName) {
  const std::string name = manager_.name();
  for (const std::string& other : {std::string(), std::string("@"), "vsock:2:1234" + name,
                                   name + std::string(200, 'x'), name.substr(1)}) {
    ServiceManager(other).Ready();
    EXPECT_FALSE(manager_.HasMessage()) << other;
  }
}

INSTANTIATE_TEST_SUITE_P(Sockets, ServiceManagerTest,
                         testing::Values(NotifySocket::Kind::kFile, NotifySocket::Kind::kAbstract),
                         [](const auto& test) {
                           return test.param == NotifySocket::Kind::kFile ? "File" : "Abstract";
                         });

}  // namespace
}  // namespace modelgates::gateway
