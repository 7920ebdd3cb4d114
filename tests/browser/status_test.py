"""/statusz of the admin port, in two windows and two colour schemes."""

from selenium.webdriver.common.keys import Keys

import page
from case import BrowserCase, Wide
from processes import eventually

CALLBACK = "https://app.example/cb"
STARTED = ('grpc_server_started_total{grpc_method="CreateAuthCode",'
           'grpc_service="modelgates.oauth.v1.OAuthService",grpc_type="unary"}')

# Of each figure of /metrics that the page shows: the sample, and the exact value.
FIGURES = """
return [...document.querySelectorAll('data')].map(d => [d.dataset.sample, Number(d.value)]);
"""

# The name of the element with the focus, and whether it is in sight.
FOCUS = """
const element = document.activeElement;
const rect = element.getBoundingClientRect();
return [element.tagName, rect.bottom > 0 && rect.top < innerHeight];
"""


class StatusCases:
    def setUp(self):
        super().setUp()
        self.assertEqual(self.stage.create(CALLBACK), 0)
        self.assertNotEqual(self.stage.create("http://elsewhere.example/"), 0)
        self.open()

    def open(self):
        self.browser.open(self.stage.admin + "/statusz")

    def figures(self):
        return dict(self.browser.run(FIGURES))

    def test_fits_the_window_without_a_complaint(self):
        for scheme in ["light", "dark"]:
            self.browser.new_tab(self.width, self.height, scheme)
            self.browser.complaints()
            self.open()
            needed, there = self.browser.run(page.WIDTHS)
            self.assertLessEqual(needed, there)
            self.assertEqual(self.browser.complaints(), [])

    def test_text_has_contrast_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            self.browser.new_tab(self.width, self.height, scheme)
            self.open()
            texts = self.browser.run(page.TEXT_COLOURS)
            for text, colour, background, opacity in texts:
                if text:
                    self.assertGreaterEqual(page.contrast(colour, background), 4.5, text)
                    self.assertEqual(opacity, "1", text)
            back = self.browser.run("return getComputedStyle(document.body).backgroundColor")
            self.assertEqual(page.luminance(back) < 0.2, scheme == "dark")

    def test_figures_are_those_of_the_metrics(self):
        before = self.stage.metrics()
        self.open()
        shown = self.figures()
        after = self.stage.metrics()
        self.assertGreater(len(shown), 20)
        compared = 0
        for sample, value in shown.items():
            self.assertIn(sample, after)
            if before[sample] == after[sample]:
                self.assertEqual(value, after[sample], sample)
                compared += 1
        # Memory and the retry budget alone change while nothing is called.
        self.assertGreaterEqual(compared, len(shown) - 2)

    def test_shows_what_happens_without_being_loaded_again(self):
        self.browser.run("window.same = true")
        self.assertEqual(self.stage.create(CALLBACK), 0)
        started = self.stage.metrics()[STARTED]
        eventually(lambda: self.figures()[STARTED] == started, "the page shows the call")
        self.assertTrue(self.browser.run("return window.same"))
        self.assertEqual(self.browser.complaints(), [])

    def test_pauses(self):
        self.browser.button("Pause").click()
        self.browser.button("Resume")
        shown = self.figures()[STARTED]
        self.assertEqual(self.stage.create(CALLBACK), 0)
        # The next look would be at hand: it is made, and asks for nothing.
        self.browser.requests()
        self.browser.run("look()")
        self.assertEqual(self.browser.requests(), [])
        self.assertEqual(self.figures()[STARTED], shown)
        self.browser.button("Resume").click()
        eventually(lambda: self.figures()[STARTED] == shown + 1, "the page goes on")

    def test_works_by_keyboard(self):
        self.browser.tab_to("Pause")
        self.assertEqual(self.browser.run(page.OUTLINE)["style"], "solid")
        closed = 0
        while self.browser.press(Keys.TAB) or self.browser.run(FOCUS)[0] != "BODY":
            tag, is_seen = self.browser.run(FOCUS)
            self.assertTrue(is_seen, tag)
            outline = self.browser.run(page.OUTLINE)
            self.assertEqual(outline["style"], "solid")
            self.assertGreaterEqual(outline["width"], 2)
            if tag == "SUMMARY":
                self.browser.press(Keys.ENTER)
                closed += 1
        self.assertEqual(closed, len(self.browser.elements("details")))
        self.assertEqual(self.browser.elements("details[open]"), [])
        # What was closed stays closed when there is something new.
        self.assertEqual(self.stage.create(CALLBACK), 0)
        started = self.stage.metrics()[STARTED]
        eventually(lambda: self.figures()[STARTED] == started, "the page shows the call")
        self.assertEqual(self.browser.elements("details[open]"), [])

    def test_runs_and_loads_nothing_that_is_injected(self):
        # page_test has the proof that this is an attack.
        stops = {"script-src-elem", "img-src", "style-src-elem", "frame-src", "connect-src",
                 "base-uri"}
        self.browser.run(page.INJECT, self.other_site.url)
        eventually(lambda: stops <= set(self.browser.run("return window.violated")),
                   lambda: f"stopped: {self.browser.run('return window.violated')}")
        self.assertIsNone(self.browser.run("return window.hijacked"))
        self.assertEqual(self.other_site.visits, [])

    def test_is_whole_without_a_script(self):
        with self.browser.without_script():
            self.open()
            self.assertIn("reload it", self.browser.source)
        self.assertEqual(self.figures()[STARTED], self.stage.metrics()[STARTED])
        self.assertEqual([b for b in self.browser.elements("button") if b.is_displayed()], [])


class NarrowStatus(StatusCases, BrowserCase):
    width, height = 360, 740


class WideStatus(StatusCases, Wide, BrowserCase):
    pass
