"""How a person shows who they are.

Lives here: passwords, one-time codes, tokens, the key they rest on.
Must not live here: what is kept of them (`pipelines.portal.store`); pages.
"""
