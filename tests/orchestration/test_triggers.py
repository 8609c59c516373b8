"""What starts runs by itself: the schedule, the sensor on the landing, and when they do not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.acts import write_act
from pipelines.consolidating import consolidate_weeks, find_news
from pipelines.home import Home
from pipelines.orchestration.arrivals import landing_signature, unpublished_batches
from pipelines.orchestration.records import BY_COMMAND, FIRST_WEEK, LAST_WEEK, STARTED_BY, dagster_instance
from pipelines.orchestration.runs import run_consolidation
from schemas.acts import NilWithoutFile
from schemas.contract import Edition, EditionFacts
from tests.orchestration.conftest import EDITION, BuildDefs, Record
from tests.warehouse.judged_folders import at, figures, put_judged, week

pytestmark = pytest.mark.whole


def put_weeks(home: Home, *numbers: int, city: str = "napoli", point: str = "NA-OSS-01") -> None:
    for number in numbers:
        put_judged(home, city, number, at(number, 1), figures(point, str(number)))


def look(definitions: dg.Definitions, instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    """One look of the sensor at the landing."""
    sensor = definitions.get_repository_def().get_sensor_def("landing")
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    said = sensor(context)
    if isinstance(said, dg.SkipReason):
        return dg.SensorResult(skip_reason=said, cursor=cursor)
    assert isinstance(said, dg.SensorResult)
    return said


def thursday(definitions: dg.Definitions, instance: dg.DagsterInstance) -> list[dg.RunRequest] | str:
    """What the schedule asks for, or why for nothing."""
    schedule = definitions.get_repository_def().get_schedule_def("thursday_at_six")
    said = schedule(dg.build_schedule_context(instance=instance))
    if isinstance(said, dg.SkipReason):
        return str(said.skip_message)
    assert isinstance(said, list)
    return said


def ranges(requests: list[dg.RunRequest]) -> list[tuple[str, str]]:
    return [(request.tags[FIRST_WEEK], request.tags[LAST_WEEK]) for request in requests]


def why(result: dg.SensorResult) -> str:
    assert result.skip_reason is not None
    return str(result.skip_reason.skip_message)


def consolidate(home: Home, edition: Edition = EDITION) -> None:
    with home.consolidating():
        consolidate_weeks(home, edition, edition.weeks)


def test_one_run_for_each_unbroken_range(home: Home, record: Record, definitions: BuildDefs) -> None:
    put_weeks(home, 40, 41, 42, 46)
    asked = look(definitions(), record.instance, None).run_requests
    assert asked is not None
    assert ranges(list(asked)) == [("2023-W40", "2023-W42"), ("2023-W46", "2023-W46")]
    assert len({request.run_key for request in asked}) == 2
    on_thursday = thursday(definitions(), record.instance)
    assert not isinstance(on_thursday, str)
    assert [request.run_key for request in on_thursday] == [request.run_key for request in asked]


def test_nothing_received_and_nothing_new_start_nothing(
    home: Home, record: Record, definitions: BuildDefs
) -> None:
    assert why(look(definitions(), record.instance, None)) == "Nothing was received that is not published."
    assert thursday(definitions(), record.instance) == "Nothing was received that is not published."
    put_weeks(home, 40)
    consolidate(home)
    assert why(look(definitions(), record.instance, None)) == "Nothing was received that is not published."
    assert thursday(definitions(), record.instance) == "Nothing was received that is not published."


def test_the_sensor_does_not_even_look_when_nothing_happened(
    home: Home, record: Record, definitions: BuildDefs
) -> None:
    put_weeks(home, 40)
    first = look(definitions(), record.instance, None)
    assert first.run_requests
    second = look(definitions(), record.instance, first.cursor)
    assert not second.run_requests
    assert why(second) == "Nothing arrived since the last look."
    before = landing_signature(home, EDITION)
    put_weeks(home, 41)
    assert landing_signature(home, EDITION) != before


def test_the_same_content_has_one_key_and_new_content_for_the_same_week_another(
    home: Home, record: Record, definitions: BuildDefs
) -> None:
    put_weeks(home, 40)

    def key() -> str:
        (request,) = look(definitions(), record.instance, None).run_requests or ()
        assert request.run_key is not None
        return request.run_key

    first = key()
    assert key() == first
    put_weeks(home, 40, city="ancona", point="AN-OSS-01")
    second = key()
    assert second != first
    consolidate(home)
    put_judged(home, "napoli", 40, at(40, 3), figures("NA-OSS-01", "2"), version=2)
    assert key() not in (first, second)


def test_a_return_is_the_same_news_before_and_after_it_is_judged(home: Home) -> None:
    put_weeks(home, 40)
    (name,) = [path.name for path in home.judged.iterdir()]
    judged = unpublished_batches(home, EDITION)
    land_only(home, name)
    shutil.rmtree(home.judged / name)
    assert unpublished_batches(home, EDITION) == judged
    assert [(batch.first, batch.last) for batch in judged] == [(week(40), week(40))]


def land_only(home: Home, name: str) -> None:
    """Make of a judged return one that was landed and whose judgement a kill prevented."""
    from schemas.verdicts import Verdict
    from sources.landing import land
    from sources.reading.reader import SourceFile

    verdict = Verdict.model_validate_json((home.judged / name / "verdict.json").read_bytes())
    land(home.returns, verdict, [SourceFile("scheda.csv", b"1;2")], code_version="prova")


def test_a_judgement_torn_by_a_kill_is_news_of_its_week(home: Home) -> None:
    put_weeks(home, 40, 44)
    consolidate(home)
    torn = next(path for path in home.judged.iterdir() if '"2023-W44"' in (path / "verdict.json").read_text())
    land_only(home, torn.name)
    (torn / "verdict.json").write_text('{"submission_id": "', encoding="utf-8")
    assert [batch.first for batch in unpublished_batches(home, EDITION)] == [week(44)]


def test_a_return_judged_again_otherwise_is_news_and_one_that_is_gone(home: Home) -> None:
    put_weeks(home, 40, 44)
    key = put_judged(home, "ancona", 42, at(42, 1), figures("AN-OSS-01", "1"), submission_id="again")
    consolidate(home)
    put_judged(home, "ancona", 42, at(42, 1), {}, submission_id=key, status="rejected")
    (again,) = unpublished_batches(home, EDITION)
    assert (again.first, again.last) == (week(42), week(42))
    shutil.rmtree(home.judged / key)
    (gone,) = unpublished_batches(home, EDITION)
    assert (gone.first, gone.last) == (week(42), week(42))
    assert gone.content != again.content


def test_an_act_with_rows_of_its_own_is_news_of_its_week(home: Home) -> None:
    put_weeks(home, 40, 44)
    consolidate(home)
    before = landing_signature(home, EDITION)
    act = NilWithoutFile(
        edition="prova",
        city="ancona",
        iso_week=week(42),
        area="pic",
        reason="Chiuso",
        at=at(43, 1),
        by="anci",
    )
    write_act(home.acts, act)
    assert landing_signature(home, EDITION) != before
    (batch,) = unpublished_batches(home, EDITION)
    assert (batch.first, batch.last) == (week(42), week(42))
    consolidate(home)
    assert unpublished_batches(home, EDITION) == ()


def test_what_belongs_to_no_week_goes_with_the_last_week(home: Home) -> None:
    put_weeks(home, 40, 44)
    consolidate(home)
    put_judged(home, None, None, at(45, 1), status="rejected")
    (alone,) = unpublished_batches(home, EDITION)
    assert (alone.first, alone.last) == (week(44), week(44))
    put_weeks(home, 46)
    (together,) = unpublished_batches(home, EDITION)
    assert (together.first, together.last) == (week(46), week(46))


def test_returns_of_another_edition_are_no_news(home: Home) -> None:
    put_judged(home, "napoli", 40, at(40, 1), figures("NA-OSS-01", "1"), edition="altra")
    assert unpublished_batches(home, EDITION) == ()


def test_a_changed_contract_is_news_with_a_key_of_its_own(home: Home) -> None:
    put_weeks(home, 40)
    before = unpublished_batches(home, EDITION)
    consolidate(home)
    facts = EditionFacts.model_validate({**EDITION.facts.model_dump(), "name_it": "Un altro nome"})
    changed = EDITION.model_copy(update={"facts": facts})
    (after,) = unpublished_batches(home, changed)
    assert after.content != before[0].content


def test_nothing_is_asked_for_while_a_run_works_and_all_of_it_afterwards(
    home: Home, record: Record, definitions: BuildDefs
) -> None:
    put_weeks(home, 40)
    job = definitions().resolve_job_def("weekly_consolidation")
    run = record.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    waiting = look(definitions(), record.instance, "before")
    assert why(waiting) == "A consolidation is running."
    assert waiting.cursor == "before"
    record.instance.report_run_failed(run)
    assert look(definitions(), record.instance, "before").run_requests


def test_a_command_that_was_killed_does_not_hold_up_what_comes(
    home: Home, record: Record, definitions: BuildDefs
) -> None:
    put_weeks(home, 40)
    job = definitions().resolve_job_def("weekly_consolidation")
    run = record.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={STARTED_BY: BY_COMMAND}
    )
    with home.consolidating():
        assert why(look(definitions(), record.instance, None)) == "A consolidation is running."
    assert look(definitions(), record.instance, None).run_requests
    assert record.instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]


def test_after_a_run_of_the_command_there_is_nothing_to_do(home: Home, definitions: BuildDefs) -> None:
    put_weeks(home, 40, 41)
    run_consolidation(home, EDITION)
    with dagster_instance(home) as instance:
        assert thursday(definitions(), instance) == "Nothing was received that is not published."


@pytest.mark.parametrize("damage", ["empty", "missing"])
def test_a_published_file_that_is_lost_is_made_again(home: Home, damage: str) -> None:
    put_weeks(home, 40, 41)
    consolidate(home)
    assert unpublished_batches(home, EDITION) == ()
    published = home.published("prova")
    published.unlink() if damage == "missing" else published.write_bytes(b"")
    assert [(batch.first, batch.last) for batch in unpublished_batches(home, EDITION)] == [
        (week(40), week(41))
    ]


def test_a_bulletin_that_is_not_there_is_news(home: Home) -> None:
    put_weeks(home, 40, 41)
    consolidate(home)
    (written, *_) = sorted(home.reports("prova").glob("*.html"))
    written.unlink()
    (batch,) = unpublished_batches(home, EDITION)
    assert (batch.first, batch.last) == (week(41), week(41))
    with home.consolidating():
        consolidate_weeks(home, EDITION, [batch.last])
    assert written.exists()
    assert unpublished_batches(home, EDITION) == ()


def cut_a_part_short(parts: Path) -> None:
    path = parts / "observations" / "2023-W40.parquet"
    path.write_bytes(path.read_bytes()[:-1])


def lose_a_part(parts: Path) -> None:
    (parts / "observations" / "2023-W40.parquet").unlink()


def lose_all_parts(parts: Path) -> None:
    shutil.rmtree(parts)


def die_while_parts_change(parts: Path) -> None:
    parts.with_name(f".{parts.name}.unsettled").write_text('[["observations", "2023-W40"]]', encoding="utf-8")


@pytest.mark.parametrize("damage", [cut_a_part_short, lose_a_part, lose_all_parts, die_while_parts_change])
def test_damaged_parquet_is_news_until_a_run_has_put_it_right(
    home: Home, record: Record, definitions: BuildDefs, damage: Callable[[Path], None]
) -> None:
    put_weeks(home, 40, 41)
    consolidate(home)
    before = look(definitions(), record.instance, None)
    assert not before.run_requests
    damage(home.published_parts("prova"))
    assert find_news(home, EDITION)
    found = look(definitions(), record.instance, before.cursor)
    (request,) = found.run_requests or ()
    assert ranges([request]) == [("2023-W41", "2023-W41")]
    again = thursday(definitions(), record.instance)
    assert not isinstance(again, str)
    assert [one.run_key for one in again] == [request.run_key], "the same damage has the same key"
    with home.consolidating():
        consolidate_weeks(home, EDITION, [week(41)])
    assert not find_news(home, EDITION)
    assert why(look(definitions(), record.instance, found.cursor)) == (
        "Nothing was received that is not published."
    )


def test_other_damage_has_another_key(home: Home) -> None:
    put_weeks(home, 40, 41)
    consolidate(home)
    lose_a_part(home.published_parts("prova"))
    (one,) = unpublished_batches(home, EDITION)
    lose_all_parts(home.published_parts("prova"))
    (other,) = unpublished_batches(home, EDITION)
    assert (one.first, one.last) == (other.first, other.last)
    assert one.content != other.content


def test_the_sensor_sees_that_a_bulletin_was_lost(home: Home, record: Record, definitions: BuildDefs) -> None:
    put_weeks(home, 40, 41)
    consolidate(home)
    before = look(definitions(), record.instance, None)
    min(home.reports("prova").glob("*.html")).unlink()
    assert look(definitions(), record.instance, before.cursor).run_requests
