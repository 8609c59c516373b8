"""The contract: what a return holds, as data and as strict models.

Lives here: weeks, the models of the contract's tables, the catalogue of published fields.
Must not live here: reading files, SQL, anything that knows a city's layout or dagster.
"""
