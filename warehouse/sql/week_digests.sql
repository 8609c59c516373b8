-- Of which verdicts and acts the rows of each week were loaded, as one digest a week.
SELECT iso_week, sha256(string_agg(name || ' ' || digest, chr(10) ORDER BY name)) AS digest
FROM consolidation.held
WHERE edition = $edition AND iso_week IS NOT NULL
GROUP BY iso_week
