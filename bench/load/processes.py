"""Measured processes: started on separate CPUs, observed through /proc, and stopped."""
import os
import pathlib
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def split_cpus():
    """The CPU of the measured process, and those of load and upstream; equal if only one exists."""
    cpus = sorted(os.sched_getaffinity(0))
    return {cpus[0]}, {cpus[1] if len(cpus) > 1 else cpus[0]}


def pin(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


class Process:
    """A server in the background, with its output in the file `log`."""

    def __init__(self, command, cpus, log, environment=None):
        self.log = pathlib.Path(log)
        self.started = time.monotonic()
        with self.log.open("wb") as output:
            self.popen = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                preexec_fn=pin(cpus))
        self.name = pathlib.Path(command[0]).name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def is_ready(self):
        self.ready_ms = (time.monotonic() - self.started) * 1e3

    def wait_until(self, ready, seconds=20):
        """Waits until `ready` returns a true value, which is returned; fails if the process ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.popen.poll() is not None:
                break
            result = ready()
            if result:
                return result
            time.sleep(0.001)
        raise RuntimeError(f"{self.name} is not ready:\n{self.log.read_text()[-2000:]}")

    def stop(self, seconds=10):
        if self.popen.poll() is not None:
            return
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def tree(self):
        pids = [self.popen.pid]
        for pid in pids:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                pids += map(int, children.read_text().split())
        return pids

    def cpu_seconds(self):
        return sum(cpu_seconds_of(pid) for pid in self.tree())

    def status(self, name):
        """A number of /proc/PID/status: VmRSS and VmHWM are in kB."""
        for line in pathlib.Path(f"/proc/{self.popen.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise RuntimeError(f"{self.name} has ended")


def cpu_seconds_of(pid):
    # The name, in brackets, may contain anything; user and system time are fields 14 and 15.
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine_cpu_seconds():
    """The CPU time of all processes."""
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _, _, irq, softirq = map(int, fields[1:8])
    return (user + nice + system + irq + softirq) / TICKS
