"""Measurements that print JSON: `python -m benchmarks.instances`."""
