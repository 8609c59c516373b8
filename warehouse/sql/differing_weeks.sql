-- The weeks of the verdicts and acts that are not the same in the published file and in the warehouse.
WITH
published AS (
    SELECT name, digest, iso_week
    FROM consolidation.held
    WHERE edition = $edition
),

loaded AS (
    SELECT name, digest, iso_week
    FROM warehouse.consolidation.held
    WHERE edition = $edition
)

SELECT DISTINCT iso_week
FROM ((FROM published EXCEPT FROM loaded) UNION ALL (FROM loaded EXCEPT FROM published))
