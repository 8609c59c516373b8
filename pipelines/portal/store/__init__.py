"""What the portal itself keeps: HOME/portal.sqlite.

Lives here: accounts, second factors, sessions, attempts, the audit log, and the database that holds them.
Must not live here: returns, acts or figures (the landing is the system of record); pages.
"""
