#include "base/unix_socket.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "base/listener.h"
#include "base/peer_address.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;

// A folder for a socket. It goes with the test.
class UnixSocket : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Listener>> Bind() const { return Listener::Bind("unix:" + path_); }
  int Connect() const {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
    close(fd);
    return -1;
  }

  const TemporaryFolder folder_{"socket"};
  const std::string path_ = folder_ / "grpc.sock";
};

TEST_F(UnixSocket, HandsOverWhoConnects) {
  std::promise<int> accepted;
  const auto listener = Bind();
  ASSERT_TRUE(listener.ok()) << listener.status();
  (*listener)->Start([&](int, int connection) { accepted.set_value(connection); });
  const int caller = Connect();
  ASSERT_GE(caller, 0);
  const int connection = accepted.get_future().get();
  const auto peer = PeerAddress::Of(connection);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->ToString(), "unix:");
  close(connection);
  close(caller);
  (*listener)->Close();
  EXPECT_EQ(Connect(), -1);
}

TEST_F(UnixSocket, IsForTheSameUserAndGroup) {
  const auto listener = Bind();
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & (S_IRWXO | S_IXUSR | S_IXGRP), 0U);
}

// A container that restarts finds the file of the one before it.
TEST_F(UnixSocket, ReplacesTheOneOfAProcessThatHasEnded) {
  ASSERT_TRUE(Bind().ok());
  ASSERT_TRUE(std::filesystem::exists(path_));
  const auto listener = Bind();
  ASSERT_TRUE(listener.ok()) << listener.status();
  const int caller = Connect();
  EXPECT_GE(caller, 0);
  close(caller);
}

TEST_F(UnixSocket, IsLeftToWhoHasIt) {
  const auto first = Bind();
  const auto second = Bind();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(second.status().message(), HasSubstr(path_ + ": Address already in use"));
}

TEST_F(UnixSocket, DoesNotReplaceAnotherFile) {
  std::ofstream(path_) << "precious";
  EXPECT_FALSE(Bind().ok());
  EXPECT_EQ(std::filesystem::file_size(path_), 8U);
}

TEST_F(UnixSocket, NeedsAFolder) {
  const auto listener = Listener::Bind("unix:" + path_ + "/no/such.sock");
  ASSERT_FALSE(listener.ok());
  EXPECT_THAT(listener.status().message(), HasSubstr("/no/such.sock: No"));
}

TEST(UnixSocketPath, IsWhatFollowsTheScheme) {
  EXPECT_EQ(UnixSocketPath("unix:/run/x.sock"), "/run/x.sock");
  EXPECT_EQ(UnixSocketPath("unix:1"), "1");  // so `unix` is no host name
  EXPECT_EQ(UnixSocketPath("127.0.0.1:1"), std::nullopt);
}

TEST(UnixSocketPath, IsAbsoluteAndFitsIntoAnAddress) {
  EXPECT_TRUE(IsUnixSocketPath("/run/x.sock"));
  EXPECT_TRUE(IsUnixSocketPath("/" + std::string(106, 'a')));
  EXPECT_FALSE(IsUnixSocketPath("/" + std::string(107, 'a')));
  for (const std::string path : {"", "run/x.sock", "@abstract", "/a b", "/a\nb"}) {
    EXPECT_FALSE(IsUnixSocketPath(path)) << path;
  }
  EXPECT_FALSE(IsUnixSocketPath(std::string("/a\0b", 4)));
}

}  // namespace
}  // namespace modelgates::gateway
