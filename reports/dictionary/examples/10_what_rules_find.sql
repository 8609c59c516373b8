-- Which rules find something, how often in returns that were accepted, and what became of it?
SELECT rules.id AS rule, rules.severity, rules.statement_en,
    count(findings.rule) AS findings,
    count(DISTINCT findings.submission_id) AS returns,
    count(findings.rule) FILTER (submissions.status <> 'rejected') AS in_accepted_returns,
    count(findings.rule) FILTER (findings.disposition = 'confirmed') AS confirmed,
    count(findings.rule) FILTER (findings.disposition = 'waived') AS waived
FROM rules
LEFT JOIN findings ON findings.rule = rules.id
LEFT JOIN submissions USING (submission_id)
GROUP BY ALL
ORDER BY findings DESC, rule
