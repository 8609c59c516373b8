-- The weeks of the verdicts that are not the same in the published file and in the warehouse.
WITH
published AS (
    SELECT submission_id, digest, iso_week
    FROM submissions
    JOIN consolidation.verdicts_held USING (submission_id)
    WHERE edition = $edition
),

loaded AS (
    SELECT submission_id, digest, iso_week
    FROM warehouse.main.submissions
    JOIN warehouse.consolidation.verdicts_held USING (submission_id)
    WHERE edition = $edition
)

SELECT DISTINCT iso_week
FROM ((FROM published EXCEPT FROM loaded) UNION ALL (FROM loaded EXCEPT FROM published))
