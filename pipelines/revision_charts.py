"""The chart of a city's revisions, drawn from the published file.

Lives here: asking for the triangle, and the chart's place: `reports/<edition>/revisions/<city>.svg`.
Must not live here: the query (`warehouse/sql`), the drawing (`reports.revisions`).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.home import Home
from pipelines.refusals import NothingPublishedError, WrongUsageError
from reports.revisions.chart import AgedFigure, draw_triangle, revised_rows
from schemas.contract import Edition
from warehouse.files import building_of, put_in_place, read_database
from warehouse.queries import query


def write_chart(home: Home, edition: Edition, city: str, out: Path | None = None) -> Path:
    """Draw how the totals of a city moved; the file. out: another place than the reports.

    Raises WrongUsageError where nothing is published, or nothing ever moved.
    """
    published = home.published(edition.slug)
    if not published.exists():
        raise NothingPublishedError(home.root)
    rows = revised_rows(read_triangle(published, edition, city))
    if not rows:
        name = edition.city(city).name_it
        raise WrongUsageError(
            f"Nessun totale di {name} è cambiato dopo la prima pubblicazione: non c'è nulla da "
            "disegnare. Ciò che è cambiato nelle ripartizioni sta nella tabella revisions."
        )
    path = out or home.reports(edition.slug) / "revisions" / f"{city}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    building_of(path).write_text(draw_triangle(edition, city, rows), encoding="utf-8")
    put_in_place(building_of(path), path)
    return path


def read_triangle(published: Path, edition: Edition, city: str) -> tuple[AgedFigure, ...]:
    """The revision triangle of all measures of a city."""
    of_city = {"edition": edition.slug, "city": city, "measures": list(edition.measures_by_code)}
    with read_database(published) as connection:
        rows = connection.execute(query("revision_triangle"), of_city).fetchall()
    return tuple(AgedFigure(*row) for row in rows)
