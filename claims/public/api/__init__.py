"""The public read API: what the readers’ pages show, for machines.

It asks through `asking` and `records` like the pages and arranges with the same presenters;
`serializers` only says under which names. Its errors are JSON too.
"""
