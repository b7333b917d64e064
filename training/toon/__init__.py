"""Procedural cartoon figures."""
