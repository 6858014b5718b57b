"""An invented newsroom of any size, for tests and benchmarks (`manage.py generate_corpus`).

`planning` lays out a `newsroom`: claims, their editions and, with `argument`, the graph; `writing`
invents what they say out of `words`; `documents` freezes it; `standings` labels the graph; `rows`
makes of all that the rows that actions and triggers would have left; `load` copies them into the
database. All but the last are pure: the same seed, size and day make the same newsroom.
"""
