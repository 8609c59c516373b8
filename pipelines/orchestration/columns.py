"""What the catalogue of published fields says, as Dagster shows it: columns with types and sentences.

Lives here: a table of `schemas.fields` put as Dagster's column schema.
Must not live here: any name or description of a column; the catalogue is their only home.
"""

from __future__ import annotations

import dagster as dg

from schemas.fields import Field, Table, View


def columns_of(table: Table | View) -> dg.TableSchema:
    """The columns of a table, with what may stand in each."""
    return dg.TableSchema([_column(field) for field in table.fields])


def column_metadata(*tables: Table | View) -> dict[str, dg.TableSchema]:
    """The column schema of an asset that holds these tables: the first is its main one."""
    main, *others = tables
    named = {f"columns of {table.name}": columns_of(table) for table in others}
    return {"dagster/column_schema": columns_of(main), **named}


def _column(field: Field) -> dg.TableColumn:
    allowed = [f"one of {', '.join(field.values)}"] if field.values else []
    return dg.TableColumn(
        field.name,
        field.sql_type,
        field.description.replace("''", "`''`"),  # as text, Dagster shows it as a quotation mark
        dg.TableColumnConstraints(nullable=field.is_nullable, other=allowed),
    )
