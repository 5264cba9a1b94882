"""For other people's tests: virtual subjects whose truth is known, gates, conformance checks.

The pytest plugin is `kinebench.testing.plugin`; checks of cleaners, augmenters and engines are in
`kinebench.testing.conformance`, hypothesis strategies for markers, motions and models in
`kinebench.testing.strategies`. Importing this package loads nothing else.
"""
