"""Four-legged species: what sets each apart from a plain four-legged animal."""

from __future__ import annotations

from typing import Any

# Values of `quadruped.Quadruped` where they differ from its defaults; colours: one of these.
SPECIES: dict[str, dict[str, Any]] = {
    "cat": dict(
        length=1.15, depth=0.36, leg=0.62, thick=0.13, neck=0.28, snout=0.1, ears="point",
        ear=0.46, tail="long", tail_length=1.5, pattern=("none", "tabby", "patches"), eye="slit",
        whiskers=True, colors=("gray", "ginger", "cream", "black", "white", "brown"),
        actions=("stand", "walk", "run", "sit", "lie"), mouth="cat", cheek=1.1,
    ),
    "dog": dict(
        length=1.35, depth=0.42, leg=0.82, thick=0.14, neck=0.42, snout=0.42, ears="floppy",
        ear=0.5, tail="up", tail_length=0.85, pattern=("none", "patches", "socks"),
        colors=("tan", "cream", "brown", "white", "dark brown", "sand"), muzzle_light=0.6,
        actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "terrier": dict(
        length=1.05, depth=0.38, leg=0.55, thick=0.15, neck=0.35, snout=0.32, ears="point",
        ear=0.36, tail="up", tail_length=0.5, pattern=("none", "saddle"), fur=10, tuft=True,
        colors=("white", "gray", "tan", "black"), actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "dachshund": dict(
        length=2.2, depth=0.36, leg=0.3, thick=0.13, neck=0.45, snout=0.55, ears="floppy",
        ear=0.55, tail="up", tail_length=0.9, pattern=("none", "socks"),
        colors=("brown", "dark brown", "tan"), actions=("stand", "walk", "run", "lie"),
    ),
    "fox": dict(
        length=1.3, depth=0.36, leg=0.72, thick=0.11, neck=0.4, snout=0.46, ears="point", ear=0.55,
        tail="bushy", tail_length=1.4, pattern=("socks",), colors=("orange", "ginger"),
        muzzle_light=1.0, cheek=1.25, actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "wolf": dict(
        length=1.5, depth=0.48, leg=1.0, thick=0.15, neck=0.5, snout=0.52, ears="point", ear=0.42,
        tail="bushy", tail_length=1.15, pattern=("saddle", "none"), fur=14, cheek=1.2,
        colors=("gray", "dark gray", "white", "blue gray"), muzzle_light=0.9,
        actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "lion": dict(
        length=1.7, depth=0.5, leg=0.85, thick=0.17, neck=0.4, snout=0.3, ears="round", ear=0.26,
        tail="tuft", tail_length=1.4, mane="ring", colors=("sand", "tan"), muzzle_light=0.8,
        mouth="cat", actions=("stand", "walk", "run", "sit", "lie"), cheek=1.05,
    ),
    "tiger": dict(
        length=1.7, depth=0.5, leg=0.8, thick=0.17, neck=0.38, snout=0.26, ears="round", ear=0.26,
        tail="long", tail_length=1.4, pattern=("stripes",), colors=("orange", "white"),
        muzzle_light=0.8, mouth="cat", whiskers=True, cheek=1.15,
        actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "leopard": dict(
        length=1.65, depth=0.42, leg=0.8, thick=0.15, neck=0.38, snout=0.24, ears="round", ear=0.24,
        tail="long", tail_length=1.6, pattern=("spots",), colors=("sand", "yellow", "white"),
        muzzle_light=0.7, mouth="cat", whiskers=True,
        actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "bear": dict(
        length=1.45, depth=0.66, leg=0.62, thick=0.22, neck=0.35, snout=0.3, ears="round", ear=0.24,
        tail="stub", fur=8, colors=("brown", "dark brown", "black", "white", "tan"),
        muzzle_light=0.6, belly=1.08, actions=("stand", "walk", "run", "sit", "lie"),
    ),
    "panda": dict(
        length=1.3, depth=0.64, leg=0.55, thick=0.22, neck=0.32, snout=0.24, ears="round", ear=0.25,
        tail="stub", pattern=("panda",), colors=("white",), belly=1.1,
        actions=("stand", "walk", "sit", "lie"),
    ),
    "mouse": dict(
        length=0.85, depth=0.4, leg=0.3, thick=0.09, neck=0.2, snout=0.34, ears="disc", ear=0.46,
        tail="thin", tail_length=1.5, colors=("gray", "white", "brown", "blue gray"),
        hunch=0.22, whiskers=True, actions=("stand", "walk", "sit", "lie"), pointed=True,
    ),
    "rabbit": dict(
        length=0.85, depth=0.46, leg=0.45, thick=0.12, neck=0.22, snout=0.16, ears="long", ear=1.0,
        tail="puff", colors=("white", "gray", "brown", "cream"), hunch=0.2, whiskers=True,
        mouth="cat", actions=("stand", "walk", "run", "sit", "lie"), pattern=("none", "patches"),
    ),
    "squirrel": dict(
        length=0.8, depth=0.36, leg=0.42, thick=0.1, neck=0.24, snout=0.22, ears="point", ear=0.32,
        tail="plume", tail_length=1.7, colors=("ginger", "gray", "brown"), hunch=0.15,
        actions=("stand", "walk", "sit"), muzzle_light=0.7,
    ),
    "raccoon": dict(
        length=1.1, depth=0.46, leg=0.5, thick=0.12, neck=0.3, snout=0.3, ears="round", ear=0.26,
        tail="ringed", tail_length=1.3, colors=("gray", "blue gray", "brown"), pattern=("mask",),
        muzzle_light=1.0, cheek=1.3, hunch=0.08, actions=("stand", "walk", "sit", "lie"),
    ),
    "pig": dict(
        length=1.2, depth=0.6, leg=0.42, thick=0.15, hoof=True, neck=0.25, snout=0.3, disc=True,
        ears="fold", ear=0.34, tail="curl", colors=("pink", "pink", "sand", "dark gray"),
        pattern=("none", "none", "patches"), belly=1.1, actions=("stand", "walk", "run", "lie"),
    ),
    "cow": dict(
        length=1.9, depth=0.68, leg=0.8, thick=0.17, hoof=True, neck=0.5, snout=0.5,
        big_muzzle=True, ears="leaf", ear=0.4, horns="short", tail="tuft", tail_length=1.1,
        udder=True,
        pattern=("patches", "patches", "none"), colors=("white", "brown", "tan", "dark gray"),
        belly=1.08, actions=("stand", "walk", "lie"), head=0.9,
    ),
    "sheep": dict(
        length=1.05, depth=0.6, leg=0.55, thick=0.1, hoof=True, neck=0.3, snout=0.36, ears="leaf",
        ear=0.36, tail="stub", wool=True, colors=("white", "cream", "gray", "dark gray"),
        actions=("stand", "walk", "lie"), head=0.8,
    ),
    "goat": dict(
        length=1.3, depth=0.46, leg=0.85, thick=0.11, hoof=True, neck=0.55, snout=0.42,
        ears="leaf", ear=0.4, horns="curved", tail="up", tail_length=0.3, beard=True,
        colors=("white", "tan", "gray", "black"), pattern=("none", "saddle", "patches"),
        actions=("stand", "walk", "run", "lie"), head=0.85,
    ),
    "horse": dict(
        length=1.8, depth=0.54, leg=1.45, thick=0.14, hoof=True, neck=1.0, neck_angle=0.95,
        snout=0.66, big_muzzle=True, ears="leaf up", ear=0.3, tail="hair", tail_length=1.3,
        mane="crest", colors=("brown", "dark brown", "tan", "white", "gray", "black"),
        pattern=("none", "socks", "patches"), actions=("stand", "walk", "run", "lie"), head=0.85,
    ),
    "pony": dict(
        length=1.25, depth=0.5, leg=0.78, thick=0.15, hoof=True, neck=0.62, neck_angle=0.95,
        snout=0.45, big_muzzle=True, ears="leaf up", ear=0.3, tail="hair", tail_length=1.2,
        mane="crest", colors=("lilac", "sky", "pink", "tan", "cream", "white"), horns="unicorn?",
        actions=("stand", "walk", "run", "lie"), wings="pegasus?",
    ),
    "donkey": dict(
        length=1.5, depth=0.5, leg=1.0, thick=0.13, hoof=True, neck=0.7, neck_angle=0.8, snout=0.58,
        big_muzzle=True, ears="long", ear=0.75, tail="tuft", tail_length=1.0, mane="brush",
        colors=("gray", "brown"), muzzle_light=1.0, actions=("stand", "walk", "run", "lie"),
        head=0.9,
    ),
    "zebra": dict(
        length=1.6, depth=0.52, leg=1.15, thick=0.13, hoof=True, neck=0.85, neck_angle=0.9,
        snout=0.58, big_muzzle=True, ears="leaf up", ear=0.3, tail="tuft", tail_length=1.0,
        mane="brush", pattern=("zebra",), colors=("white",), head=0.88,
        actions=("stand", "walk", "run", "lie"),
    ),
    "deer": dict(
        length=1.45, depth=0.42, leg=1.3, thick=0.1, hoof=True, neck=0.85, neck_angle=1.1,
        snout=0.46, ears="leaf", ear=0.48, tail="up", tail_length=0.25, horns="antlers?",
        pattern=("fawn", "none"), colors=("tan", "brown", "ginger"), muzzle_light=0.5, head=0.8,
        actions=("stand", "walk", "run", "lie"),
    ),
    "giraffe": dict(
        length=1.5, depth=0.54, leg=1.7, thick=0.13, hoof=True, neck=2.2, neck_angle=1.15,
        snout=0.55, ears="leaf", ear=0.36, horns="knobs", tail="tuft", tail_length=1.0,
        mane="brush", pattern=("giraffe",), colors=("sand", "yellow"), slope=0.35, head=0.8,
        actions=("stand", "walk", "run"),
    ),
    "elephant": dict(
        length=1.75, depth=0.85, leg=0.85, thick=0.27, column=True, neck=0.42, snout=0.1,
        trunk=True, ears="fan", ear=0.75, tail="thin tuft", tail_length=0.8, tusks="?",
        colors=("gray", "blue gray", "sky", "lilac"), belly=1.05, actions=("stand", "walk", "lie"),
        head=1.05, wrinkles=8,
    ),
    "hippo": dict(
        length=1.6, depth=0.74, leg=0.45, thick=0.24, column=True, neck=0.35, snout=0.55,
        big_muzzle=True, ears="round", ear=0.16, tail="stub", colors=("lilac", "gray", "blue gray"),
        belly=1.08, actions=("stand", "walk", "lie"), wrinkles=4,
    ),
    "rhino": dict(
        length=1.75, depth=0.72, leg=0.6, thick=0.23, column=True, neck=0.4, snout=0.58,
        ears="leaf up", ear=0.26, horns="nose", tail="thin tuft", tail_length=0.6,
        profile=True, colors=("gray", "sand", "blue gray"), wrinkles=8,
        actions=("stand", "walk", "run", "lie"),
    ),
    "dragon": dict(
        length=1.5, depth=0.55, leg=0.65, thick=0.19, neck=0.75, neck_angle=1.0, snout=0.52,
        ears="fin", ear=0.36, horns="curved", tail="spade", tail_length=2.2, wings="membrane",
        plates=True, spikes=True, colors=("green", "red", "purple", "teal", "blue", "olive"),
        eye="slit", actions=("stand", "walk", "run", "sit", "lie"), belly_light=1.0, teeth=3,
    ),
    "dinosaur": dict(
        length=1.7, depth=0.68, leg=0.75, thick=0.24, column=True, neck=1.5, neck_angle=1.0,
        snout=0.36, ears="none", tail="saurian", tail_length=2.3, spikes="?",
        colors=("green", "teal", "blue", "olive", "purple"), pattern=("none", "spots"), head=0.8,
        actions=("stand", "walk", "lie"), belly_light=1.0,
    ),
    "crocodile": dict(
        length=1.9, depth=0.4, leg=0.25, thick=0.15, neck=0.4, neck_angle=0.15, snout=1.1,
        ears="none", tail="saurian", tail_length=2.0, spikes=True, colors=("green", "olive"),
        belly_light=1.0, eye="slit", teeth=6, actions=("stand", "walk"), head=0.85, profile=True,
    ),
    "lizard": dict(
        length=1.3, depth=0.28, leg=0.25, thick=0.1, neck=0.3, neck_angle=0.35, snout=0.36,
        ears="none", tail="saurian", tail_length=2.0, colors=("green", "teal", "yellow", "red"),
        pattern=("spots", "none", "stripes"), belly_light=0.8, actions=("stand", "walk"),
        profile=True, spikes="?",
    ),
    "monster": dict(
        length=1.4, depth=0.6, leg=0.7, thick=0.2, neck=0.5, neck_angle=0.9, snout=0.4,
        ears="?", tail="?", horns="?", mane="?", spikes="?", fur=8, teeth=4, fantasy=True,
        colors=("purple", "teal", "red", "lilac", "blue", "green"), pattern=("spots", "stripes"),
        actions=("stand", "walk", "run", "sit", "lie"),
    ),
}  # fmt: skip

EARS = ("point", "floppy", "round", "disc", "long", "leaf", "leaf up", "fold", "fan", "fin", "none")
TAILS = (
    "long", "up", "bushy", "tuft", "thin", "puff", "plume", "ringed", "curl", "hair", "thin tuft",
    "spade", "saurian", "stub",
)  # fmt: skip
HORNS = ("none", "short", "curved", "antlers", "unicorn", "knobs", "nose", "ram")
MANES = ("none", "ring", "crest", "brush")
