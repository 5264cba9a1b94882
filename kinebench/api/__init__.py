"""What ``import kinebench as kb`` offers: a person's day in Python, a line for each thing.

Commands (`kb.run`, `kb.compare`, …) take the options of the command line under the same names, read
by the same parsers, and do the same work; they give values where a command prints.
"""
