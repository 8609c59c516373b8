-- The quarters that were frozen at `ts`: none, as quarters cannot be frozen yet.
SELECT quarter
FROM weeks
WHERE false
