"""What shares the CPU of the measured process, or takes from it: a busy neighbour, a quota."""
import contextlib
import os
import pathlib
import subprocess
import sys

from processes import pin


@contextlib.contextmanager
def neighbour(cpus):
    """A program of somebody else's that never sleeps."""
    # In a session of its own, so that the scheduler gives it as much as the measured process.
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True,
                            stdin=subprocess.DEVNULL, preexec_fn=pin(cpus))
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


class Quota:
    """Lets a process have a share of a CPU in each 100 ms, as the limit of a container does."""

    V1, V2 = pathlib.Path("/sys/fs/cgroup/cpu"), pathlib.Path("/sys/fs/cgroup")
    PERIOD_US = 100_000

    def __init__(self, process, share):
        self.process, self.quota_us = process, int(share * self.PERIOD_US)
        root = self.V1 if (self.V1 / "cgroup.procs").exists() else self.V2
        self.root, self.group = root, root / f"oauth-bench.{os.getpid()}"

    @classmethod
    def is_possible(cls):
        """Needs a hierarchy of control groups that this user may change."""
        return any(os.access(root, os.W_OK) for root in (cls.V1, cls.V2))

    def __enter__(self):
        self.group.mkdir()
        if self.root == self.V1:
            (self.group / "cpu.cfs_period_us").write_text(str(self.PERIOD_US))
            (self.group / "cpu.cfs_quota_us").write_text(str(self.quota_us))
        else:
            (self.group / "cpu.max").write_text(f"{self.quota_us} {self.PERIOD_US}")
        self._move(self.group)
        return self

    def __exit__(self, *_):
        self._move(self.root)
        self.group.rmdir()

    def _move(self, group):
        for pid in self.process.tree():
            (group / "cgroup.procs").write_text(str(pid))
