"""How near everything in a picture is: read from a depth picture, computed, or guessed."""
