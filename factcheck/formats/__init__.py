"""How moments are written where Django's own way reads badly."""
