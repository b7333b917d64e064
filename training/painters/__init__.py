"""Painters of backgrounds: each takes (rng, side) and gives a picture, uint8 [side,side,3] RGB.

`textures` and `places` paint as clip art does, `nature`, `town` and `manga` as cartoons draw their
scenery, on a `board`; those of `validation` serve the validation set alone.
"""
