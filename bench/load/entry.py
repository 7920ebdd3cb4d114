"""Start and end of the programs in this folder, and their working folder."""
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile


def working_folder(stack):
    """A folder that is removed when `stack` is closed."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oauth-bench.")))
    # nginx drops its root privileges but must still read its files.
    folder.chmod(0o755)
    return folder


def run(main):
    # Every way to end runs the clean-up, so that servers do not outlive this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A thousand waiting calls have a thousand connections, here and in the started programs.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        output = (error.stderr or error.stdout or b"")[-2000:]
        sys.exit(f"bench: {error}\n{output if isinstance(output, str) else output.decode()}")
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        sys.exit(f"bench: {error}")
