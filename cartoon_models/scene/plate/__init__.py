"""The background plate: the picture without its characters, filled and continued past its edges."""
