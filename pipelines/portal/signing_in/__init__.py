"""Pages of who comes in: signing in, second factor, invitation, one's own account, language.

Lives here: what those pages ask and show.
Must not live here: accounts and sessions themselves (`pipelines.portal.store`).
"""
