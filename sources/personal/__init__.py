"""Whether a file holds something that tells who a person is (rule H04).

Lives here: recognising identifiers in a text, and looking at every text that a file can hold.
Must not live here: what becomes of such a file; anything that keeps or shows what was found.
"""
