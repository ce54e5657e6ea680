"""The written pages in a real browser: attacks stay words, the player seeks, it fits a phone and paper."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports import write_reports
from tests.report_run import hostile, ordinary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ordinary run, with 98 s of silence to play."""
    out = tmp_path_factory.mktemp("site")
    write_reports(ordinary("audio/en-01.wav"), out)
    (out / "audio").mkdir()
    with wave.open(str(out / "audio" / "en-01.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 98)
    return out


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The same run behind a web server of the tests' own."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def watched(browser: Browser, **options: object) -> tuple[Page, list[str]]:
    """A page, and what it did that it should not: dialogs, errors, requests beyond its own files."""
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    seen: list[str] = []

    def dialog(box: object) -> None:
        seen.append(f"dialog {box.message}")  # type: ignore[attr-defined]
        box.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("console", lambda message: seen.append(f"console {message.text}"))
    page.on("request", lambda request: seen.append(f"request {request.url}"))
    return page, seen


def until(page: Page, condition: str) -> None:
    """Wait for a condition; Playwright's own waiting evaluates text in the page, which the policy forbids."""
    end = time.monotonic() + 15
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def test_attacks_stay_words(browser: Browser, tmp_path: Path) -> None:
    pages = [path for path in write_reports(hostile(), tmp_path) if path.suffix == ".html"]
    assert len(pages) > 25
    page, seen = watched(browser)
    for path in pages:
        seen.clear()
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('a, mark, [tabindex]').forEach((e) => { e.focus(); })")
        page.mouse.move(200, 200)
        assert [s for s in seen if s not in (f"request {path.as_uri()}", "request data:,")] == []
        assert page.locator("main script, main iframe, main img, main object, main embed, main form").count() == 0
        shown = page.evaluate("[...document.querySelectorAll('a')].filter((a) => a.protocol !== 'file:').length")
        assert shown == 0, path


def test_the_player_goes_to_the_second_in_the_address(browser: Browser, site: Path) -> None:
    page, seen = watched(browser)
    page.goto(f"{(site / 'calls' / 'en-01.html').as_uri()}#t=33.6")
    until(page, "document.querySelector('audio').currentTime >= 33.5")
    assert page.locator(".turn.now").get_attribute("id") == "turn-5"
    assert page.locator(".turn.now").is_visible()
    assert [s for s in seen if s.startswith(("error", "dialog", "console"))] == []


def test_the_policy_lets_the_sound_through_on_a_server_too(browser: Browser, served: str) -> None:
    page, seen = watched(browser)
    page.goto(f"{served}/calls/en-01.html")
    until(page, "Math.abs(document.querySelector('audio').duration - 98) < 1")
    assert {s for s in seen if s.startswith("request")} == {
        f"request {served}/calls/en-01.html",
        f"request {served}/audio/en-01.wav",
    }
    assert [s for s in seen if s.startswith(("error", "dialog", "console"))] == []


def test_a_click_on_a_time_plays_from_there(browser: Browser, site: Path) -> None:
    page, seen = watched(browser)
    page.goto((site / "calls" / "en-01.html").as_uri())
    page.locator("#turn-9 .clock a").click()
    until(page, "!document.querySelector('audio').paused")
    assert page.evaluate("document.querySelector('audio').currentTime") >= 71.5
    assert page.url.endswith("#t=71.5")
    page.locator(".lanes svg").click(position={"x": 1, "y": 10})
    until(page, "document.querySelector('audio').currentTime < 20")
    assert [s for s in seen if s.startswith(("error", "dialog", "console"))] == []


def test_verdict_and_words_lead_to_each_other(browser: Browser, site: Path) -> None:
    page, _ = watched(browser)
    page.goto((site / "calls" / "en-01.html").as_uri())
    page.locator("#v-opening\\.name a", has_text="turn 1").click()
    assert page.locator("mark.on").all_inner_texts() == ["my name is Grace"]
    reference = page.get_by_role("link", name="2 Own name: Met")
    reference.focus()
    assert reference.locator(".tip").is_visible()
    reference.press("Enter")
    assert page.url.endswith("#v-opening.name")
    assert page.locator("#v-opening\\.name").is_visible()


def test_the_way_in_leads_to_everything(browser: Browser, site: Path) -> None:
    page, _ = watched(browser)
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_role("link", name="cards").first.click()
    page.get_by_role("link", name="Grace").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Grace"
    page.get_by_role("link", name="Call en-02").first.click()
    page.get_by_role("link", name="Callibrate").click()
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


@pytest.mark.parametrize(
    "path", ["index.html", "team.html", "agents/a-17.html", "calls/en-01.html", "calls/zh-01.html"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(browser: Browser, site: Path, path: str, scheme: str) -> None:
    page, _ = watched(browser, viewport={"width": 360, "height": 700}, color_scheme=scheme)
    page.goto((site / path).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]


def test_long_hostile_words_do_not_widen_the_page(browser: Browser, tmp_path: Path) -> None:
    from tests.report_builders import NOT, data, record, result

    endless = "W" * 400
    made = data(
        [record(endless, results=[result("opening.name", NOT, explanation=endless)], agent_name=endless, team=endless)]
    )
    page, _ = watched(browser, viewport={"width": 800, "height": 700})
    for path in write_reports(made, tmp_path):
        if path.suffix == ".html":
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 800, path


def test_the_agents_report_prints(browser: Browser, site: Path) -> None:
    page, _ = watched(browser, color_scheme="dark")
    page.goto((site / "agents" / "a-17.html").as_uri())
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.sheets')).breakBefore") == "page"
