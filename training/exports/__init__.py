"""Datasets in the layouts that other programs read: one file per format.

Writers take pictures one at a time and write a whole new folder: it appears when it is complete,
and never where there is something already.
"""
