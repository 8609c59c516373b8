-- The sums that indicators are made of, as the contract has them today.
FROM consolidation.indicator_parts
