"""Painters of backgrounds: each takes (rng, side) and gives a picture, uint8 [side,side,3] RGB.

`textures` and `places` paint as clip art does; `nature`, `streets`, `rooms`, `machines` and
`manga` as cartoons draw their scenery, on a `board`, with what `greenery`, `skies` and `masonry`
lay on it and a finish of `surfaces`. What the evaluation sets show must not change: `held_out`,
`validation`, `backgrounds.HELD_OUT_FAMILIES` and whatever they call stay as they are.
"""
