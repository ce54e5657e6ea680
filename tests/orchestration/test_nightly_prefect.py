"""The command as a user runs it: real Prefect, real server on the loopback address, pretended engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.server import prefect_server
from qa.settings import Settings
from qa.store import Store
from tests.orchestration.conftest import Night

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def server_url(cache: Path) -> Iterator[str]:
    """A server that is there already, as a team's own would be."""
    with prefect_server(Settings(cache_dir=cache / "given")) as server:
        server.wait()
        yield server.url


def environment(night: Night, cache: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **inherited,
        "PYTHONPATH": f"{ROOT / 'tests' / 'no_network'}{os.pathsep}{ROOT}",
        "NO_NETWORK_LOG": str(night.marks.parent / "network.log"),
        "CALLIBRATE_CACHE_DIR": str(cache),
        "FAKE_MARKS": str(night.marks),
        # A company's proxy must not come between us and our own machine.
        "HTTP_PROXY": "http://proxy.invalid:3128",
        **more,
    }


def command(night: Night, *more: str) -> list[str]:
    script = ROOT / "tests" / "orchestration" / "qa_with_fakes.py"
    return [sys.executable, str(script), "nightly", str(night.source), "--out", str(night.out), *more]


def qa(night: Night, cache: Path, *more: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(night, *more),
        env=environment(night, cache, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def alive(night: Night) -> list[str]:
    """Processes of this night that still run, by the folder of marks in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(night.marks).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def ends(night: Night, within_s: float = 15) -> bool:
    until = time.monotonic() + within_s
    while alive(night) and time.monotonic() < until:
        time.sleep(0.1)
    return not alive(night)


def test_a_night_with_a_server_of_its_own(night: Night, cache: Path) -> None:
    night.add("a.wav", "b.wav", "bug.wav", "fragile.wav", "noise.wav")
    night.add("z.wav", content="pretended audio of a.wav")
    done = qa(night, cache, "--format", "json")
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    assert night.outcomes(summary) == {
        "a.wav": "scored",
        "b.wav": "scored",
        "bug.wav": "engine_failed",
        "fragile.wav": "scored",
        "noise.wav": "no_speech",
        "z.wav": "duplicate_content",
    }
    assert list(summary) == [
        *("run_id", "n_files", "n_scored", "n_refused", "n_skipped", "audio_s", "wall_s", "stages", "out")
    ]
    loads = [path.name for path in night.marks.glob("engines.*")]
    assert all(name.endswith(".1") for name in loads)  # once in each process
    # Two workers; after the death one for each of the two calls in work, alone; two more for what is left.
    assert len(loads) <= 2 + 2 + 2
    assert "prefect" not in done.stderr.lower()
    assert "6 of 6 files" in done.stderr
    assert not (night.marks.parent / "network.log").exists(), (night.marks.parent / "network.log").read_text()
    assert ends(night), alive(night)


def test_a_second_run_prints_the_table_and_hears_nothing(night: Night, cache: Path, server_url: str) -> None:
    night.add("a.wav", "[bold]b[/bold].wav")
    first = qa(night, cache, PREFECT_API_URL=server_url)
    assert first.returncode == 0, first.stderr
    heard = night.heard()
    second = qa(night, cache, PREFECT_API_URL=server_url)
    assert second.returncode == 0, second.stderr
    assert night.heard() == heard
    assert "[bold]b[/bold].wav" in second.stdout
    assert "0 scored + 2 skipped + 0 refused = 2 files" in second.stdout
    assert f"Reports: {night.out / 'index.html'}" in second.stdout
    assert not list(cache.glob("prefect/*/prefect.db")) or not alive(night)
    assert not (night.marks.parent / "network.log").exists(), (night.marks.parent / "network.log").read_text()


@pytest.mark.parametrize("to_all", [True, False], ids=["as a terminal does", "to the main process"])
def test_ctrl_c_ends_everything_and_the_next_run_goes_on(
    night: Night, cache: Path, server_url: str, to_all: bool
) -> None:
    night.add("a.wav", "slow.wav")
    running = subprocess.Popen(
        command(night),
        env=environment(night, cache, PREFECT_API_URL=server_url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(night, "heard.slow.wav.1", "scored.a.1")
    wait_until_saved(night, 1)
    (os.killpg if to_all else os.kill)(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert ends(night), alive(night)
    (night.source / "slow.wav").rename(night.source / "quick.wav")
    assert qa(night, cache, PREFECT_API_URL=server_url).returncode == 0
    assert night.heard()["a.wav"] == 1


def test_a_killed_run_leaves_no_process_behind(night: Night, cache: Path) -> None:
    night.add("slow.wav")
    running = subprocess.Popen(
        command(night),
        env=environment(night, cache),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(night, "heard.slow.wav.1")
    assert [line for line in alive(night) if "server_child" in line]
    running.kill()
    running.wait()
    assert ends(night), alive(night)


def wait_for(night: Night, *marks: str, within_s: float = 120) -> None:
    until = time.monotonic() + within_s
    while not all((night.marks / mark).exists() for mark in marks):
        assert time.monotonic() < until, sorted(path.name for path in night.marks.iterdir())
        time.sleep(0.1)


def wait_until_saved(night: Night, n_files: int, within_s: float = 30) -> None:
    until = time.monotonic() + within_s
    with Store.open(night.out / "callibrate.db", create=False) as store:
        (run,) = store.runs()
        while store.progress(run.run_id).n_files < n_files:
            assert time.monotonic() < until
            time.sleep(0.1)
