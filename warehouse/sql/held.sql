-- The verdicts and acts that a file's rows stand for.
SELECT name, digest, edition, iso_week
FROM consolidation.held
