"""The agents' pages in a real browser: their appearance, their access control, and that markup from strangers has no effect."""

import datetime
import itertools
import re
import unittest

from browser import SCREENSHOTS, THEMES, BrowserTest, start
from crm import interaction

# The limit of a page with everything that it loads, except for images.
HEAVIEST = 50 * 1024

MARKUP = '"><script>window.ran = 1</script><img src=x onerror="window.ran = 1"><svg onload="window.ran = 1">'
WORD = "Donaudampfschifffahrtsgesellschaft" * 12
PILE = "Z" + "\u0300\u0301\u0302\u0310\u0315" * 40 + "algo"
OVERRIDE = "\u202emoc.rekcatta\u2066 \u202d"
HOSTILE = f"{MARKUP} {OVERRIDE} {PILE} 👩‍👩‍👧‍👦🏳️‍🌈 مرحبا {WORD}"


def setUpModule():
    global crm, browser
    crm, browser = start()


class PageTest(BrowserTest):
    def open(self, url, width=1200, **options):
        """A page in a browser of its own, with its requests and messages."""
        page = self.page_in(browser, width, **options)
        page.answer = page.goto(url, wait_until="load")
        return page

    @staticmethod
    def jane():
        """The sample's customer with the most data."""
        return crm.find(email="drjane@example.net")

    def case_of(self, customer):
        return crm.ask("GET", f"/customer/{customer['id']}/cases")[0]


def hostile_records():
    """A customer and a case with markup, bidi controls, long words and bad links in every field that a stranger can fill."""
    customer = crm.create_customer(
        displayName=HOSTILE[:900], firstName=MARKUP, lastName=OVERRIDE, screenName=f"@{WORD}", twitterHandle="ada/../../login",
        instagramHandle=MARKUP, profileUrl="https://x.com/ada", streetOne=HOSTILE[:900], city=WORD, accountNumber=MARKUP,
        orderNumber=WORD, description=HOSTILE * 3,
    )
    author = {"service": MARKUP, "serviceId": MARKUP, "handle": WORD, "name": HOSTILE[:500], "brandOwned": False}
    links = ("javascript:window.ran=1", " JaVaScRiPt:window.ran=1", "data:text/html,<script>parent.ran=1</script>", "https://x.com@evil.example/",
             f'https://x.com/"onmouseover="window.ran=1', "https://x.com/" + WORD)
    bodies = (HOSTILE, MARKUP, WORD, PILE, "\u202e" * 50 + "evil", "<b>bold?</b> & &amp; &lt;", "{{ 7 * 7 }} {% raw %}")
    pieces = [interaction(number, body, linkUrl=link, author=author, contentType=MARKUP, service=WORD[:200])
              for number, (body, link) in enumerate(zip(bodies, itertools.cycle(links)))]
    case = crm.create_case(customer, pieces, title=HOSTILE[:900], description=HOSTILE, product=MARKUP)
    return customer, case


class Looks(PageTest):
    def check(self, url, name):
        self.check_looks(self.open(url), name)

    def test_pages_are_accessible_and_fit(self):
        jane = self.jane()
        self.check(jane["url"], "customer")
        self.check(self.case_of(jane)["linkUrl"], "case")

    def test_pages_of_hostile_records_are_accessible_and_fit(self):
        customer, case = hostile_records()
        self.check(customer["url"], "hostile customer")
        self.check(case["linkUrl"], "hostile case")

    def test_the_notice_for_an_invalid_link_is_accessible_and_fits(self):
        self.check(crm.link("/agent/customer/C00000000001", secret="another secret"), "dead link")

    def test_a_long_history_is_a_small_page(self):
        customer = crm.create_customer(displayName="Ada Long", description="She writes a lot. " * 20)
        for number in range(30):
            pieces = [interaction(f"{number}.{piece}", "Where is my parcel? It was to come on Tuesday. " * 4, piece % 2 == 1)
                      for piece in range(6)]
            crm.create_case(customer, pieces, title=f"Parcel {number} is late")
        for url in (customer["url"], self.case_of(customer)["linkUrl"]):
            page = self.open(url)
            sizes = {answer.url: len(answer.body()) for answer in page.answers if not answer.url.endswith(".svg")}
            self.assertGreaterEqual(len(sizes), 3, "the page, its style and its script")
            self.assertLess(sum(sizes.values()), HEAVIEST, sizes)

    def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(self):
        page = self.open(self.jane()["url"], 320)
        links = page.evaluate("() => [...document.querySelectorAll('a[href]')].map(link => link.href)")
        reached, tops = [], []
        for _ in links:
            page.keyboard.press("Tab")
            href, outline, top = page.evaluate("""() => {
                const focused = document.activeElement;
                return [focused.href, getComputedStyle(focused).outlineStyle, focused.getBoundingClientRect().top + scrollY];
            }""")
            self.assertNotEqual("none", outline, href)
            reached.append(href)
            tops.append(top)
        self.assertEqual(links, reached)
        self.assertEqual(sorted(tops[1:]), tops[1:], "down the page")
        self.assertIn("#conversation", links[0], "the first link skips to the conversation")

    @unittest.skipUnless(SCREENSHOTS, "for `make screenshots`")
    def test_screenshots(self):
        jane = self.jane()
        pages = {"customer": jane["url"], "case": self.case_of(jane)["linkUrl"], "hostile": hostile_records()[0]["url"], "dead-link": crm.link("/agent/case/K000000001", secret="another")}
        for (name, url), theme in itertools.product(pages.items(), THEMES):
            for width, suffix in ((400, "-narrow"), (1200, "")):
                page = self.open(url, width, color_scheme=theme, timezone_id="UTC", locale="en-GB")
                page.set_viewport_size({"width": width, "height": 720})
                page.screenshot(path=SCREENSHOTS / f"{name}-{theme}{suffix}.png", full_page=width < 1000)


