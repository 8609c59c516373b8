"""Pages of the coordination, some of them for analysts too: board, cities, mailed returns, reports.

Lives here: what those pages ask and show.
Must not live here: the state of a week (`pipelines.board`), drafts, deciding.
"""
