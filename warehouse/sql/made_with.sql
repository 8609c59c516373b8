-- What a file was made with.
SELECT part, fingerprint
FROM consolidation.made_with
