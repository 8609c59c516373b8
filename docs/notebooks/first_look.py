"""A first look at what is published, for analysts: open with `marimo edit docs/notebooks/first_look.py`.

Lives here: a notebook that reads the published file of REGIA_HOME (else ./data/demo), and changes nothing.
Must not live here: definitions: a figure is taken as it was published.
"""

import marimo

app = marimo.App(width="medium", app_title="LgNet: a first look")


@app.cell
def opened():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    home = Path(os.environ.get("REGIA_HOME", "data/demo"))
    edition = os.environ.get("REGIA_EDITION", "lgnet2")
    published = duckdb.connect(home / "published" / f"{edition}.duckdb", read_only=True)
    published.execute("SET TimeZone = 'Europe/Rome'")
    return alt, edition, mo, published


@app.cell
def introduction(edition, mo):
    mo.md(
        f"""
        # A first look at {edition}

        Tables, columns and codes are explained in `reports/{edition}/dictionary.html`. Three things to
        remember: take a **ratio** as it stands (or sum `numerator` and `denominator`, and divide last);
        read **coverage** and **is_partial** beside every value; `IT` is the network, no city.
        """
    )


@app.cell
def exits_to_stable_solutions(mo, published):
    exits = published.sql(
        """
        SELECT city, city_name, period AS quarter, value AS percent, numerator AS stable,
            denominator AS exits_with_known_outcome, coverage, is_partial
        FROM indicators_labelled
        WHERE indicator = 'HOU09' AND period_kind = 'quarter' AND breakdown = 'total'
        ORDER BY quarter, city
        """
    ).df()
    mo.vstack([mo.md("## Exits to stable solutions"), mo.ui.table(exits, selection=None)])
    return (exits,)


@app.cell
def exits_chart(alt, exits):
    cities = exits[exits.city != "IT"].dropna(subset=["percent"])
    exits_by_city_and_quarter = (
        alt.Chart(cities)
        .mark_point(filled=True)
        .encode(
            x=alt.X(
                "percent:Q",
                title="Exits to a stable solution, % of exits with a known outcome",
                scale=alt.Scale(domain=[-2, 102], nice=False),
                axis=alt.Axis(values=list(range(0, 101, 20))),
            ),
            y=alt.Y(
                "city_name:N",
                title=None,
                sort=alt.EncodingSortField("percent", op="mean", order="descending"),
            ),
            shape=alt.Shape("quarter:O", title="Quarter"),
            color=alt.Color("quarter:O", title="Quarter", scale=alt.Scale(scheme="viridis")),
            size=alt.Size(
                "exits_with_known_outcome:Q",
                title="Exits with a known outcome",
                scale=alt.Scale(range=[25, 400]),
            ),
            opacity=alt.condition("datum.is_partial", alt.value(0.35), alt.value(0.9)),
            tooltip=[
                "city_name",
                "quarter",
                "percent",
                "stable",
                "exits_with_known_outcome",
                "coverage",
                "is_partial",
            ],
        )
        .properties(
            width=560,
            height=420,
            title=alt.Title(
                "Exits to stable solutions, by city and quarter",
                subtitle=[
                    "Large points rest on many exits; small ones move easily.",
                    "Faint: a quarter that is not over, or lacks a return. No point: nobody left, no houses.",
                ],
            ),
        )
    )
    exits_by_city_and_quarter
    return (exits_by_city_and_quarter,)


@app.cell
def network(alt, mo, published):
    weekly = published.sql(
        """
        SELECT period_start AS week, label_en AS indicator, value, coverage
        FROM indicators_labelled
        JOIN indicator_catalogue ON indicator_catalogue.code = indicators_labelled.indicator
        WHERE city = 'IT' AND period_kind = 'week' AND breakdown = 'total'
            AND indicators_labelled.indicator IN ('PIC06', 'HOU02', 'CIV02')
        QUALIFY period_start > min(period_start) OVER ()
        ORDER BY week, indicator
        """
    ).df()
    persons_by_week = (
        alt.Chart(weekly)
        .mark_line(point=True)
        .encode(
            x=alt.X("week:T", title="Week (its Monday)"),
            y=alt.Y("value:Q", title="Persons, counted once in the edition"),
            color=alt.Color("indicator:N", title=None),
            strokeDash=alt.StrokeDash("indicator:N", title=None),
            tooltip=["week", "indicator", "value", "coverage"],
        )
        .properties(width=620, height=260)
    )
    about = "From the second week on: in the first, persons hosted are all who were there already."
    mo.vstack([mo.md(f"## The network, week by week\n\n{about}"), persons_by_week])
    return (weekly,)


@app.cell
def known_then(mo, published):
    ((last_arrival, a_week_before),) = published.sql(
        """
        SELECT strftime(max(received_at), '%d/%m/%Y'), CAST(max(received_at) - INTERVAL 7 DAY AS VARCHAR)
        FROM submissions
        """
    ).fetchall()
    moved = published.execute(
        """
        SELECT now.indicator, now.indicator_label, now.period AS week, known.value AS a_week_before,
            now.value AS now
        FROM indicators_labelled AS now
        LEFT JOIN indicators_as_of(CAST($a_week_before AS TIMESTAMPTZ)) AS known
            USING (edition, indicator, period_kind, period, city, breakdown, category)
        WHERE now.city = 'IT' AND now.period_kind = 'week' AND now.breakdown = 'total'
            AND now.value IS DISTINCT FROM known.value
        ORDER BY week, now.indicator
        """,
        {"a_week_before": a_week_before},
    ).df()
    mo.vstack(
        [
            mo.md(
                f"## What became known in the last seven days (up to {last_arrival})\n\n"
                "A week of which nothing was known before has no figure in `a_week_before`."
            ),
            mo.ui.table(moved, selection=None),
        ]
    )
    return (moved,)


if __name__ == "__main__":
    app.run()
