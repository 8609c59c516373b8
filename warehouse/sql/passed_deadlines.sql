-- The weeks of which a return was awaited whose deadline has passed by the last arrival, or was missing
-- whose deadline has not: the last arrival is another one now.
WITH
landing AS (
    SELECT max(received_at) AS last_received_at FROM submissions WHERE edition = $edition
)

SELECT DISTINCT iso_week
FROM expected_returns
CROSS JOIN landing
WHERE edition = $edition
    AND (
        (status = 'awaited' AND known_to IS NULL AND due_at <= last_received_at)
        OR (status = 'missing' AND (last_received_at IS NULL OR due_at > last_received_at))
    )
