-- The periods that had figures at `ts`: those that begin by the last week with a return accepted then.
WITH
landing AS (
    SELECT max(iso_week) AS horizon FROM expected_then
),

provisional AS (
    SELECT iso_week
    FROM weeks
    WHERE iso_week <= (SELECT horizon FROM landing) AND quarter NOT IN (SELECT quarter FROM frozen_then)
)

SELECT
    periods.* EXCLUDE (opening_week),
    periods.last_week > landing.horizon AS runs_past_horizon,
    EXISTS (
        FROM provisional
        WHERE provisional.iso_week BETWEEN periods.first_week AND periods.last_week
    ) AS is_provisional
FROM consolidation.periods
JOIN landing ON periods.opening_week <= landing.horizon
