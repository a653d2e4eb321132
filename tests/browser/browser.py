"""Chromium, and what every page has to be in it: accessible, and no wider than its window."""

import itertools
import os
import pathlib
import shutil
import unittest

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from crm import Crm

THEMES = ("light", "dark")
# The narrowest phone, Khoros' side panel, a desktop.
WIDTHS = (320, 400, 1200)


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# The folder for screenshots. They take longer than the tests, so only `make screenshots` names one.
SCREENSHOTS = os.environ.get("SCREENSHOTS") and pathlib.Path(os.environ["SCREENSHOTS"])


def chromium():
    """The browser that CHROMIUM names, or the system's: its headless shell takes a third of the processor time."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise RuntimeError("there is no Chromium: install it, or say where it is with CHROMIUM=/path/to/chromium")
    return found


def start():
    """A CRM and a browser, until the module's tests are over."""
    crm = Crm()
    unittest.addModuleCleanup(crm.stop)
    playwright = sync_playwright().start()
    unittest.addModuleCleanup(playwright.stop)
    browser = playwright.chromium.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"],
    )
    unittest.addModuleCleanup(browser.close)
    return crm, browser


class BrowserTest(unittest.TestCase):
    def page_in(self, browser, width=1200, **options):
        """A page in a context of its own, which notes all that it asks for and says."""
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.answers, page.asked, page.said = [], [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("response", lambda answer: page.answers.append(answer))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("dialog", lambda dialog: (page.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page

    def check_looks(self, page, name, looks=tuple(itertools.product(THEMES, WIDTHS))):
        """In both themes and every width: nothing serious for axe, and nothing wider than its place."""
        for theme, width in looks:
            with self.subTest(page=name, theme=theme, width=width):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme)
                violations = [violation for violation in Axe().run(page).response["violations"] if violation["impact"] in ("serious", "critical")]
                self.assertEqual([], [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations])
                wide = page.evaluate("""() => [document.documentElement, ...document.querySelectorAll("body *")]
                    .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display != "inline" && !one.matches(".skip, .hidden"))
                    .filter(one => !one.closest(".hidden, input, textarea, select, svg"))
                    .map(one => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`)""")
                self.assertEqual([], wide, "wider than its container")
