"""The dashboard in a real browser: what a person sees and does.

These tests need Chromium and its driver (on Debian: the packages ``chromium`` and
``chromium-driver``) and the package selenium; without them they are skipped with the reason.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
if CHROMIUM is None or DRIVER is None:
    pytest.skip("there is no chromium with its chromedriver here", allow_module_level=True)
pytest.importorskip("selenium", reason="the package selenium is not installed")

from selenium import webdriver  # noqa: E402  # only where there is a browser
from selenium.common.exceptions import (  # noqa: E402
    ElementClickInterceptedException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # In containers it is small, and a page that finds no room there is gone.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1000",
]
TEMPLATE = """
import asyncio, io, wave
from fastapi.responses import Response, StreamingResponse
from outpost_runtime import get

_file = io.BytesIO()
with wave.open(_file, "wb") as _wave:
    _wave.setparams((1, 2, 8000, 0, "NONE", ""))
    _wave.writeframes(bytes(16000))
SOUND = _file.getvalue()

class Echo:
    def predict(self, value: dict) -> dict:
        print("asked for <b>" + value["name"] + "</b>")
        if value["name"] == "slowly":
            return StreamingResponse(self.slowly(), media_type="text/plain")
        if value["name"] == "sound":
            return Response(SOUND, media_type="audio/wav")
        return {"hello": value["name"]}

    async def slowly(self):
        yield "begun"
        await asyncio.sleep(60)

    @get("/things/{thing}")
    def thing(self, thing: str, size: int):
        return {"thing": thing, "size": size}
