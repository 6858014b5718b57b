"""The day first and 24 hours, as the newsroom writes moments everywhere else."""

DATETIME_FORMAT = "j M Y, H:i"
