-- When the last return for each week arrived, whatever became of it.
SELECT iso_week, epoch_us(max(received_at)) AS received_at
FROM submissions
WHERE edition = $edition AND iso_week IS NOT NULL
GROUP BY ALL
ORDER BY ALL
