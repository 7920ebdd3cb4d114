"""How the programs here start and end, and the folder that each works in."""
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile


def working_folder(stack):
    """Is gone when `stack` is left."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oauth-bench.")))
    # nginx gives up root, and has to reach its files all the same.
    folder.chmod(0o755)
    return folder


def run(main):
    # Whatever ends this runs the same clean-up: servers must not outlive it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A thousand calls that wait hold a thousand connections, here and in what is started.
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
