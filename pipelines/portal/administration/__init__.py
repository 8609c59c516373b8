"""Pages of administrators: who may come in, and what was done.

Lives here: what those pages ask and show.
Must not live here: accounts and the audit log themselves (`pipelines.portal.store`).
"""
