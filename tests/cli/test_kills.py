"""A process killed at any moment, or stopped by a full disk, leaves nothing that the next run does not put
right.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pipelines.cli import run
from pipelines.home import BusyError, Home
from tests.cli.conftest import COMMAND, run_apart, samples_of, write_manifest
from tests.cli.reading_homes import folder_contents, published_rows

pytestmark = pytest.mark.whole


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


@pytest.mark.parametrize(
    "landed", [4, *(pytest.param(several, marks=pytest.mark.long) for several in (0, 1, 8))]
)
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


def without_a_return(home: Path) -> Path:
    """What is published stands for a return of 2023-W40 that is not there any more."""
    last = max(path.name for path in (home / "judged").iterdir())
    shutil.rmtree(home / "judged" / last)
    shutil.rmtree(home / "landing" / "returns" / last)
    return home


@pytest.fixture(scope="module")
def one_less(undisturbed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose next consolidation replaces what is published; copy it before changing it."""
    return without_a_return(Path(shutil.copytree(undisturbed, tmp_path_factory.mktemp("one-less") / "home")))


@dataclass(frozen=True)
class Consolidated:
    """That home after a consolidation that nothing stopped, and how long it took."""

    home: Path
    seconds: float


@pytest.fixture(scope="module")
def consolidated(one_less: Path, tmp_path_factory: pytest.TempPathFactory) -> Consolidated:
    home = Path(shutil.copytree(one_less, tmp_path_factory.mktemp("consolidated") / "home"))
    began = time.monotonic()
    assert run_apart("consolidate", "--home", home).returncode == 0
    seconds = time.monotonic() - began
    assert published_rows(home) != published_rows(one_less)
    return Consolidated(home, seconds)


@pytest.mark.parametrize(
    "share", [0.5, *(pytest.param(at, marks=pytest.mark.long) for at in (0.2, 0.3, 0.4, 0.6))]
)
def test_a_consolidation_killed_on_the_way(
    share: float,
    manifest: Path,
    one_less: Path,
    undisturbed: Path,
    consolidated: Consolidated,
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    moment = consolidated.seconds * share
    shutil.copytree(one_less, home)
    while not kill_consolidation(home, partial(has_lasted, moment)):
        # The machine had other work when it was timed.
        shutil.rmtree(home)
        shutil.copytree(one_less, home)
        moment /= 2
    finish_and_compare(manifest, home, undisturbed)


def test_a_consolidation_killed_while_it_builds_what_replaces_the_published_file(
    manifest: Path, one_less: Path, undisturbed: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(one_less, tmp_path / "home"))
    before = published_rows(home)
    building = home / "published" / ".lgnet2.duckdb.building"
    assert kill_consolidation(home, lambda _: building.exists())
    assert building.exists(), "what it was building lies there"
    assert published_rows(home) == before
    finish_and_compare(manifest, home, undisturbed)
    assert not building.exists()


def has_lasted(seconds: float, began: float) -> bool:
    return time.monotonic() - began > seconds


def kill_consolidation(home: Path, is_time: Callable[[float], bool]) -> bool:
    """Kill a consolidation at a moment that depends on when it began. Whether it was still at work then."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, "consolidate", "--home", str(home)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not is_time(began):
        time.sleep(0.001)
    process.kill()
    return process.wait() == -signal.SIGKILL


ON_A_SMALL_DISK = """
disk=$1 home=$2 kept=$3 free=$4
shift 4
mount -t tmpfs -o size=200m none "$disk" && cp -a "$home" "$disk/home" || exit 99
there=$(df -k --output=avail "$disk" | tail -n 1)
head -c $(( (there - free) * 1024 )) /dev/zero > "$disk/others" || exit 99
"$@" --home "$disk/home"
status=$?
cp -a "$disk/home" "$kept/full"
rm "$disk/others"
"$@" --home "$disk/home" > /dev/null 2>&1
echo $? > "$kept/status_afterwards"
cp -a "$disk/home" "$kept/afterwards"
exit $status
"""
APART = ["unshare", "--map-root-user", "--mount"]
"""Mounts of a process of its own, that end with it."""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where a small disk may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = [*APART, "mount", "-t", "tmpfs", "none", str(place)]
    if shutil.which(APART[0]) is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this system lets no test mount a disk of its own")
    return place


@pytest.mark.parametrize(
    "free",
    [
        0,
        20_000,
        *(
            pytest.param(kilobytes, marks=pytest.mark.long)
            for kilobytes in (64, 512, 1000, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000, 22_000, 24_000)
        ),
    ],
)
def test_a_full_disk_is_told_in_one_sentence_and_changes_nothing(
    free: int, one_less: Path, consolidated: Consolidated, disk: Path, tmp_path: Path
) -> None:
    """Dagster's record, the warehouse, or the file that replaces the published one has no room."""
    given = [str(disk), str(one_less), str(tmp_path), str(free), *COMMAND, "consolidate"]
    ended = subprocess.run(
        [*APART, "sh", "-c", ON_A_SMALL_DISK, "sh", *given], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1] == (
        "Il disco è pieno: l'operazione non è stata fatta. Liberi spazio e riprovi."
    )
    assert ended.stdout == ""
    assert published_rows(tmp_path / "full") == published_rows(one_less)
    assert (tmp_path / "status_afterwards").read_text(encoding="utf-8") == "0\n"
    assert published_rows(tmp_path / "afterwards") == published_rows(consolidated.home)


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
