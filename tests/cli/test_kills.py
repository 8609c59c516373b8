"""A process killed at any moment of receiving leaves nothing that the next run does not put right."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.cli import run
from pipelines.home import BusyError, Home
from tests.cli.conftest import COMMAND, run_apart, samples_of, write_manifest
from tests.cli.reading_homes import folder_contents, published_rows


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = samples_of("taranto", "palermo", "caserta", "bolzano", "torino", weeks=["2023-W39", "2023-W40"])
    return write_manifest(tmp_path_factory.mktemp("kills") / "manifest.csv", chosen)


@pytest.fixture(scope="module")
def undisturbed(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    assert run(["receive", "--manifest", str(manifest), "--home", str(home)]) == 0
    assert run(["consolidate", "--home", str(home)]) == 0
    return home


def finish_and_compare(manifest: Path, home: Path, undisturbed: Path) -> None:
    """Run everything again; the result is that of a run that nobody disturbed."""
    assert run(["receive", "--manifest", str(manifest), "--home", str(home)]) == 0
    assert run(["consolidate", "--home", str(home)]) == 0
    assert folder_contents(home / "landing") == folder_contents(undisturbed / "landing")
    assert folder_contents(home / "judged") == folder_contents(undisturbed / "judged")
    assert published_rows(home) == published_rows(undisturbed)


@pytest.mark.parametrize("landed", [0, 1, 4, 8])
def test_receiving_killed_after_some_returns(
    landed: int, manifest: Path, undisturbed: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    process = subprocess.Popen(
        [*COMMAND, "receive", "--manifest", str(manifest), "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    returns = home / "landing" / "returns"
    while process.poll() is None:
        if returns.exists() and len(list(returns.iterdir())) > landed:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    assert process.wait() == -signal.SIGKILL, "the run ended before it was killed"
    assert len(list(returns.glob("[!.]*"))) < len(list((undisturbed / "landing" / "returns").iterdir()))
    finish_and_compare(manifest, home, undisturbed)


@pytest.mark.parametrize(
    "what", ["landed_not_judged", "half_landed", "half_judged", "judged_twice", "torn_verdict"]
)
def test_what_a_kill_can_leave_is_put_right(
    what: str, manifest: Path, undisturbed: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(undisturbed, tmp_path / "home"))
    last = max(path.name for path in (home / "landing" / "returns").iterdir())
    landed, judged = home / "landing" / "returns" / last, home / "judged" / last
    if what == "landed_not_judged":
        shutil.rmtree(judged)
    elif what == "half_landed":
        unfinished = landed.with_name(f".incoming-{last}")
        landed.rename(unfinished)
        (unfinished / "receipt.json").unlink()
        shutil.rmtree(judged)
    elif what == "half_judged":
        judged.rename(judged.with_name(f".judging-{last}"))
    elif what == "judged_twice":
        shutil.copytree(judged, judged.with_name(f".judging-{last}-replaced"))
    else:
        (judged / "verdict.json").write_text('{"submission_id": "', encoding="utf-8")
    finish_and_compare(manifest, home, undisturbed)


def test_consolidating_judges_first_what_a_killed_run_landed(undisturbed: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(undisturbed, tmp_path / "home"))
    last = max(path.name for path in (home / "judged").iterdir())
    shutil.rmtree(home / "judged" / last)
    assert run(["consolidate", "--home", str(home)]) == 0
    assert folder_contents(home / "judged") == folder_contents(undisturbed / "judged")
    assert published_rows(home) == published_rows(undisturbed)


@pytest.mark.parametrize(
    "share", [0.5, *(pytest.param(at, marks=pytest.mark.long) for at in (0.3, 0.7, 0.9))]
)
def test_a_consolidation_killed_on_the_way(
    share: float, manifest: Path, undisturbed: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(undisturbed, tmp_path / "home"))
    shutil.rmtree(home / "published")
    arguments = [*COMMAND, "consolidate", "--all", "--home", str(home)]
    apart = Path(shutil.copytree(home, tmp_path / "timed"))
    began = time.monotonic()
    subprocess.run([*arguments[:-1], str(apart)], check=True, capture_output=True)
    whole = time.monotonic() - began
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(whole * share)
    process.kill()
    process.wait()
    finish_and_compare(manifest, home, undisturbed)


def test_a_second_consolidation_waits_and_then_ends_with_status_3(undisturbed: Path, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(undisturbed, tmp_path / "home")))
    before = folder_contents(home.root / "published")
    with home.consolidating():
        with pytest.raises(BusyError), home.consolidating(wait_seconds=0.3):
            pytest.fail("two runs held the home at once")
        second = run_apart("consolidate", "--home", home.root, REGIA_WAIT_SECONDS="0.3")
    assert (second.returncode, second.stdout) == (3, "")
    assert folder_contents(home.root / "published") == before


def test_a_wait_that_is_no_number_is_refused(tmp_path: Path) -> None:
    second = run_apart("consolidate", "--home", tmp_path / "home", REGIA_WAIT_SECONDS="poco")
    assert second.returncode == 2
    assert "REGIA_WAIT_SECONDS" in second.stderr
