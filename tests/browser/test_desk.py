"""The desk in a real browser: the ways of a visitor from the sign-in to a result, and what the pages look like."""

import json
import pathlib
import re
import unittest

from browser import SCREENSHOTS, THEMES, BrowserTest, start
from crm import AUTHORIZATION, interaction

# Of a page; it asks for nothing else.
HEAVIEST = 100 * 1000
# Of the themes and widths these two have everything once.
LOOKS = (("light", 1200), ("dark", 320))
# The pages of which screenshots are kept.
SHOWN = ("sign-in", "try-one", "people-many", "person", "person-long", "merge-preview", "edit-person-wrong", "edit-case",
         "erase-wrong", "import-columns", "import-checked", "settings", "edit-fields-meaning")

ARABIC = "محمد بن عبد الله آل راشد الطويل جدا"
WORD = "Donaudampfschifffahrtsgesellschaft" * 8
HOSTILE = f'"><script>window.ran = 1</script> \u202emoc.rekcatta\u2066 {ARABIC} {WORD}'


def setUpModule():
    global crm, browser, signed_in
    crm, browser = start()
    # The cookie of the link of `make run`, for all who have signed in.
    context = browser.new_context()
    context.new_page().goto(crm.desk)
    signed_in = context.storage_state()
    context.close()


class DeskTest(BrowserTest):
    def visit(self, path="", width=1200, **options):
        """A page of the desk for somebody who has signed in."""
        page = self.page_in(browser, width, storage_state=signed_in, **options)
        page.goto(f"{crm.origin}/desk{path}")
        return page

    def fill(self, page, **fields):
        for name, value in fields.items():
            page.locator(f"main [name={name}]:not([type=hidden])").fill(value)


