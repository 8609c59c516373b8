-- The verdicts that a file's rows stand for.
SELECT submission_id, digest, iso_week
FROM submissions
JOIN consolidation.verdicts_held USING (submission_id)
WHERE edition = $edition
