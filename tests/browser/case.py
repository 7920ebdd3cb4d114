"""What all cases share."""

import contextlib
import unittest
import urllib.parse

from processes import Login, OtherSite


class BrowserCase(unittest.TestCase):
    # Of all cases together; run.py starts them.
    run_stack = None
    stage = None
    browser = None

    width, height = 1280, 800

    def setUp(self):
        # Within the stack of the run: after an interrupt nobody asks a case to clean up.
        self._stack = self.run_stack.enter_context(contextlib.ExitStack())
        self.addCleanup(self._stack.close)
        self.other_site = OtherSite(self._stack)
        self.browser.new_tab(self.width, self.height)
        self.allowed_hosts = {"127.0.0.1"}
        self.addCleanup(self.no_request_left_this_machine)
        self._before = self.counts()

    def no_request_left_this_machine(self):
        requested = self.browser.requests()
        self.assertTrue(requested)
        for url in requested:
            parts = urllib.parse.urlsplit(url)
            # The browser's own error pages are made of data: URLs.
            if parts.scheme != "data":
                self.assertIn(parts.hostname, self.allowed_hosts, url)

    def login(self, *flags):
        return Login(self._stack, self.stage, *flags)

    def counts(self):
        stats = self.stage.stats()
        return {"codes": stats["codes"]["created"], "keys": stats["keys"]["issued"]}

    def made(self):
        """How many codes and keys the sandbox has given since the case began."""
        now = self.counts()
        return {name: now[name] - self._before[name] for name in now}


class Narrow:
    width, height = 320, 640


class Wide:
    width, height = 1280, 800