class Journeys(DeskTest):
    def sign_in(self, page):
        page.goto(f"{crm.origin}/desk")
        self.assertEqual("Sign in to the desk", page.inner_text("h1"))
        page.get_by_label("Key").fill(AUTHORIZATION)
        page.get_by_label("Your name").fill("Ann")
        page.get_by_role("button", name="Sign in").click()
        self.assertEqual("Try it, as Khoros would", page.inner_text("h1"))

    def check_from_sign_in_to_a_case(self, **options):
        page = self.page_in(browser, **options)
        self.sign_in(page)
        page.get_by_role("button", name="A handle and a name").click()
        self.assertEqual("Khoros would show one customer.", page.inner_text("h2#result"))
        self.assertIn("The same handle", page.inner_text(".candidate >> nth=0"))
        page.get_by_text("The request that Khoros would send").click()
        self.assertIn("/api/v1/customer/bestmatch -d", page.inner_text(".exchange"))
        page.get_by_role("link", name="People").click()
        self.fill(page, firstName="jane")
        page.get_by_role("button", name="Find").click()
        self.assertRegex(page.inner_text("h2#result"), r"^\d+ customers$")
        page.get_by_role("link", name="Dr. Jane").click()
        self.assertEqual("Dr. Jane ✨", page.inner_text("h1"))
        page.locator(".cases a.title").first.click()
        self.assertIn("/desk/cases/", page.url)
        page.get_by_role("button", name="Sign out").click()
        self.assertEqual("Sign in to the desk", page.inner_text("h1"))
        page.goto(f"{crm.origin}/desk/people")
        self.assertEqual("Sign in to the desk", page.inner_text("h1"))
        for url in page.asked:
            self.assertNotRegex(url, "(?i)jane|ann|bearer", "nothing of anybody stands in an address")
            self.assertTrue(url.startswith((f"{crm.origin}/desk", "data:image/svg")), url)

    def test_from_sign_in_to_a_case(self):
        self.check_from_sign_in_to_a_case()

    def test_the_same_without_a_script(self):
        self.check_from_sign_in_to_a_case(java_script_enabled=False)

    def test_the_same_by_the_keyboard(self):
        page = self.page_in(browser)
        page.goto(f"{crm.origin}/desk/sign-in")

        def reach(selector, key="Tab"):
            for _ in range(60):
                page.keyboard.press(key)
                if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
                    self.assertNotEqual("none", outline, selector)
                    return
            self.fail(f"the keyboard does not reach {selector}")

        reach("[name=key]")
        page.keyboard.type(AUTHORIZATION)
        reach("[name=person]")
        page.keyboard.type("Ann")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        reach(".skip")
        reach("main [name=displayName]:not([type=hidden])")
        page.keyboard.type("Dr. Jane ✨")
        reach("main [name=screenName]:not([type=hidden])")
        page.keyboard.type("drjanesparkles")
        page.keyboard.press("Enter")
        page.wait_for_selector("#result")
        reach(".candidate a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/people/*")
        self.assertEqual("Dr. Jane ✨", page.inner_text("h1"))

    def test_two_records_become_one_and_two_again_and_are_different_people(self):
        one, other = (crm.create_customer(firstName="Zenobia", lastName="Twice", email="zenobia@twice.example", city=city)["id"]
                      for city in ("Ulm", "Bonn"))
        page = self.visit("/duplicates")
        while not page.get_by_role("link", name="Zenobia Twice").count():
            page.get_by_text("Next page").click()
        page.goto(f"{crm.origin}/desk/people/{other}")
        page.get_by_text("Find duplicates").click()
        page.get_by_text("Why").click()
        self.assertIn("The same address", page.inner_text(".reasons"))
        page.get_by_text("Compare and merge").click()
        page.get_by_label("City: Bonn").check()
        page.get_by_role("button", name="Preview the result").click()
        self.assertIn("Bonn", page.locator("section.result").inner_text())
        page.get_by_role("button", name="Merge", exact=True).click()
        page.wait_for_url("**/merges/*")
        self.assertEqual((one, "Bonn"), tuple(crm.ask("GET", f"/customer/{other}")[name] for name in ("id", "city")))
        page.get_by_role("button", name="Undo the merge").click()
        self.assertEqual("This merge was undone", page.inner_text("h1"))
        self.assertEqual((other, "Bonn"), tuple(crm.ask("GET", f"/customer/{other}")[name] for name in ("id", "city")))
        page.goto(f"{crm.origin}/desk/merge/{one}/{other}")
        page.get_by_label("Reason").fill("mother and daughter")
        page.get_by_role("button", name="Mark as different people").click()
        self.assertIn("mother and daughter", page.inner_text("main"))
        page.goto(f"{crm.origin}/desk/people/{one}/duplicates")
        self.assertIn("No other record may be of this person.", page.inner_text("main"))

    def check_a_customer_and_a_case_are_created_and_edited(self, **options):
        page = self.visit("/people", **options)
        page.get_by_role("link", name="New customer").click()
        self.fill(page, firstName="Quirina", lastName="Newcomer", email="quirina")
        page.get_by_role("button", name="Create the customer").click()
        wrong = page.locator("[name=email]")
        self.assertEqual("true", wrong.get_attribute("aria-invalid"))
        self.assertEqual("Quirina", page.input_value("[name=firstName]"), "what was typed is kept")
        self.fill(page, email=f"quirina{len(options)}@newcomer.example", description="First line\nsecond line")
        page.get_by_role("button", name="Show Khoros").click()
        self.assertIn("/api/v1/customer -d", page.inner_text(".exchange"))
        page.get_by_role("button", name="Create the customer").click()
        self.assertEqual("Saved.", page.inner_text("[role=status]"))
        self.assertEqual("Quirina Newcomer", page.inner_text("h1"))
        page.get_by_role("link", name="Edit", exact=True).click()
        self.fill(page, city="Ulm")
        page.get_by_role("button", name="Show Khoros").click()
        self.assertIn("""-d '{"city":"Ulm"}'""", page.inner_text(".exchange"), "nothing else was touched")
        page.get_by_role("button", name="Save").click()
        self.assertIn("Ulm", page.inner_text("main"))
        page.get_by_role("link", name="New case").click()
        page.get_by_label("Title").fill("Parcel is late")
        page.get_by_role("button", name="Create the case").click()
        self.assertEqual("Parcel is late", page.inner_text("h1"))
        page.get_by_role("link", name="Edit", exact=True).click()
        page.get_by_label("Status").select_option("Closed")
        page.get_by_role("button", name="Save").click()
        self.assertIn("Closed", page.inner_text("header.top"))
        for url in page.asked:
            self.assertNotRegex(url, "(?i)quirina|newcomer|ulm|parcel", "nothing of anybody stands in an address")

    def test_a_customer_and_a_case_are_created_and_edited(self):
        self.check_a_customer_and_a_case_are_created_and_edited()

    def test_they_are_also_without_a_script(self):
        self.check_a_customer_and_a_case_are_created_and_edited(java_script_enabled=False)

    def test_a_person_takes_their_data_and_is_erased(self):
        person = crm.create_customer(firstName="Xenia", lastName="Leaving", email="xenia@leaving.example")
        page = self.visit(f"/people/{person['id']}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Export").click()
        self.assertEqual(f"{person['id']}.json", download.value.suggested_filename)
        self.assertEqual("khoros-crm person", json.loads(pathlib.Path(download.value.path()).read_text())["format"])
        page.get_by_role("link", name="Erase").click()
        self.assertIn("1 record\n", page.inner_text("main") + "\n")
        page.get_by_label("The customer’s id").fill("Xenia")
        page.get_by_role("button", name="Erase for good").click()
        self.assertIn("Nothing was erased.", page.inner_text("main"))
        page.get_by_label("The customer’s id").fill(person["id"])
        page.get_by_role("button", name="Erase for good").click()
        self.assertEqual("Erased", page.inner_text("h1"))
        page.get_by_role("button", name="Take the second look").click()
        self.assertEqual("Erased", page.inner_text("h1"))
        page.goto(f"{crm.origin}/desk/people/{person['id']}")
        self.assertEqual("This record is not there", page.inner_text("h1"))

    def check_a_table_is_imported(self, **options):
        page = self.visit("/imports", **options)
        table = "Kunde,Vorname,Nachname,E-Mail,Notiz\n" + "".join(
            f"browser-{n},Quentin{n},Tabler,{'q%d@tabler.example' % n if n else 'wrong'},=1+1\n" for n in range(3))
        page.locator("[name=file]").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": table.encode()})
        page.get_by_role("button", name="Upload").click()
        self.assertEqual("Which column is which field?", page.inner_text("h1"))
        self.assertEqual("firstName", page.input_value("[name=column-1]"))
        self.assertIn("Quentin1", page.inner_text(".rows"))
        page.get_by_label("Kunde").select_option("externalId")
        page.get_by_label("Notiz").select_option("")
        page.get_by_role("button", name="Try it").click()
        page.get_by_role("heading", name="What the import would do").wait_for()
        self.assertIn("2 created, 0 updated, 0 unchanged, 1 rejected", page.inner_text("main"))
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_role("heading", name="Imported").wait_for()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the rejected rows").click()
        rejected = download.value.path().read_text("utf-8-sig")
        self.assertTrue(rejected.startswith("crm:row,crm:problem,Kunde,") and ",wrong,=1+1" in rejected, rejected)
        page.get_by_role("button", name="Undo the import").click()
        page.get_by_role("heading", name="This import was undone").wait_for()
        self.assertIn("2 removed", page.inner_text("main"))

    def test_a_table_is_imported_and_taken_back(self):
        self.check_a_table_is_imported()

    def test_a_table_is_imported_without_a_script(self):
        self.check_a_table_is_imported(java_script_enabled=False)

    def test_a_label_is_changed_after_a_look_at_what_it_means(self):
        page = self.visit("/settings")
        page.get_by_role("link", name="Edit: Fields of cases").click()
        product = page.locator("[name=label-product]")
        product.fill("Goods")
        page.get_by_role("button", name="Show what it would mean").click()
        self.assertIn('agents read "Goods"', page.inner_text("section.result"))
        page.get_by_role("button", name="Save").click()
        self.assertIn("Saved.", page.inner_text("[role=status]"))
        self.assertIn("Goods", page.inner_text("main"))

    def test_a_path_that_there_is_not_is_answered_by_the_desk(self):
        page = self.visit("/nowhere")
        self.assertEqual("There is no such page", page.inner_text("h1"))

    def test_mistakes_stand_beside_their_fields(self):
        page = self.visit("/people")
        self.fill(page, displayName="x" * 1001, email="jane")
        page.get_by_role("button", name="Find").click()
        field = page.locator("[name=displayName]")
        self.assertEqual("true", field.get_attribute("aria-invalid"))
        self.assertIn("at most 1000 characters", page.inner_text("#" + field.get_attribute("aria-describedby")))
        self.assertEqual("jane", page.input_value("[name=email]"), "what was typed is kept")


