"""Debian's Chromium without a window, which can reach nothing but 127.0.0.1."""

import contextlib
import json
import os
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from processes import LIMIT, eventually


class Browser:
    def __init__(self, stack, folder):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ["--headless=new", "--no-proxy-server", "--no-first-run",
                     f"--user-data-dir={folder}/profile",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]:
            options.add_argument(flag)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's own does not start for root
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        service = Service("/usr/bin/chromedriver", log_path=f"{folder}/chromedriver.log")
        self._driver = webdriver.Chrome(service=service, options=options)
        stack.callback(self._driver.quit)
        self._driver.set_page_load_timeout(LIMIT)
        self._driver.set_script_timeout(LIMIT)

    def new_tab(self, width, height, scheme="light"):
        """An empty tab, the only one, of this size in CSS pixels."""
        old = self._driver.window_handles
        self._driver.switch_to.new_window("tab")
        new = self._driver.current_window_handle
        for handle in old:
            self._driver.switch_to.window(handle)
            self._driver.close()
        self._driver.switch_to.window(new)
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.requests()
        self.complaints()

    @contextlib.contextmanager
    def second_tab(self):
        """Another tab beside this one, while it lasts."""
        first = self._driver.current_window_handle
        self._driver.switch_to.new_window("tab")
        try:
            yield
        finally:
            self._driver.close()
            self._driver.switch_to.window(first)

    def requests(self):
        """The URLs that pages have asked for since the last time."""
        urls = []
        for entry in self._driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls

    def complaints(self):
        """What the console has said since the last time: errors, and what a policy refused."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    @contextlib.contextmanager
    def without_script(self):
        self._driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self._driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    # ---- Going somewhere

    def open(self, url):
        self._driver.get(url)

    def back(self):
        self._driver.back()

    def reload(self):
        self._driver.refresh()

    @property
    def url(self):
        return self._driver.current_url

    # ---- What is to be seen

    @property
    def source(self):
        return self._driver.page_source

    @property
    def title(self):
        return self._driver.title

    # At once within the page, which may be giving way to another.

    def text(self):
        return self.run("return document.body.innerText")

    def headings(self):
        return self.run("return [...document.querySelectorAll('h1')].map(h => h.innerText)")

    def wait_for_heading(self, text):
        eventually(lambda: self.headings() == [text],
                   lambda: f"heading {text!r}; {self.url} has {self.text()!r}")

    def elements(self, selector):
        return self._driver.find_elements(By.CSS_SELECTOR, selector)

    def button(self, name):
        """By what a screen reader calls it."""
        found = [b for b in self.elements("button") if b.accessible_name == name]
        assert len(found) == 1, f"{len(found)} buttons {name!r}: {self.text()!r}"
        return found[0]

    def run(self, script, *arguments):
        """Runs as the body of a function in the page, past the page's policy."""
        return self._driver.execute_script(script, *arguments)

    def in_frame(self, frame, read):
        self._driver.switch_to.frame(frame)
        try:
            return read()
        finally:
            self._driver.switch_to.default_content()

    # ---- The keyboard

    def press(self, *keys):
        ActionChains(self._driver).send_keys(*keys).perform()

    def focused(self):
        return self._driver.switch_to.active_element

    def tab_to(self, name):
        for _ in range(5):
            self.press(Keys.TAB)
            if self.focused().accessible_name == name:
                return self.focused()
        raise AssertionError(f"no Tab comes to {name!r}")

    def double_click(self, element):
        ActionChains(self._driver).double_click(element).perform()

    def screenshot(self, path):
        self._driver.save_screenshot(str(path))


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, strict_parsing=True))
