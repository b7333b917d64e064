"""Musical instruments; the grip at (0, 0)."""

from __future__ import annotations

import numpy as np

from ..creatures.anatomy import box, loop, round_, tube
from ..creatures.assembly import Assembly


def _strings(art: Assembly, on: str, x: float, top: float, bottom: float) -> None:
    for k in (-1, 0, 1):
        art.stroke(
            on, [(k * x, top), (k * x, (top + bottom) / 2), (k * x, bottom)], 0.4, "paper", (0, 0)
        )


def _guitar(art: Assembly, s: np.ndarray) -> None:
    w = 0.42 * s[1]
    art.add("head", box(-0.1, -1.75 * s[0], 0.1, -1.42 * s[0], 0.04), "wood.dark")
    body = loop(
        [
            (0, -0.42),
            (0.5 * w, -0.46),
            (0.82 * w, -0.2),
            (0.62 * w, 0.05),
            (w, 0.35),
            (0.7 * w, 0.75),
            (0, 0.84),
            (-0.7 * w, 0.75),
            (-w, 0.35),
            (-0.62 * w, 0.05),
            (-0.82 * w, -0.2),
            (-0.5 * w, -0.46),
        ],
        4,
    )
    art.add("body", body, "main" if s[2] > 1 else "wood")
    art.add("neck", box(-0.055, -1.5 * s[0], 0.055, -0.1, 0.01), "wood.dark")
    art.add("hole", round_(0, 0.06, 0.14, n=20), "ink", outlined=0.7)
    art.add("bridge", box(-0.2, 0.46, 0.2, 0.54, 0.03), "wood.dark")
    _strings(art, "neck", 0.025, -1.5 * s[0], 0.0)
    for k in range(3):
        for side in (-1, 1):
            art.add(
                f"peg.{k}.{'left' if side < 0 else 'right'}",
                round_(side * 0.13, (-1.68 + 0.1 * k) * s[0], 0.035, n=10),
                "metal",
            )


def _violin(art: Assembly, s: np.ndarray) -> None:
    with art.frame(0, 0, 0, 0.62):
        w = 0.36 * s[1]
        body = loop(
            [
                (0, -0.5),
                (0.7 * w, -0.46),
                (0.85 * w, -0.2),
                (0.5 * w, 0.02),
                (0.55 * w, 0.16),
                (w, 0.36),
                (0.8 * w, 0.7),
                (0, 0.8),
                (-0.8 * w, 0.7),
                (-w, 0.36),
                (-0.55 * w, 0.16),
                (-0.5 * w, 0.02),
                (-0.85 * w, -0.2),
                (-0.7 * w, -0.46),
            ],
            4,
        )
        art.add("body", body, "wood")
        art.add("neck", box(-0.05, -1.3 * s[0], 0.05, 0.1, 0.01), "ink")
        art.add("scroll", round_(0, -1.35 * s[0], 0.1, n=16), "wood.dark")
        art.add("tail", loop([(-0.05, 0.3), (0.05, 0.3), (0.09, 0.66), (-0.09, 0.66)], 3), "ink")
        for side in (-1, 1):
            art.stroke("body", [(side * 0.2, 0.06), (side * 0.17, 0.2), (side * 0.2, 0.34)], 1.0)


def _flute(art: Assembly, s: np.ndarray) -> None:
    tube_ = tube([(-0.3, 0.0), (1.1 * s[0], 0.0)], 0.05, 8, (0.3, 0.3))
    art.add(
        "pipe",
        tube_.outline,
        "metal" if s[2] > 0.95 else "wood",
        light=box(-0.2, -0.035, 1.0 * s[0], -0.015, 0.01),
    )
    for k in range(5):
        art.add(f"key.{k}", round_(0.2 + 0.16 * k, 0.0, 0.035, n=12), "metal.dark", outlined=0.6)


