"""run.py FOLDER [NAME ...]: runs the cases, or those whose name holds one of these, against the
programs in a folder; scripts/login-check calls it.

The last line is the count, "N passed, N failed".
"""

import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import unittest

from browser import Browser
from case import BrowserCase
from processes import Stage


def interrupt(*_):
    # The one that unittest lets through, so that what was started is ended.
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupt)
    bin_folder = pathlib.Path(sys.argv[1])
    # A proxy of the environment is for elsewhere.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in sys.argv[2:]] or None
    suite = loader.discover(os.path.dirname(__file__), "*_test.py")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="login-check.", ignore_cleanup_errors=True))
        # What Chromium leaves behind, it leaves here.
        os.environ["TMPDIR"] = os.environ["HOME"] = folder
        for name in [name for name in os.environ if name.startswith("XDG_")]:
            del os.environ[name]
        BrowserCase.run_stack = stack
        BrowserCase.stage = Stage(stack, bin_folder, pathlib.Path(folder))
        BrowserCase.browser = Browser(stack, folder)
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A case can fail in several places, and is one; a skipped one did not pass.
    failed = len({case.id().split(" ")[0] for case, _ in
                  result.failures + result.errors + result.skipped})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return failed > 0 or result.testsRun == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