"""
# What a look at a page that is changing just then may end with.
PASSING = (
    ElementClickInterceptedException,
    NoSuchElementException,
    StaleElementReferenceException,
)
PAGES = ("/", "/create", "/create/model")
PAGES_OF_ENDPOINT = (
    *("", "?saved=deploy", "?saved=now", "?q=asked", "?q=no-such-words&level=ERROR"),
    *("/change", "/template", "/docs", "/rename", "/delete"),
)
HOSTILE = "<img src=x onerror='document.title=666'>"

_numbers = count(1)


class Browser:
    """A browser on the dashboard of one server."""

    def __init__(self, driver: Any, origin: str, token: str, eventually: Any) -> None:
        self.driver = driver
        self.origin = origin
        self.token = token
        self.eventually = eventually

    def open(self, path: str) -> None:
        self.driver.get(self.origin + path)

    def find(self, css: str) -> Any:
        """Return an element that is there, or comes."""
        return self.eventually(lambda: self.driver.find_elements(By.CSS_SELECTOR, css))[0]

    def text(self, css: str) -> str:
        # In one step: between two a refreshed part of the page may take the place of the element.
        script = "return document.querySelector(arguments[0])?.innerText ?? ''"
        return str(self.driver.execute_script(script, css))

    def click(self, css: str) -> None:
        """Click an element, also where a refreshed part of the page takes its place."""

        def has_clicked() -> bool:
            try:
                self.find(css).click()
            except PASSING:
                return False
            return True

        self.eventually(has_clicked)

    def wait_for(self, css: str, text: str) -> None:
        self.eventually(lambda: self.text(css), lambda found: text in found)

    def type(self, css: str, text: str) -> None:
        field = self.find(css)
        field.clear()
        field.send_keys(text)

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def press_with(self, modifier: str, key: str) -> None:
        chain = webdriver.ActionChains(self.driver)
        chain.key_down(modifier).send_keys(key).key_up(modifier).perform()

    def focused(self) -> str:
        """Return the label of what has the focus, as assistive software would say it.

        It is empty while a refreshed part of the page takes the place of the one before.
        """
        try:
            # Browsers of some versions keep the space before the text of a label.
            return str(self.driver.switch_to.active_element.accessible_name).strip()
        except PASSING:
            return ""

    def outline(self) -> str:
        """Return the style of the line around what has the focus."""
        script = "return getComputedStyle(document.activeElement).outlineStyle"
        return str(self.driver.execute_script(script))

    def move_to(self, label: str, *, back: bool = False) -> None:
        """Press tab until something with that label has the focus."""
        seen = []
        while (name := self.focused()) != label:
            seen.append(name)
            assert len(seen) < 60, f"the focus never came to {label!r}: {seen}"
            if back:
                self.press_with(Keys.SHIFT, Keys.TAB)
            else:
                self.press(Keys.TAB)

    def sign_in(self) -> None:
        self.open("/")
        self.type("#token", self.token + Keys.ENTER)
        self.eventually(lambda: self.text("h1"), lambda found: found == "Endpoints")

    def scheme(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def complaints(self) -> list[str]:
        """Return what the browser has complained about: blocked scripts, errors, missing files."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def violations(self) -> list[str]:
        """Return what axe finds wrong with the page, one line per rule and place."""
        # Through the protocol of the developer tools: the page's own policy allows no scripts.
        self.driver.execute_script(AXE)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(done, e => done(String(e)));"
        )
        assert isinstance(found, dict), found
        assert len(found["passes"]) > 10
        return [
            f"{rule['id']}: {node['target']}: {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


@pytest.fixture
def browser(driver: Any, stranger: Any, eventually: Any) -> Iterator[Browser]:
    """A browser that nobody has signed in with."""
    driver.delete_all_cookies()
    driver.get_log("browser")
    visitor = stranger()
    browser = Browser(driver, visitor.origin, visitor.token, eventually)
    yield browser
    browser.open("/dashboard/static/outpost.svg")
    driver.delete_all_cookies()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.py"
    path.write_text(TEMPLATE)
    return path


def new_name() -> str:
    return f"in-browser-{next(_numbers)}"


def test_a_person_creates_an_endpoint_and_watches_it_work(browser, template):
    """Create, deploy, watch it turn healthy, send a prediction, see its log line."""
    name = new_name()
    browser.sign_in()
    browser.click(".heading .primary")
    browser.type("#name", name)
    browser.find("#template").send_keys(str(template))
    browser.type("#class_name", "Echo")
    Select(browser.find("#visibility")).select_by_visible_text("internal")
    browser.click("#deploy")
    browser.click("main form .primary")
    browser.wait_for("#status", "not deployed")

    browser.click(".heading .primary")
    browser.wait_for("#status", "healthy")
    browser.wait_for("#state table", "serving")
    browser.type("#json", '{"name": "browser"}')
    browser.click(".try .primary")

    browser.wait_for("#answer", "200 OK")
    browser.wait_for("#answer", '"hello": "browser"')
    browser.wait_for("#lines", "asked for <b>browser</b>")
    browser.wait_for("#plots", "1 request in the last 15 minutes")
    assert browser.complaints() == []
    browser.click(".brand")
    browser.wait_for("#list", name)
    browser.click(f"a[href$='/{name}']")
    browser.click("a.danger")
    browser.click("button.danger")
    browser.eventually(lambda: browser.text("#list"), lambda found: name not in found)


def test_everything_can_be_done_with_the_keyboard(browser, template):
    """Tab, space, arrows and return are enough, and the focus survives the refreshing parts.

    Create, deploy, try, cancel, search the log, read the template, change, deploy, rename, delete.
    """
    name = new_name()
    browser.open("/")
    browser.eventually(browser.focused, lambda label: label == "API token")
    browser.press(browser.token, Keys.ENTER)
    browser.eventually(lambda: browser.text("h1"), lambda found: found == "Endpoints")
    browser.move_to("Create an endpoint")
    browser.press(Keys.ENTER)
    browser.eventually(browser.focused, lambda label: label == "Name")
    browser.press(name)
    browser.move_to("Class name")
    # The window in which the system asks for a file is not part of any page.
    browser.find("#template").send_keys(str(template))
    browser.press("Echo")
    browser.move_to("Create")
    browser.press(Keys.ENTER)
    browser.wait_for("#status", "healthy")
    browser.move_to("JSON body")
    browser.press_with(Keys.CONTROL, "a")
    browser.press('{"name": "keys"}')
    browser.move_to("Send")
    browser.press(Keys.SPACE)
    browser.wait_for("#answer", '"hello": "keys"')
    browser.wait_for("#lines", "asked for <b>keys</b>")
    # Some refreshes later the focus is still where it was, and can be seen.
    assert browser.eventually(browser.focused) == "Send"
    assert browser.outline() != "none"

    browser.move_to("JSON body", back=True)
    browser.press_with(Keys.CONTROL, "a")
    browser.press('{"name": "slowly"}')
    browser.move_to("Send")
    browser.press(Keys.ENTER)
    browser.wait_for("#coming", "begun")
    browser.move_to("Cancel")
    browser.press(Keys.ENTER)
    browser.wait_for("#answer", "Cancelled.")
    assert browser.eventually(browser.focused) == "Send"

    browser.move_to("Find in the log")
    browser.press("for <b>KEYS", Keys.ENTER)
    browser.wait_for("#lines mark", "for <b>keys")
    browser.move_to("Echo")
    browser.press(Keys.ENTER)
    browser.wait_for("h1", "Template")
    browser.move_to("Change…")
    browser.press(Keys.ENTER)
    browser.wait_for("h1", f"Change {name}")
    browser.move_to("Replicas, at most")
    browser.press_with(Keys.CONTROL, "a")
    browser.press("3")
    browser.move_to("Keep them")
    browser.press(Keys.ARROW_RIGHT)
    browser.move_to("All variables for the template’s environment, in place of those above")
    browser.press("API_KEY=sesame")
    browser.move_to("Save")
    browser.press(Keys.ENTER)
    browser.wait_for(".saved", "It takes effect with the next deployment")
    browser.move_to("Deploy")
    browser.press(Keys.ENTER)
    browser.find("#history tr:nth-child(2)")
    browser.wait_for("#history tbody tr:first-child", "serving")
    browser.move_to("Rename…")
    browser.press(Keys.ENTER)
    browser.eventually(browser.focused, lambda label: label == "New name")
    browser.press(Keys.END, "-again", Keys.ENTER)
    name = f"{name}-again"
    browser.wait_for("h1", name)

    browser.move_to("Delete…")
    browser.press(Keys.ENTER)
    browser.eventually(lambda: browser.text("h1"), lambda found: found.endswith(f"{name}?"))
    browser.move_to("Delete")
    browser.press(Keys.ENTER)
    browser.eventually(lambda: browser.text("h1"), lambda found: found == "Endpoints")
    browser.move_to("Sign out")
    browser.press(Keys.ENTER)
    browser.eventually(lambda: browser.text("h1"), lambda found: found == "Sign in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_knows(browser, echo_page, scheme):
    """Names, roles, contrast and landmarks, in both colour schemes."""
    browser.scheme(scheme)
    browser.open("/dashboard/sign-in")
    assert browser.violations() == []
    browser.sign_in()
    assert browser.violations() == []

    for path in (*PAGES, *(echo_page + page for page in PAGES_OF_ENDPOINT)):
        browser.open("/dashboard" + path)
        assert browser.violations() == [], path
    browser.open("/dashboard" + echo_page)
    browser.click("#send")
    browser.wait_for("#answer", "200 OK")
    assert browser.violations() == []


def test_the_docs_of_an_endpoint_open_at_its_own_address(browser, echo_page, api):
    """For whom has signed in: without a script, without another server, as the form leads there."""
    docs = api.get(echo_page)["predictionPath"].removesuffix("/predict") + "/docs"

    browser.open(docs)
    browser.type("#token", browser.token + Keys.ENTER)
    browser.wait_for("main", "POST /predict")
    browser.open(docs)
    browser.wait_for("main", "POST /predict")

    assert browser.violations() == []
    assert browser.complaints() == []
    browser.click(".heading a.button")
    browser.wait_for("h1", "echo-of-page")


def test_what_a_template_writes_never_becomes_part_of_a_page(browser, echo_page):
    """Neither in an answer nor in a log line, also where a script puts it into the page."""
    browser.sign_in()
    browser.open("/dashboard" + echo_page)

    browser.type("#json", f'{{"hostile": "{HOSTILE}"}}')
    browser.click(".try .primary")
    browser.wait_for("#answer", HOSTILE)
    browser.wait_for("#lines", HOSTILE.replace("'", "\\'")[:10])

    assert browser.driver.find_elements(By.CSS_SELECTOR, "#answer img, #lines img") == []
    assert browser.driver.title == "echo-of-page – Outpost"


def test_the_page_says_when_the_server_is_away(browser, echo_page):
    """It does not show old numbers as if they were new ones."""
    browser.sign_in()
    browser.open("/dashboard" + echo_page)
    network = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.driver.execute_cdp_cmd("Network.enable", {})

    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", network)
    browser.eventually(lambda: browser.find("#offline").is_displayed())
    said = browser.text("#offline")
    back = {**network, "offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", back)
    browser.eventually(lambda: not browser.find("#offline").is_displayed())

    assert said.startswith("The server does not answer.")
    browser.driver.get_log("browser")


def test_a_session_that_has_ended_leads_to_the_form(browser, echo_page):
    """The refreshing parts notice it."""
    browser.sign_in()
    browser.open("/dashboard" + echo_page)

    browser.driver.delete_all_cookies()

    browser.eventually(lambda: browser.text("h1"), lambda found: found == "Sign in")
    browser.driver.get_log("browser")


@pytest.fixture
def phone(browser) -> Iterator[Browser]:
    """A narrow window in which somebody has signed in."""
    browser.sign_in()
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


LONG = "a-name-that-is-as-long-as-names-may-be-which-is-sixty-three-chr"
LONG_MODEL = f"{'organisation-' * 7}/{'model-' * 15}"
TALKATIVE = """
class Echo:
    def predict(self, value: dict) -> dict:
        print("word" * 100)
        raise ValueError("reason" * 100)
"""


@pytest.fixture(scope="module")
def long_pages(api) -> list[str]:
    """Pages of endpoints of which everything is as long as it may be."""
    secrets = [{"name": "SECRET_" * 18, "value": "x"}]
    talkative = api.deployed(TALKATIVE, name=LONG, secrets=secrets)
    talkative.predict(json={})
    model = {"modelSource": "huggingface", "huggingfaceModel": {"id": LONG_MODEL}}
    body = {"templateType": "autogenerated", "autogeneratedTemplateConfig": model}
    api.call("POST", "/endpoints/local", json={"name": f"{LONG[:-1]}m", **body})
    failed = api.named(f"{LONG[:-1]}m")
    failed.deploy_and_wait()
    return [one.path + page for one in (talkative, failed) for page in PAGES_OF_ENDPOINT]


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_everything_without_scrolling_sideways(phone, echo_page, long_pages, width):
    """However long names, models, messages and answers are; tables scroll within themselves."""
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    phone.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    widths = {}
    for path in (*PAGES, echo_page + "/docs", *long_pages):
        phone.open("/dashboard" + path)
        widths[path] = phone.driver.execute_script(WIDTHS)

    assert widths == {path: [width, width] for path in widths}


def test_a_long_name_does_not_move_its_status_out_of_sight(phone, long_pages):
    """In the list on a phone, where the rest of the table has to be scrolled to."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    phone.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    phone.open(f"/dashboard/?q={LONG[:-1]}")

    ends = phone.driver.execute_script(
        "return [...document.querySelectorAll('#table tbody .status')]"
        ".map(status => status.getBoundingClientRect().right)"
    )
    assert len(ends) == 2
    assert max(ends) <= 390


WIDTHS = "return [document.scrollingElement.scrollWidth, innerWidth]"


@pytest.fixture
def open_endpoint(browser, api) -> Any:
    """Deploy the template and open the page of its endpoint."""

    def open_endpoint() -> None:
        endpoint = api.deployed(TEMPLATE, visibility="private")
        browser.sign_in()
        browser.open("/dashboard" + endpoint.path)
        browser.eventually(lambda: browser.find("#route option:nth-child(2)"))

    return open_endpoint


def test_an_answer_is_shown_while_it_comes_and_can_be_cancelled(browser, open_endpoint):
    """What has come until then stays."""
    open_endpoint()
    browser.type("#json", '{"name": "slowly"}')
    browser.click("#send")
    browser.wait_for("#coming", "begun")
    browser.click("#cancel")

    browser.wait_for("#answer", "Cancelled.")
    assert browser.text("#coming") == "begun"
    assert not browser.find("#cancel").is_displayed()
    assert browser.complaints() == []


def test_a_sound_is_played_by_the_page(browser, open_endpoint):
    """Its policy allows that."""
    open_endpoint()
    browser.type("#json", '{"name": "sound"}')
    browser.click("#send")

    script = "return document.querySelector('#answer audio')?.duration"
    assert browser.eventually(lambda: browser.driver.execute_script(script)) == 1
    assert browser.complaints() == []


def test_a_route_brings_its_path_and_the_command_follows(browser, open_endpoint):
    """It can be sent as it stands; a route without a body asks for none."""
    open_endpoint()
    Select(browser.find("#route")).select_by_visible_text("GET /things/{thing}")
    path = browser.find("#path").get_attribute("value")
    browser.click("#send")

    assert path == "/things/text?size=1"
    browser.wait_for("#answer", '"thing": "text"')
    assert not browser.find("#json").is_displayed()
    command = browser.find("#command").get_attribute("textContent")
    assert command.endswith("/things/text?size=1'")
    assert "--data" not in command
