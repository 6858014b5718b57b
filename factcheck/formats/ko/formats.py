"""Django puts “오후” behind the hour; 24 hours need none."""

DATETIME_FORMAT = "Y년 n월 j일 H:i"
