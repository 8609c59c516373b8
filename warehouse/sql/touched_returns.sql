-- The returns that some weeks hold, as published or in the warehouse; `is_loaded`: in the warehouse.
SELECT submission_id, bool_or(is_loaded) AS is_loaded
FROM (
    SELECT submission_id, false AS is_loaded
    FROM submissions
    WHERE list_contains($parts, coalesce(iso_week, 'no-week'))

    UNION ALL

    SELECT submission_id, true AS is_loaded
    FROM warehouse.main.submissions
    WHERE edition = $edition AND list_contains($parts, coalesce(iso_week, 'no-week'))
)
GROUP BY submission_id
