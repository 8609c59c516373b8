-- The published returns whose rows are not the warehouse's any more.
SELECT submission_id
FROM (
    (SELECT * FROM submissions WHERE submission_id IN (SELECT submission_id FROM touched_returns))
    EXCEPT
    FROM wanted_submissions
)
