-- The values now valid, each code followed by its Italian name.
SELECT
    observations.*,
    cities_now.name_it AS city_name,
    service_points.name AS service_point_name,
    service_kinds.label_it AS service_kind_label,
    areas.label_it AS area_label,
    measures.label_it AS measure_label,
    measures.unit,
    code_lists.list_label_it AS breakdown_label,
    code_lists.label_it AS category_label
FROM observations
LEFT JOIN cities_now ON cities_now.slug = observations.city
LEFT JOIN service_points ON service_points.code = observations.service_point
LEFT JOIN service_kinds ON service_kinds.code = observations.service_kind
LEFT JOIN areas ON areas.code = observations.area
LEFT JOIN measures ON measures.code = observations.measure
LEFT JOIN code_lists ON code_lists.list = observations.breakdown AND code_lists.code = observations.category
