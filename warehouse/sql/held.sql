-- The verdicts and acts that a file's rows stand for.
SELECT name, digest, edition, iso_week, counts_from
FROM consolidation.held
