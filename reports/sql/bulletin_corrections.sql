-- The accepted returns that took the place of another.
SELECT
    later.iso_week,
    later.city,
    epoch_us(later.received_at) AS received_at,
    later.submission_id,
    later.version,
    earlier.submission_id AS superseded,
    earlier.version AS superseded_version,
    later.reason_code
FROM submissions AS later
JOIN submissions AS earlier ON earlier.submission_id = later.supersedes
WHERE later.edition = $edition
ORDER BY ALL
