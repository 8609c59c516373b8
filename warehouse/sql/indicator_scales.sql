-- What the figures of indicators are multiplied by, as the contract has it today.
FROM consolidation.indicator_scales