class Looks(DeskTest):
    def pages(self, **options):
        """Every kind of page, by name: with nothing, one and many rows, long names and those from right to left."""
        person = crm.create_customer(displayName=HOSTILE, firstName=ARABIC, lastName=WORD, email="long@looks.example", city=ARABIC)
        pieces = [interaction(f"{WORD}{number}", HOSTILE) for number in range(3)]
        case = crm.create_case(person, pieces, title=HOSTILE[:900])
        jane = crm.find(email="drjane@example.net")["id"]

        twins = [crm.create_customer(displayName=HOSTILE, lastName=WORD, email="twin@looks.example", accountNumber=account, city=city)["id"]
                 for account, city in (("A-1", WORD), ("B-2", ARABIC))]

        def merging(button):
            page = self.visit(f"/merge/{twins[0]}/{twins[1]}", **options)
            page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_selector("#preview, .mistake[role=alert]")
            return page

        def answer(path, **fields):
            page = self.visit(path, **options)
            if not path:
                page.locator("details.more").evaluate("details => details.open = true")
            self.fill(page, **fields)
            page.locator("main button:not(.quiet)").first.click()
            page.wait_for_selector("#result, .mistake")
            for details in page.locator(".exchange").all():
                details.evaluate("details => details.open = true")
            return page

        def pressed(path, button, **fields):
            page = self.visit(path, **options)
            for name, value in fields.items():
                page.locator(f"[name={name.replace('_', '-')}]").fill(value)
            page.get_by_role("button", name=button).click()
            page.wait_for_load_state()
            return page

        def importing(name, tries=False):
            page = self.visit("/imports", **options)
            hostile = HOSTILE.replace('"', '""')
            table = f'Kunde,"{hostile}",Vorname,E-Mail\nlooks-1,{WORD},{ARABIC},long\nlooks-2,"{hostile}",{WORD},i@looks.example\n'
            page.locator("[name=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": table.encode()})
            page.get_by_role("button", name="Upload").click()
            if tries:
                page.get_by_role("button", name="Try it").click()
                page.get_by_role("heading", name="What the import would do").wait_for()
            return page

        def signing_in(key=None):
            page = self.page_in(browser, **options)
            page.goto(f"{crm.origin}/desk/sign-in")
            if key:
                page.get_by_label("Key").fill(key)
                page.get_by_label("Your name").fill(ARABIC)
                page.get_by_role("button").click()
            return page

        return {
            "sign-in": signing_in, "sign-in-refused": lambda: signing_in("wrong"), "try": lambda: self.visit(**options),
            "try-nobody": lambda: answer("", displayName="Ada Lovelace"),
            "try-one": lambda: answer("", displayName="Dr. Jane ✨", screenName="drjanesparkles"),
            "try-several": lambda: answer("", displayName="Jane Doe"),
            "try-long": lambda: answer("", email="long@looks.example", displayName=HOSTILE),
            "people": lambda: self.visit("/people", **options), "people-none": lambda: answer("/people", displayName="nobody at all"),
            "people-many": lambda: answer("/people", city="berlin"), "people-long": lambda: answer("/people", email="long@looks.example"),
            "people-wrong": lambda: answer("/people", displayName="x" * 1001), "person": lambda: self.visit(f"/people/{jane}", **options),
            "person-long": lambda: self.visit(f"/people/{person['id']}", **options),
            "case-long": lambda: self.visit(f"/cases/{case['id']}", **options),
            "duplicates": lambda: self.visit("/duplicates", **options),
            "duplicates-long": lambda: self.visit(f"/people/{twins[1]}/duplicates", **options),
            "merge-preview": lambda: merging("Preview the result"), "merge-refused": lambda: merging("Merge"),
            "new-person": lambda: self.visit("/people/new", **options),
            "edit-person-wrong": lambda: pressed(f"/people/{person['id']}/edit", "Save", email="x" * 300, displayName=WORD * 5),
            "edit-person-request": lambda: pressed(f"/people/{person['id']}/edit", "Show Khoros", city=HOSTILE),
            "new-case": lambda: self.visit(f"/people/{person['id']}/new-case", **options),
            "edit-case": lambda: self.visit(f"/cases/{case['id']}/edit", **options),
            "accounts": lambda: self.visit(f"/people/{person['id']}/accounts", **options),
            "erase-wrong": lambda: pressed(f"/people/{person['id']}/erase", "Erase", confirm=WORD),
            "import-columns": lambda: importing(f"{ARABIC[:20]}.csv"), "import-checked": lambda: importing("people.csv", tries=True),
            "imports": lambda: self.visit("/imports", **options),
            "settings": lambda: self.visit("/settings", **options),
            "edit-settings-wrong": lambda: pressed("/settings/edit", "Save", departments=HOSTILE.replace("=", "")),
            "edit-fields": lambda: self.visit("/settings/fields/customer", **options),
            "edit-fields-meaning": lambda: pressed("/settings/fields/case", "Show what", label_product=HOSTILE[:200], choices_priority="a=b"),
            "nowhere": lambda: self.visit("/nowhere", **options),
            "gone": lambda: self.visit("/people/C00000000001", **options), "sign-out": lambda: self.visit("/sign-out", **options),
        }

    def test_pages_are_accessible_and_fit(self):
        for name, show in self.pages(timezone_id="UTC", locale="en-GB").items():
            page = show()
            self.check_looks(page, name, LOOKS)
            if SCREENSHOTS and name in SHOWN:
                self.keep(page, name)
            self.assertIsNone(page.evaluate("() => window.ran ?? null"), "a stranger's script ran")
            self.assertIsNone(re.search("[\u202a-\u202e\u2066-\u2069]", page.inner_text("body")), "nothing turns text around")
            self.assertEqual([], [line for line in page.said if "status of 4" not in line], name)
            page.context.close()

    @staticmethod
    def keep(page, name):
        """Screenshots, to be looked at."""
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            for width, suffix in ((360, "-narrow"), (1200, "")):
                page.set_viewport_size({"width": width, "height": 720})
                page.screenshot(path=SCREENSHOTS / f"desk-{name}-{theme}{suffix}.png", full_page=True)

    def test_a_page_is_one_answer_and_light(self):
        crm_people = [crm.create_customer(firstName="Manifold", lastName=f"Number {number}", email=f"m{number}@looks.example") for number in range(60)]
        self.assertEqual(60, len(crm_people))
        page = self.visit("/people")
        self.fill(page, firstName="manifold")
        page.asked.clear()
        page.answers.clear()
        page.get_by_role("button", name="Find").click()
        page.wait_for_selector("#result")
        self.assertEqual("50 customers, and perhaps more", page.inner_text("#result"))
        asked = [url for url in page.asked if not url.startswith("data:")]
        self.assertEqual(1, len(asked), asked)
        self.assertLess(len(page.answers[0].body()), HEAVIEST)


