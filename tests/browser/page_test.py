"""The pages themselves, each in two windows and two colour schemes."""

import urllib.parse

import page
from browser import query_of
from case import BrowserCase, Narrow, Wide
from processes import eventually

LONG_HOST = "a" * 60 + "." + "b" * 60 + ".example"


class PageCases:
    def question_url(self, callback="http://127.0.0.1:9/cb"):
        return f"{self.stage.site}/auth?" + urllib.parse.urlencode({"callback_url": callback})

    def show_question(self):
        self.browser.open(self.question_url())

    def show_question_of_a_long_name(self):
        self.browser.open(self.question_url(f"https://{LONG_HOST}/"))

    def show_wrong_link(self):
        self.browser.open(self.question_url("http://elsewhere.example/"))

    def show_closed(self):
        """The answer of a page that was answered before."""
        self.browser.open(self.question_url())
        self.browser.run("document.querySelector('[name=token]').value = 'used';")
        self.browser.button("Approve").click()
        self.browser.wait_for_heading("This request is closed")

    def show_end(self, button):
        login = self.login("--app-name", "An App With Quite a Name")
        self.browser.open(login.opened_url())
        self.browser.button(button).click()

    def show_signed_in(self):
        self.show_end("Approve")
        self.browser.wait_for_heading("You are signed in")

    def show_not_signed_in(self):
        self.show_end("Deny")
        self.browser.wait_for_heading("You are not signed in")

    def show_nothing(self):
        login = self.login()
        callback = query_of(login.printed_url())["callback_url"]
        self.browser.open(callback.replace("state=", "state=x") + "&code=c")

    def show_index(self):
        self.browser.open(self.stage.site + "/")

    def on_each_page(self, check):
        for show in [self.show_index, self.show_question, self.show_question_of_a_long_name, self.show_wrong_link,
                     self.show_closed, self.show_signed_in, self.show_not_signed_in,
                     self.show_nothing]:
            with self.subTest(show.__name__):
                show()
                check()

    def test_fits_the_window(self):
        def check():
            needed, there = self.browser.run(page.WIDTHS)
            self.assertLessEqual(needed, there)
        self.on_each_page(check)

    def test_buttons_are_large_and_seen_without_scrolling(self):
        self.show_question()
        buttons = self.browser.elements("button")
        self.assertEqual(len(buttons), 2)
        for button in buttons:
            rect = button.rect
            self.assertGreaterEqual(rect["width"], 44)
            self.assertGreaterEqual(rect["height"], 44)
            self.assertGreaterEqual(rect["x"], 0)
            self.assertGreaterEqual(rect["y"], 0)
            self.assertLessEqual(rect["x"] + rect["width"], self.width)
            self.assertLessEqual(rect["y"] + rect["height"], self.height)

    def test_text_has_contrast_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            self.browser.new_tab(self.width, self.height, scheme)

            def check():
                texts = self.browser.run(page.TEXT_COLOURS)
                for text, colour, background, opacity in texts:
                    ratio = page.contrast(colour, background)
                    self.assertGreaterEqual(ratio, 4.5, f"{scheme}: {text!r}")
                    self.assertEqual(opacity, "1", text)
                # Or the scheme would not be what it is said to be.
                backgrounds = {text: background for text, _, background, _ in texts}
                card = backgrounds[self.browser.headings()[0]]
                self.assertEqual(page.luminance(card) < 0.2, scheme == "dark")
            self.on_each_page(check)

    def test_focus_is_seen_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            self.browser.new_tab(self.width, self.height, scheme)
            self.show_question()
            for name in ["Approve", "Deny"]:
                self.browser.tab_to(name)
                outline = self.browser.run(page.OUTLINE)
                self.assertEqual(outline["style"], "solid")
                self.assertGreaterEqual(outline["width"], 2)
                self.assertGreaterEqual(page.contrast(outline["colour"], outline["around"]), 3)

    def test_says_what_it_is_to_those_who_do_not_see_it(self):
        titles = set()

        def check():
            self.assertEqual(self.browser.run("return document.documentElement.lang"), "en")
            self.assertEqual(len(self.browser.headings()), 1)
            self.assertEqual([m.aria_role for m in self.browser.elements("main")], ["main"])
            titles.add(self.browser.title)
            for button in self.browser.elements("button"):
                self.assertEqual(button.aria_role, "button")
                self.assertIn(button.accessible_name, ["Approve", "Deny"])
            # Drawings say nothing that the words do not.
            self.assertEqual(self.browser.elements("svg:not([aria-hidden=true])"), [])
        self.on_each_page(check)
        # A tab says what is in it; the two questions are one.
        self.assertEqual(len(titles), 7, titles)
        self.assertNotIn("", titles)

    def test_runs_and_loads_nothing_that_is_injected(self):
        visits = {"/script", "/image", "/style", "/frame", "/fetch"}
        stops = {"script-src-elem", "img-src", "style-src-elem", "frame-src", "connect-src",
                 "base-uri"}
        # First where nothing stops it, so that the attack is one.
        self.browser.open(self.other_site.url)
        self.browser.run(page.INJECT, self.other_site.url)
        eventually(lambda: visits <= set(self.other_site.visits), "all is loaded")
        self.assertTrue(self.browser.run("return window.hijacked"))

        def check():
            self.other_site.visits.clear()
            self.browser.run(page.INJECT, self.other_site.url)
            eventually(lambda: stops <= set(self.browser.run("return window.violated")),
                       lambda: f"stopped: {self.browser.run('return window.violated')}")
            self.assertIsNone(self.browser.run("return window.hijacked"))
            self.assertEqual(self.other_site.visits, [])
        self.on_each_page(check)

    def test_sends_no_form_elsewhere(self):
        self.browser.open(self.other_site.url + "/plain")
        self.browser.run(page.INJECT_FORM, self.other_site.url)
        eventually(lambda: "/form" in self.other_site.visits, "the form is sent")

        def check():
            self.other_site.visits.clear()
            self.browser.run(page.INJECT_FORM, self.other_site.url)
            eventually(lambda: self.browser.run("return window.violated") == ["form-action"],
                       "the form is stopped")
            self.assertEqual(self.other_site.visits, [])
        self.on_each_page(check)

    def test_is_shown_in_no_frame(self):
        self.browser.open(self.other_site.url)
        for url, text in [(self.other_site.url, "The other site."), (self.question_url(), None)]:
            self.browser.run("document.body.innerHTML = ''; const f = document.createElement("
                             "'iframe'); f.onload = () => window.loaded = arguments[0];"
                             "f.src = arguments[0]; document.body.append(f);", url)
            eventually(lambda: self.browser.run("return window.loaded") == url, "a frame loads")
            frame, = self.browser.elements("iframe")
            shown = self.browser.in_frame(frame, self.browser.text)
            if text:
                self.assertEqual(shown, text)
            else:
                self.assertNotIn("Allow", shown)
                self.assertNotIn("Approve", shown)

    def test_goes_back_to_the_app_wherever_that_may_be(self):
        self.allowed_hosts |= {"app.example", "::1"}
        for callback in ["https://app.example/cb", "https://app.example:3000/cb?a=b",
                         "http://[::1]:9/cb"]:
            self.browser.open(self.question_url(callback))
            self.browser.button("Approve").click()
            mark = "&" if "?" in callback else "?"
            eventually(lambda: self.browser.url.startswith(f"{callback}{mark}code="),
                       lambda: f"to {callback}, not {self.browser.url}")

    def test_asks_nothing_for_a_callback_that_is_not_allowed(self):
        for callback in ["http://elsewhere.example/", "https://app.example:8443/",
                         "https://127.0.0.1@app.example/", "javascript:alert(1)", "",
                         "https://app.example;sandbox/", "https://app.example/#fragment"]:
            self.browser.open(self.question_url(callback))
            self.assertEqual(self.browser.headings(), ["This link does not work"], callback)
            self.assertEqual(self.browser.elements("form, button, a"), [])
        self.assertEqual(self.made()["codes"], 0)


class NarrowPage(PageCases, Narrow, BrowserCase):
    pass


class WidePage(PageCases, Wide, BrowserCase):
    pass
