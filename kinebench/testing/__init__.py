"""For other people's tests: virtual subjects whose truth is known, gates, conformance checks.

The pytest plugin is `kinebench.testing.plugin`; checks of cleaners, augmenters and engines are in
`kinebench.testing.conformance`. Importing this package loads nothing else.
"""
