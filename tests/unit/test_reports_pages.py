"""The written pages as text: they hold together, point at what exists, carry nothing from outside but words."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import reports
from qa.model import Conversation, Language, Outcome
from reports import ReportData, write_reports
from reports.write import pages
from tests.report_builders import ENGLISH, data, english_results, record, run
from tests.report_run import hostile, ordinary

VOID = {"meta", "link", "br", "img", "hr", "input"}
CSS = (Path(reports.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


class Page(HTMLParser):
    """A page's ids, links, attributes and whether its tags are balanced."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.hrefs.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        {"script": self.scripts, "style": self.styles}.get(inside, self.words).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def parsed(of: ReportData) -> dict[str, Page]:
    return {name: Page(content) for name, content in pages(of) if name.endswith(".html")}


@pytest.fixture(scope="module")
def site() -> dict[str, Page]:
    return parsed(ordinary("audio/en-01.ogg"))


RUNS: dict[str, Callable[[], ReportData]] = {
    "ordinary": ordinary,
    "hostile": hostile,
    "empty": lambda: data(run=run(n_files=0, n_scored=0, audio_s=0.0, wall_s=0.0)),
}


@pytest.mark.parametrize("name", RUNS)
def test_tags_balance_and_ids_are_unique(name: str) -> None:
    for path, page in parsed(RUNS[name]()).items():
        assert page.faults == [], path
        assert page.open == [], path
        assert len(page.ids) == len(set(page.ids)), path


@pytest.mark.parametrize("name", RUNS)
def test_every_link_leads_somewhere(name: str) -> None:
    made = RUNS[name]()
    site = parsed(made)
    files = {path for path, _ in pages(made)} | {
        "coverage.csv", "evaluations.jsonl", "calibration_sample.csv", "calibration_ratings.csv", "audio/en-01.ogg",
    }  # fmt: skip
    for path, page in site.items():
        for href in page.hrefs:
            if href == "data:,":
                continue
            target, _, anchor = href.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))) if target else path
            assert there in files, (path, href)
            if anchor and not re.fullmatch(r"t=\d+\.\d", anchor):
                assert anchor in site[there].ids, (path, href)


@pytest.mark.parametrize("name", RUNS)
def test_the_policy_names_exactly_what_is_inline(name: str) -> None:
    for path, page in parsed(RUNS[name]()).items():
        policy = next(v for tag, key, v in page.attributes if tag == "meta" and key == "content" and "default-src" in v)
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for directive, blocks in (("style-src", page.styles), ("script-src", page.scripts)):
            hashes = [
                f"'sha256-{base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()}'" for block in blocks
            ]
            stated = re.findall(rf"{directive} ([^;]+)", policy)
            assert stated == ([" ".join(hashes)] if hashes else []), path
        assert len(page.scripts) == (1 if path.startswith("calls/") else 0)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_comes_from_outside(name: str) -> None:
    for path, page in parsed(RUNS[name]()).items():
        for tag, key, value in page.attributes:
            assert not key.startswith("on"), (path, tag, key)
            assert key != "style", (path, tag)
            if key in ("href", "src"):
                assert value == "data:," or not re.match(r"\s*([a-z]+:|//)", value, re.IGNORECASE), (path, value)
        assert "@import" not in "".join(page.styles)
        assert "url(" not in "".join(page.styles)


