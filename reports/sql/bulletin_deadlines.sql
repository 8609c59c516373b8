-- The deadline that now holds for the network, week by week.
SELECT iso_week, epoch_us(due_at) AS due_at
FROM weeks
ORDER BY ALL
