"""Losses of the two stages, written from the paper (arXiv 2312.01943, sections 4.1 and 4.2)."""
