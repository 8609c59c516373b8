-- The Parquet files that lie beside a published file.
SELECT table_name, part, size
FROM consolidation.parquet_parts
