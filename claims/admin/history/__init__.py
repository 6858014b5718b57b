"""The history that the database keeps, as people read it: by action, in words."""