def _trumpet(art: Assembly, s: np.ndarray) -> None:
    long = 0.95 * s[0]
    art.add("coil", box(-0.18, -0.03, 0.42, 0.2, 0.1), "gold")
    art.add("coil.hole", box(-0.08, 0.05, 0.32, 0.12, 0.03), "light", outlined=0.7)
    pipe = [
        (-0.42, -0.08),
        (-0.42, 0.0),
        (0.5 * long, 0.0),
        (0.8 * long, 0.08),
        (long, 0.22),
        (long, -0.3),
        (0.8 * long, -0.16),
        (0.5 * long, -0.08),
    ]
    art.add("bell", pipe, "gold")
    art.add("bell.end", round_(long, -0.04, 0.06, 0.26, n=20), "dark")
    for k in range(3):
        x = 0.0 + 0.12 * k
        art.add(f"valve.{k}", box(x - 0.04, -0.2, x + 0.04, 0.06, 0.02), "metal", outlined=0.8)
    art.add("mouthpiece", box(-0.52, -0.1, -0.4, 0.02, 0.03), "metal")


def _drum(art: Assembly, s: np.ndarray) -> None:
    w, h = 0.5 * s[1], 0.5 * s[0]
    shell = np.concatenate(
        [
            [(-w, 0.0)],
            np.stack([w * np.cos(t := np.linspace(np.pi, 0, 11)), h + 0.14 * np.sin(t)], 1),
            [(w, 0.0)],
        ]
    )
    art.add("shell", shell, "main")
    for k in range(4):
        x = (-0.75 + 0.5 * k) * w
        art.stroke(
            "shell",
            [(x - 0.25 * w, 0.0), (x, 0.5 * h), (x + 0.25 * w, h + 0.1)],
            0.9,
            "gold",
            (0, 0),
        )
        art.stroke(
            "shell",
            [(x + 0.25 * w, 0.0), (x, 0.5 * h), (x - 0.25 * w, h + 0.1)],
            0.9,
            "gold",
            (0, 0),
        )
    art.add("rim", round_(0, 0.0, 1.04 * w, 0.17, n=28), "gold")
    art.add("skin", round_(0, -0.01, 0.92 * w, 0.13, n=28), "paper", outlined=0.7)


def _tambourine(art: Assembly, s: np.ndarray) -> None:
    r = 0.4 * s[0]
    art.add("rim", round_(0, -r, r, n=28), "main")
    art.add("skin", round_(0, -r, 0.8 * r, n=28), "paper", outlined=0.7)
    for k in range(6):
        a = k * np.pi / 3 + 0.3
        art.add(
            f"bell.{k}",
            round_(0.9 * r * np.cos(a), -r + 0.9 * r * np.sin(a), 0.07, n=12),
            "gold",
            outlined=0.7,
        )


def _microphone(art: Assembly, s: np.ndarray) -> None:
    art.add(
        "handle", [(-0.05, 0.32 * s[0]), (0.05, 0.32 * s[0]), (0.1, -0.25), (-0.1, -0.25)], "ink"
    )
    art.add(
        "head",
        round_(0, -0.38, 0.17 * s[1], 0.18, n=22),
        "metal",
        light=round_(-0.05, -0.44, 0.05, 0.03, -0.5, 10),
    )
    for k in (-0.08, 0.0, 0.08):
        art.stroke("head", [(k - 0.1, -0.54), (k, -0.38), (k + 0.1, -0.2)], 0.4)
    art.add("ring", box(-0.13, -0.28, 0.13, -0.2, 0.03), "second")


def _bell(art: Assembly, s: np.ndarray) -> None:
    art.add("clapper", round_(0, 0.58, 0.08, n=14), "metal.dark")
    shape = loop(
        [
            (-0.1, 0.08),
            (0.1, 0.08),
            (0.22, 0.3),
            (0.34 * s[1], 0.54),
            (0, 0.58),
            (-0.34 * s[1], 0.54),
            (-0.22, 0.3),
        ],
        4,
    )
    art.add("bell", shape, "gold", light=round_(-0.1, 0.28, 0.04, 0.1, 0.3, 12))
    art.add("handle", box(-0.045, -0.24, 0.045, 0.12, 0.04), "wood")


def _maracas(art: Assembly, s: np.ndarray) -> None:
    art.add("handle", box(-0.04, -0.25, 0.04, 0.26, 0.03), "wood")
    art.add("head", round_(0, -0.46, 0.2 * s[1], 0.26 * s[0], n=22), "main")
    art.mark("head.band", box(-1, -0.54, 1, -0.42), "second", "head")


ITEMS = {
    "guitar": _guitar, "violin": _violin, "flute": _flute, "trumpet": _trumpet, "drum": _drum,
    "tambourine": _tambourine, "microphone": _microphone, "bell": _bell, "maracas": _maracas,
}  # fmt: skip