def test_hostile_words_are_shown_as_words() -> None:
    site = parsed(hostile())
    for attack in ("<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "{{ 7 * 7 }}{% include 'x' %}"):
        shown = [page for path, page in site.items() if path.startswith("calls/") and attack in page.text]
        assert shown, attack
    assert not any("49" in page.text.split() for page in site.values())


def test_hostile_ids_stay_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    written = write_reports(hostile(), out)
    assert all(path.resolve().is_relative_to(out) and path.is_file() for path in written)
    found = {p for p in tmp_path.rglob("*") if p.is_file()}
    assert found == set(written)
    assert len(list((out / "calls").iterdir())) == len(list((out / "conversations").iterdir())) == len(hostile().calls)


def test_what_a_run_leaves(tmp_path: Path) -> None:
    written = write_reports(ordinary(), tmp_path)
    assert written[0] == tmp_path / "index.html"
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert names >= {
        "index.html", "index.zh.html", "team.html", "teams/cards.html", "teams/loans.html", "teams/unassigned.html",
        "agents/a-17.html", "agents/unassigned.html", "calls/en-01.html", "conversations/zh-01.json", "coverage.csv",
        "evaluations.jsonl", "calibration_sample.csv", "calibration_ratings.csv",
    }  # fmt: skip
    stored = Conversation.from_json((tmp_path / "conversations" / "zh-01.json").read_bytes())
    assert stored == ordinary().calls[3].conversation
    again = {path: path.read_bytes() for path in written}
    write_reports(ordinary(), tmp_path)
    assert {path: path.read_bytes() for path in written} == again


def test_each_page_speaks_one_language(site: dict[str, Page]) -> None:
    lang = {
        path: next(v for tag, key, v in page.attributes if (tag, key) == ("html", "lang"))
        for path, page in site.items()
    }
    assert {path for path, value in lang.items() if value == "zh-Hans"} == {
        "index.zh.html", "teams/loans.html", "agents/a-31.html", "calls/zh-01.html",
    }  # fmt: skip
    assert "无故静默" in site["calls/zh-01.html"].text
    assert "Dead air" not in site["calls/zh-01.html"].text


def test_every_page_has_its_landmarks(site: dict[str, Page]) -> None:
    for path, page in site.items():
        tags = [tag for tag, _, _ in page.attributes]
        assert (tags.count("html"), "main" in page.ids) == (1, True), path
        assert any(tag == "a" and key == "class" and value == "skip" for tag, key, value in page.attributes), path
        headed = [value for tag, key, value in page.attributes if tag == "th" and key == "scope"]
        assert path.startswith("calls/") or headed, path


def test_empty_pages_say_so() -> None:
    site = parsed(RUNS["empty"]())
    assert set(site) == {"index.html", "index.zh.html", "team.html"}
    text = site["index.html"].text
    for words in ("No calls in this run.", "The input held no files.", "No sample was drawn.", "No call needs a look"):
        assert words in text
    assert "No calls in this run." in site["team.html"].text


def test_a_call_without_turns_times_or_sound_says_so() -> None:
    site = parsed(data([record("x", {}, lines=(), started_at=None)]))
    text = site["calls/x.html"].text
    assert "Nothing was transcribed." in text
    assert "No recording to play." in text
    assert "Nothing was measured." in text
    assert "no date" in text


def test_few_calls_are_said_to_be_few() -> None:
    few = parsed(data([record(f"c-{i}", {}) for i in range(4)]))["agents/a-17.html"].text
    enough = parsed(data([record(f"c-{i}", {}) for i in range(5)]))["agents/a-17.html"].text
    assert "Few calls. 4 calls say little" in few
    assert "Few calls." not in enough


def test_the_sheet_to_score_again_reveals_nothing(site: dict[str, Page]) -> None:
    page = ordinary()
    content = dict(pages(page))["agents/a-17.html"]
    sheets = content[content.index('<section class="sheets"') :]
    sheets = sheets[: sheets.index("</section>")]
    assert sheets.count('<td class="box"></td>') == 4 * (25 + 3)  # 25 criteria of one call, 3 of the other
    assert "badge" not in sheets
    assert "Auto-fail" not in sheets  # why a targeted call is in the sample
    assert "calls/" not in sheets  # the call's page shows the verdicts


def test_a_page_of_words_only_once_per_mark() -> None:
    site = dict(pages(data([record("x", results=english_results(), lines=ENGLISH)])))
    body = site["calls/x.html"]
    said = re.findall(r'<p class="said">(.*?)</p>', body, re.DOTALL)
    plain = [re.sub(r'<a class="ref.*?</a>|<[^>]+>', "", p) for p in said]
    assert [p.replace("&#39;", "'") for p in plain] == [line[3] for line in ENGLISH]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(scheme: int) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text."""
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
    pairs = [
        ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("good", "good-wash"), ("fair", "fair-wash"),
        ("bad", "bad-wash"), ("bad", "paper"), ("fair", "paper"), ("good", "paper"), ("ink", "quiet-wash"),
        ("ink", "accent-wash"), ("soft", "accent-wash"), ("accent", "accent-wash"), ("soft", "quiet-wash"),
        ("ink", "good-wash"), ("ink", "fair-wash"), ("ink", "bad-wash"), ("paper", "bad"), ("paper", "good"),
        ("paper", "fair"), ("paper", "ink"), ("agent", "paper"), ("customer", "paper"), ("ivr", "paper"),
        ("unknown", "paper"), ("agent", "accent-wash"), ("customer", "accent-wash"), ("ivr", "accent-wash"),
        ("unknown", "accent-wash"), ("soft", "bad-wash"), ("accent", "bad-wash"),
        *(("ink", f"h{shade}") for shade in range(5)),
    ]  # fmt: skip
    weak = {pair: round(ratio, 2) for pair in pairs if (ratio := contrast(colours[pair[0]], colours[pair[1]])) < 4.5}
    assert weak == {}


@pytest.mark.parametrize(
    ("language", "accuracy", "counts", "missed"),
    [
        ("en", "Critical error accuracy", "1 of 2 calls without one", "1 of 1 missed"),
        ("zh", "致命差错准确率", "2 通中 1 通没有", "1 项中 1 项未达到"),
    ],
)
def test_critical_error_accuracy_stands_beside_the_score(
    language: Language, accuracy: str, counts: str, missed: str
) -> None:
    outcomes = {"opening.greeting": Outcome.MET, "compliance.recording_notice": Outcome.NOT_MET}
    better = outcomes | {"compliance.recording_notice": Outcome.MET}
    calls = [record("c-1", outcomes, language=language), record("c-2", better, language=language)]
    made = dict(pages(data(calls)))
    agent, team, call = (
        next(made[name] for name in made if name.startswith(start)) for start in ("agents/", "teams/", "calls/")
    )
    for page in (agent, team):
        assert accuracy in page
        assert counts in page
    assert ("c-1" in call, missed in call) == (True, True)
    business = "Business: not judged" if language == "en" else "业务：未判断"
    assert business in call
