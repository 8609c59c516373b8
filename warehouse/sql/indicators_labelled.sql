-- The indicators, each code followed by its Italian name.
SELECT
    indicators.*,
    CASE WHEN cells_due > 0 THEN CAST(cells_answered AS DOUBLE) / cells_due END AS coverage,
    CASE
        WHEN value IS NOT NULL THEN NULL
        WHEN cells_due = 0 THEN 'not_due'
        WHEN denominator = 0 OR cells_answered = cells_due THEN 'not_computable'
        ELSE 'not_answered'
    END AS empty_because,
    CASE WHEN indicators.city = 'IT' THEN 'Rete' ELSE cities_now.name_it END AS city_name,
    areas.label_it AS area_label,
    indicator_catalogue.label_it AS indicator_label,
    indicator_catalogue.unit,
    code_lists.list_label_it AS breakdown_label,
    code_lists.label_it AS category_label
FROM indicators
LEFT JOIN indicator_catalogue ON indicator_catalogue.code = indicators.indicator
LEFT JOIN areas ON areas.code = indicator_catalogue.area
LEFT JOIN cities_now ON cities_now.slug = indicators.city
LEFT JOIN code_lists ON code_lists.list = indicators.breakdown AND code_lists.code = indicators.category
