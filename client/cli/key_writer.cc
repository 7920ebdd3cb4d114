#include "key_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "exit_status.h"

namespace modelgates::oauth::cli {
namespace {

Error FileError(const std::string& what, const std::string& path) {
  Error error;
  error.grpc_code = GrpcCode::kFailedPrecondition;
  error.origin = ErrorOrigin::kCaller;
  error.reason_name = kFileError;
  error.message = what + " " + path + ": " + std::strerror(errno);
  return error;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// So that the name is there after a power cut, too.
void SyncFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

Result<KeyWriter> KeyWriter::Open(const std::string& path) {
  // Found now and not at the rename: a folder cannot be replaced.
  if (std::filesystem::is_directory(path)) {
    errno = EISDIR;
    return FileError("cannot write", path);
  }
  std::string temporary = path + ".XXXXXX";
  // O_EXCL, mode 0600, and a name that was free.
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return FileError("cannot write", path);
  return KeyWriter(path, std::move(temporary), fd);
}

KeyWriter::KeyWriter(KeyWriter&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, "")),
      fd_(std::exchange(other.fd_, -1)) {}

KeyWriter::~KeyWriter() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Result<bool> KeyWriter::Commit(std::string_view key) {
  if (!WriteAll(fd_, key) || !WriteAll(fd_, "\n") || fsync(fd_) != 0) {
    return FileError("cannot write", temporary_);
  }
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    Error error = FileError("the key is in " + temporary_ + ", which cannot be renamed to", path_);
    temporary_.clear();
    return error;
  }
  temporary_.clear();
  SyncFolderOf(path_);
  return true;
}

}  // namespace modelgates::oauth::cli
