"""What several pages show alike: a week of a city, its deadline, its versions, findings.

Lives here: rows ready to be shown, in the words of a language.
Must not live here: pages; deciding, judging, receiving.
"""
