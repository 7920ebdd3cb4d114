"""`modelgates-oauth login`, from the command to its end, through a browser."""

import re
import stat
import urllib.parse

from selenium.webdriver.common.keys import Keys

from browser import query_of
from case import BrowserCase, Narrow, Wide

QUESTION = "Allow a program on this computer to use your account?"
SIGNED_IN = "You are signed in"
NOT_SIGNED_IN = "You are not signed in"
NOTHING = "There is nothing here"


class LoginCases:
    def open_question(self, login):
        self.browser.open(login.opened_url())
        self.browser.wait_for_heading(QUESTION)

    # Neither code nor state stays where others see it, and in the history.
    def assert_clean_url(self, callback):
        host = urllib.parse.urlsplit(callback).netloc
        self.assertRegex(self.browser.url, rf"\Ahttp://{re.escape(host)}/end-[\w-]{{43}}\Z")

    def assert_key_in_file(self, login):
        self.assertEqual(login.exit_status(), 0, login.err())
        self.assertEqual(stat.S_IMODE(login.key_file.stat().st_mode), 0o600)
        key = login.key_file.read_text()
        self.assertRegex(key, r"\Ask-[A-Za-z0-9_-]{20,}\n\Z")
        # The file alone has it.
        self.assertEqual(login.out(), f"the key is in {login.key_file}\n")
        self.assertNotIn(key.strip(), login.err() + self.stage.logs())
        self.assertEqual(self.made(), {"codes": 1, "keys": 1})

    def assert_denied(self, login):
        self.assertEqual(login.exit_status(), 4)
        self.assertEqual(login.out(), "")
        self.assertIn("access_denied: the user said no", login.err())
        self.assertIn("next: log in again", login.err())
        self.assertFalse(login.key_file.exists())
        self.assertEqual(self.made(), {"codes": 0, "keys": 0})

    def test_approving_ends_with_a_key_in_a_file_for_its_owner_alone(self):
        login = self.login("--limit", "5")
        self.open_question(login)
        self.assertIn("spend up to 5 US dollars", self.browser.text())
        callback = query_of(self.browser.url)["callback_url"]
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(SIGNED_IN)
        self.assert_clean_url(callback)
        self.assert_key_in_file(login)

    def test_denying_ends_without_a_key(self):
        login = self.login()
        self.open_question(login)
        callback = query_of(self.browser.url)["callback_url"]
        self.browser.button("Deny").click()
        self.browser.wait_for_heading(NOT_SIGNED_IN)
        self.assert_clean_url(callback)
        self.assert_denied(login)

    def test_approving_by_keyboard(self):
        login = self.login()
        self.open_question(login)
        self.browser.tab_to("Approve")
        self.browser.press(Keys.ENTER)
        self.browser.wait_for_heading(SIGNED_IN)
        self.assert_key_in_file(login)

    def test_denying_by_keyboard(self):
        login = self.login()
        self.open_question(login)
        self.browser.tab_to("Deny")
        self.browser.press(Keys.SPACE)
        self.browser.wait_for_heading(NOT_SIGNED_IN)
        self.assert_denied(login)

    # Somebody who types on while the page comes up has not decided anything.
    def test_enter_alone_is_no_answer(self):
        login = self.login()
        self.open_question(login)
        self.browser.press(Keys.ENTER, Keys.SPACE)
        self.assertEqual(self.browser.headings(), [QUESTION])
        self.assertEqual(self.made(), {"codes": 0, "keys": 0})
        self.browser.tab_to("Deny")
        self.browser.press(Keys.ENTER)
        self.assert_denied(login)

    def test_without_a_browser_the_printed_url_is_the_way(self):
        login = self.login("--no-browser")
        self.browser.open(login.printed_url())
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(SIGNED_IN)
        self.assert_key_in_file(login)
        self.assertFalse(login.opened_a_browser())

    # Other users of the machine see what a browser is started with.
    def test_the_opened_url_leads_to_the_printed_one_once(self):
        login = self.login()
        self.assertRegex(login.opened_url(), r"\Ahttp://127\.0\.0\.1:\d+/start-[\w-]{43}\Z")
        self.open_question(login)
        self.assertEqual(self.browser.url, login.printed_url())
        with self.browser.second_tab():
            self.browser.open(login.opened_url())
            self.browser.wait_for_heading("This link was used already")
        self.browser.button("Deny").click()
        self.assert_denied(login)

    def test_the_page_says_when_there_is_no_key_after_all(self):
        login = self.login()
        self.open_question(login)
        login.key_file.mkdir()
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(NOT_SIGNED_IN)
        self.assertEqual(login.exit_status(), 7)

    def test_a_double_click_is_one_answer(self):
        login = self.login()
        self.open_question(login)
        self.browser.double_click(self.browser.button("Approve"))
        self.assert_key_in_file(login)

    # The port is closed by then, so the browser has only its own words for it.
    def test_reloading_the_last_page_makes_no_second_code(self):
        login = self.login()
        self.open_question(login)
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(SIGNED_IN)
        self.assert_key_in_file(login)
        self.browser.reload()
        self.assertIn("ERR_CONNECTION_REFUSED", self.browser.text())
        self.assertEqual(self.made(), {"codes": 1, "keys": 1})

    def test_going_back_asks_anew_and_makes_no_second_code(self):
        login = self.login()
        self.open_question(login)
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(SIGNED_IN)
        self.browser.back()
        self.browser.wait_for_heading(QUESTION)
        self.assert_key_in_file(login)

    def test_two_logins_in_one_browser(self):
        first = self.login()
        second = self.login()
        self.open_question(first)
        with self.browser.second_tab():
            self.open_question(second)
        self.browser.button("Approve").click()
        self.browser.wait_for_heading(SIGNED_IN)
        self.assert_key_in_file(first)
        self.assertTrue(second.is_waiting())

    def test_another_state_is_refused_and_the_login_goes_on(self):
        login = self.login()
        self.open_question(login)
        parts = urllib.parse.urlsplit(query_of(self.browser.url)["callback_url"])
        for query in ["state=" + "a" * 43, ""]:
            self.browser.open(parts._replace(query=query + "&code=of-somebody-else").geturl())
            self.browser.wait_for_heading(NOTHING)
        self.browser.open(parts._replace(path="/other").geturl() + "&code=of-somebody-else")
        self.browser.wait_for_heading(NOTHING)
        self.assertTrue(login.is_waiting())
        self.browser.open(login.printed_url())
        self.browser.wait_for_heading(QUESTION)
        self.browser.button("Approve").click()
        self.assert_key_in_file(login)

    def test_the_name_of_the_app_is_text_and_nothing_else(self):
        name = "<img src=x onerror=alert(1)> & <b>Co</b>"
        for button, heading in [("Approve", SIGNED_IN), ("Deny", NOT_SIGNED_IN)]:
            login = self.login("--app-name", name)
            self.open_question(login)
            self.browser.button(button).click()
            self.browser.wait_for_heading(heading)
            self.assertIn(name, self.browser.text())
            self.assertEqual(self.browser.elements("img, b"), [])


class NarrowLogin(LoginCases, Narrow, BrowserCase):
    pass


class WideLogin(LoginCases, Wide, BrowserCase):
    pass
