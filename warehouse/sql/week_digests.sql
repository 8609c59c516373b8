-- Of which verdicts the rows of each week were loaded, as one digest a week.
SELECT iso_week, sha256(string_agg(submission_id || ' ' || digest, chr(10) ORDER BY submission_id)) AS digest
FROM submissions
JOIN consolidation.verdicts_held USING (submission_id)
WHERE edition = $edition AND iso_week IS NOT NULL
GROUP BY iso_week