class Doors(DeskTest):
    def test_what_an_injection_would_do_is_forbidden(self):
        page = self.visit()
        page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
            const image = new Image();
            image.src = "http://127.0.0.1:1/stolen";
            document.body.append(image);
            document.body.style.cssText = "";
        }""")
        self.assertIsNone(page.evaluate("() => window.ran ?? null"))
        self.assertTrue(any("Content Security Policy" in line for line in page.said), page.said)

    def test_another_sites_form_does_not_reach_the_desk(self):
        page = self.visit()
        page.goto("about:blank")
        page.set_content(f'<form method="post" action="{crm.origin}/desk/sign-out"><button>Win a prize</button></form>')
        page.get_by_role("button").click()
        page.wait_for_url("**/desk/sign-out")
        self.assertIn("Your sign-in has ended", page.inner_text("h1"), "the cookie is not sent")
        page.goto(f"{crm.origin}/desk")
        self.assertEqual("Try it, as Khoros would", page.inner_text("h1"), "it has not ended")

    def test_no_script_reads_the_cookie_and_no_frame_shows_the_desk(self):
        page = self.visit()
        self.assertEqual("", page.evaluate("() => document.cookie"))
        [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "desk"]
        self.assertEqual((True, "Strict"), (cookie["httpOnly"], cookie["sameSite"]))
        outside = self.page_in(browser)
        outside.set_content(f'<iframe src="{crm.origin}/desk/sign-in"></iframe>')
        outside.wait_for_load_state("networkidle")
        [frame] = outside.main_frame.child_frames
        self.assertNotIn("Sign in", frame.locator("body").inner_text(), "in somebody's frame")


if __name__ == "__main__":
    unittest.main()
