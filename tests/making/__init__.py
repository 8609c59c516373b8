"""Return files for tests: the samples, taken apart, changed and saved again; and files nobody should send.

Lives here: whatever makes or alters bytes that a city could send, and the truth of the samples.
Must not live here: what the product makes of them; that is for the tests.
"""
