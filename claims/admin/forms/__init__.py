"""What editors fill in. The forms repeat the database's rules in kind words, beside the field."""
