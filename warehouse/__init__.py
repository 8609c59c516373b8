"""The tables that judged returns become: `warehouse.duckdb` and the published files.

Lives here: DDL derived from the catalogue, SQL, loading a week, publishing an edition.
Must not live here: how a return is read or judged, when a run happens, anything of dagster.
"""
