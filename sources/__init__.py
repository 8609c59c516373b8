"""What the cities send: reading it into cells, the layout language, the landing.

Lives here: from bytes to labelled values that still know their cell.
Must not live here: judgement of the values (`pipelines.judging`), SQL, dagster.
"""
