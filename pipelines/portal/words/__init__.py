"""What the portal's pages say, in each language.

Lives here: the texts, by page, and what reads them.
Must not live here: which page says what (`templates`).
"""
