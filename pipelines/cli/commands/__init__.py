"""The commands, by what they are for.

Lives here: a module a subject: arguments, options and their help; a command calls one step and shows it.
Must not live here: the steps themselves, or how results are put into words (`pipelines.cli.words`).
"""