class Scripts(PageTest):
    def check_quiet(self, page):
        self.assertIsNone(page.evaluate("() => window.ran ?? null"), "a stranger's script ran")
        self.assertEqual([], page.said)
        self.assertEqual([], [url for url in page.asked if not url.startswith(f"{crm.origin}/agent/")], "the page requested something from another host")

    def test_texts_of_strangers_have_no_effect(self):
        customer, case = hostile_records()
        for url in (customer["url"], case["linkUrl"]):
            page = self.open(url)
            self.assertIn("<script>window.ran = 1</script>", page.inner_text("body"), "markup is shown as text")
            page.mouse.move(200, 400)
            self.check_quiet(page)
            links = page.evaluate("() => [...document.links].map(link => [link.protocol, link.hostname, link.rel, link.origin == location.origin])")
            self.assertLessEqual({protocol for protocol, *_ in links}, {"http:", "https:"})
            self.assertNotIn("evil.example", [host for _, host, *_ in links])
            self.assertEqual({"noopener noreferrer nofollow"}, {rel for *_, rel, own in links if not own})
            inline = page.evaluate("() => document.querySelectorAll('script:not([src]), style, [style], [onload], [onerror], [onmouseover]').length")
            self.assertEqual(0, inline)
            self.assertIsNone(re.search("[\u202a-\u202e\u2066-\u2069]", page.content()), "no character reverses text")

    def test_injected_scripts_and_images_are_blocked(self):
        page = self.open(self.jane()["url"])
        page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
            const image = new Image();
            image.src = "http://127.0.0.1:1/stolen";
            document.body.append(image);
        }""")
        self.assertIsNone(page.evaluate("() => window.ran ?? null"))
        self.assertTrue(any("Content Security Policy" in line for line in page.said), page.said)

    def test_times_are_in_the_readers_zone(self):
        customer = crm.create_customer(displayName="Ada Time")
        crm.create_case(customer, [interaction("t1", "Hello?", created="2026-11-20T23:30:00Z")], title="Late")
        page = self.open(customer["url"], timezone_id="Asia/Tokyo", locale="en-GB")
        self.check_quiet(page)
        time = page.locator(".message time").first
        self.assertEqual("21 Nov 2026, 08:30", time.inner_text().replace(" at ", ", "))
        self.assertEqual("20 Nov 2026, 23:30 UTC", time.get_attribute("title"))

    def test_pages_are_complete_without_scripts(self):
        page = self.open(self.jane()["url"], java_script_enabled=False)
        self.assertIn("UTC", page.locator(".message time").first.inner_text())
        self.assertEqual("Dr. Jane ✨", page.inner_text("h1"))
        page.locator(".cases a.title").first.click()
        self.assertIn("/agent/case/", page.url)
        page.get_by_text("All about", exact=False).click()
        self.assertEqual("Dr. Jane ✨", page.inner_text("h1"))


class Turning(PageTest):
    def test_a_long_conversation_can_be_read_to_its_beginning(self):
        customer = crm.create_customer(displayName="Ada Turns")
        start = datetime.datetime(2026, 11, 1)
        pieces = [interaction(f"c{number}", f"message {number}.", number % 3 == 0, f"{start + datetime.timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}")
                  for number in range(100)]
        case = crm.create_case(customer, pieces, title="A long one")
        for url in (case["linkUrl"], customer["url"]):
            page = self.open(url)
            shown = []
            for _ in range(20):
                shown = page.locator(".message .body").all_inner_texts() + shown
                earlier = page.get_by_text("Earlier messages")
                if not earlier.count():
                    break
                earlier.click()
            self.assertEqual([f"message {number}." for number in range(100)], shown)
            page.get_by_text("Later messages").click()
            self.assertTrue(page.get_by_text("Earlier messages").count(), "and back")


class Doors(PageTest):
    def test_an_expired_link_says_what_to_do_and_nothing_else(self):
        jane = self.jane()
        path = f"/agent/customer/{jane['id']}"
        yesterday = f"{datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1):%Y-%m-%d}"
        told = set()
        for url in (crm.link(path, last_day=yesterday), jane["url"][:-1], f"{crm.origin}{path}", crm.link(path, secret="another secret"),
                    crm.link("/agent/customer/C00000000001", secret="another secret"), crm.link(path, tenant="nobody", secret="another secret")):
            page = self.open(url)
            self.assertEqual(403, page.answer.status, url)
            told.add(re.sub("[0-9a-f]{12}", "", page.inner_text("main")))
        [text] = told
        self.assertIn("open the customer or the case there again", text)

    def test_removed_customers_are_not_shown_and_pages_forbid_caching_and_framing(self):
        page = self.open(crm.link("/agent/customer/C00000000001"))
        self.assertEqual(404, page.answer.status)
        self.assertIn("no longer exists", page.inner_text("h1"))
        for url in (page.url, self.jane()["url"]):
            outside = self.open("about:blank")
            outside.set_content(f'<iframe src="{url}"></iframe>')
            outside.wait_for_load_state("networkidle")
            [frame] = outside.main_frame.child_frames
            self.assertNotIn(page.inner_text("h1") if url == page.url else "Dr. Jane", frame.locator("body").inner_text(), "in somebody's frame")


if __name__ == "__main__":
    unittest.main()
