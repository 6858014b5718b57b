"""An invented newsroom of any size, for tests and benchmarks (`manage.py generate_corpus`).

`newsroom` plans people, shared records, claims, editions and the graph; `writing` invents what
they say; `documents` freezes it; `standings` labels the graph; `rows` makes of all that the rows
that actions and triggers would have left; `load` copies them into the database. All but the last
are pure: the same seed, size and day make the same newsroom.
"""
