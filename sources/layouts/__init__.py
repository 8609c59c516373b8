"""The layout language: how a city's file says the contract's observations.

Lives here: the language's models, a city's words, recognising a file, taking figures out of its cells.
Must not live here: any city's name; a city's layout is a file of data under `sources/<edition>/layouts/`.
"""
