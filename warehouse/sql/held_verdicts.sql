-- The verdicts that a file's rows stand for.
SELECT submission_id, digest, edition, iso_week
FROM submissions
JOIN consolidation.verdicts_held USING (submission_id)
