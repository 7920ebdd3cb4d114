#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "advice.h"
#include "descriptor.h"
#include "key_writer.h"
#include "support/temporary_folder.h"

namespace modelgates::oauth::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class KeyPlaces : public testing::Test {
 protected:
  KeyPlaces() {}

  std::string File(const std::string& name) const { return (folder_ / name).string(); }
  static std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
  }
  // Why not; empty when it is opened.
  static std::string Refused(const std::string& path) {
    const Result<KeyWriter> writer = KeyWriter::Open(path);
    if (writer.ok()) return "";
    EXPECT_EQ(writer.error().reason_name, kFileError);
    EXPECT_THAT(writer.error().message, HasSubstr(path));
    return writer.error().message;
  }
  static void Put(const std::string& path) {
    Result<KeyWriter> writer = KeyWriter::Open(path);
    ASSERT_TRUE(writer.ok()) << writer.error();
    const Result<bool> committed = writer->Commit("sk-1");
    ASSERT_TRUE(committed.ok()) << committed.error();
  }

  const gateway::TemporaryFolder folder_{"key-places"};
};

TEST_F(KeyPlaces, WriteThroughAPipeAndLeaveItThere) {
  ASSERT_EQ(mkfifo(File("pipe").c_str(), 0600), 0);
  const int reader = open(File("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  Put(File("pipe"));
  char text[16] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 5);
  EXPECT_STREQ(text, "sk-1\n");
  close(reader);
  EXPECT_TRUE(fs::is_fifo(File("pipe")));
  EXPECT_EQ(Files(), 1u);
}

TEST_F(KeyPlaces, RefuseAPipeThatNobodyReads) {
  ASSERT_EQ(mkfifo(File("pipe").c_str(), 0600), 0);
  EXPECT_THAT(Refused(File("pipe")), HasSubstr("a pipe that nobody reads"));
  EXPECT_TRUE(fs::is_fifo(File("pipe")));
}

// Root may replace it.
TEST_F(KeyPlaces, WriteThroughADevice) {
  for (const std::string& path : {std::string("/dev/null"), File("link")}) {
    if (path != "/dev/null") fs::create_symlink("/dev/null", path);
    Put(path);
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    EXPECT_TRUE(fs::is_character_file(path));
  }
  EXPECT_THAT(Refused("/dev/full"), HasSubstr("No space left"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(KeyPlaces, RefuseALinkToAFileOrToNowhere) {
  std::ofstream(File("elsewhere")) << "mine";
  fs::create_symlink(File("elsewhere"), File("to_file"));
  fs::create_symlink(File("none"), File("to_nowhere"));
  fs::create_symlink(File("to_itself"), File("to_itself"));
  EXPECT_THAT(Refused(File("to_file")), HasSubstr("a symbolic link to " + File("elsewhere")));
  EXPECT_THAT(Refused(File("to_nowhere")), HasSubstr("a symbolic link to " + File("none")));
  EXPECT_THAT(Refused(File("to_itself")), HasSubstr("a symbolic link to"));
  EXPECT_EQ(Read(File("elsewhere")), "mine");
  EXPECT_EQ(Files(), 4u);
}

TEST_F(KeyPlaces, RefuseWhatIsNoFile) {
  fs::create_directory(File("folder"));
  fs::create_directory_symlink(File("folder"), File("link"));
  EXPECT_THAT(Refused(File("folder")), HasSubstr("Is a directory"));
  EXPECT_THAT(Refused(File("link")), HasSubstr("Is a directory"));
  EXPECT_THAT(Refused(File("none/key")), HasSubstr("No such file"));
  EXPECT_THAT(Refused(File("folder") + "/"), HasSubstr("Is a directory"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  File("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(Refused(File("socket")), HasSubstr("neither a file"));
  close(fd);
}

// What `>(...)` and `3>key` give.
TEST_F(KeyPlaces, WriteToADescriptorThatIsOpen) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  for (const std::string folder : {"/dev/fd/", "/proc/self/fd/"}) {
    Put(folder + std::to_string(pipe_fds[1]));
    char text[16] = {};
    EXPECT_EQ(read(pipe_fds[0], text, sizeof text), 5);
    EXPECT_STREQ(text, "sk-1\n");
  }
  close(pipe_fds[0]);
  EXPECT_THAT(Refused("/dev/fd/" + std::to_string(pipe_fds[1])), HasSubstr("Broken pipe"));
  close(pipe_fds[1]);
  EXPECT_THAT(Refused("/dev/fd/" + std::to_string(pipe_fds[1])), HasSubstr("Bad file descriptor"));

  const int file = open(File("key").c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_TRUE(WriteAll(file, "before\n"));
  Put("/dev/fd/" + std::to_string(file));
  EXPECT_EQ(Read(File("key")), "before\nsk-1\n");
  close(file);
  const int for_reading = open(File("key").c_str(), O_RDONLY);
  EXPECT_THAT(Refused("/dev/fd/" + std::to_string(for_reading)), HasSubstr("Bad file descriptor"));
  close(for_reading);
  EXPECT_EQ(Files(), 1u);
}

TEST_F(KeyPlaces, SayWhenAPipesReaderHasGoneMeanwhile) {
  signal(SIGPIPE, SIG_IGN);
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  Result<KeyWriter> writer = KeyWriter::Open("/dev/fd/" + std::to_string(pipe_fds[1]));
  ASSERT_TRUE(writer.ok());
  close(pipe_fds[0]);
  EXPECT_THAT(writer->Commit("sk-1").error().message, HasSubstr("Broken pipe"));
  close(pipe_fds[1]);
}

}  // namespace
}  // namespace modelgates::oauth::cli
