#include "key_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "advice.h"
#include "descriptor.h"

namespace modelgates::oauth::cli {
namespace {

Error FileError(const std::string& message) {
  Error error;
  error.grpc_code = GrpcCode::kFailedPrecondition;
  error.origin = ErrorOrigin::kCaller;
  error.reason_name = kFileError;
  error.message = message;
  return error;
}

// The error for `path`, with the text of errno.
Error CannotWrite(const std::string& path) {
  return FileError("cannot write " + path + ": " + std::strerror(errno));
}

// The descriptor that a path such as /dev/fd/3 names. It is used directly: a file that is opened
// again would be overwritten from its start, and a socket cannot be opened again.
std::optional<int> DescriptorOf(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int fd = -1;
    const char* const end = path.data() + path.size();
    const auto read = std::from_chars(path.data() + folder.size(), end, fd);
    if (read.ec == std::errc() && read.ptr == end && fd >= 0) return fd;
  }
  return std::nullopt;
}

// Does not wait for the reader of a FIFO or for a terminal.
int OpenForWriting(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

// Makes the new name durable.
void SyncFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

Result<KeyWriter> KeyWriter::Open(const std::string& path) {
  if (const std::optional<int> given = DescriptorOf(path)) {
    return Through(path, fcntl(*given, F_DUPFD_CLOEXEC, 0));
  }
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return CannotWrite(path);
    status.st_mode = S_IFREG;
  }
  if (S_ISLNK(status.st_mode)) {
    // Otherwise the creator of the link would choose the replaced file.
    if (stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) {
      std::error_code unread;
      const std::string target = std::filesystem::read_symlink(path, unread).string();
      return FileError("cannot write " + path + ": it is a symbolic link to " + target +
                       "; name the file itself");
    }
  }
  if (S_ISCHR(status.st_mode)) return Through(path, OpenForWriting(path));
  if (S_ISFIFO(status.st_mode)) {
    const int fd = OpenForWriting(path);
    if (fd < 0 && errno == ENXIO) {
      return FileError("cannot write " + path +
                       ": it is a pipe that nobody reads; start its reader first");
    }
    return Through(path, fd);
  }
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return CannotWrite(path);
  }
  if (!S_ISREG(status.st_mode)) {
    return FileError("cannot write " + path + ": it is neither a file, a pipe nor a terminal");
  }
  std::string temporary = path + ".XXXXXX";
  // Creates a new file with O_EXCL and mode 0600.
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return CannotWrite(path);
  KeyWriter writer(path, std::move(temporary), fd);
  if (!TakesAKey(fd)) return CannotWrite(path);
  return writer;
}

Result<KeyWriter> KeyWriter::Through(const std::string& path, int fd) {
  if (fd < 0) return CannotWrite(path);
  KeyWriter writer(path, "", fd);
  if (!TakesAKey(fd)) return CannotWrite(path);
  return writer;
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
  const bool written = WriteAll(fd_, key) && WriteAll(fd_, "\n");
  if (temporary_.empty()) {
    if (!written) return CannotWrite(path_);
    return true;
  }
  if (!written || fsync(fd_) != 0) return CannotWrite(temporary_);
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    Error error = FileError("the key is in " + temporary_ + ", which cannot be renamed to " +
                            path_ + ": " + std::strerror(errno));
    temporary_.clear();
    return error;
  }
  temporary_.clear();
  SyncFolderOf(path_);
  return true;
}

Result<std::optional<KeyWriter>> OpenKeyPlace(const std::string& path) {
  if (path.empty() || path == "-") {
    if (!TakesAKey(STDOUT_FILENO)) return CannotWrite("to stdout");
    return std::optional<KeyWriter>();
  }
  Result<KeyWriter> opened = KeyWriter::Open(path);
  if (!opened.ok()) return std::move(opened).error();
  return std::optional<KeyWriter>(*std::move(opened));
}

}  // namespace modelgates::oauth::cli
