"""What a coat shows: stripes, spots, patches, tufts of fur, folds of skin, manes."""

from __future__ import annotations

import numpy as np

from .anatomy import Tube
from .assembly import Assembly


def add_coat(art: Assembly, looks, torso: Tube) -> None:
    """Patterns and strokes of the trunk; they move with it."""
    rng = np.random.default_rng(looks.seed)
    kind = looks.pattern
    if kind in ("stripes", "tabby", "zebra"):
        count = {"stripes": 7, "tabby": 5, "zebra": 8}[kind]
        for k, u in enumerate(np.linspace(0.02, 0.98, count)):
            width = (0.04 if kind == "zebra" else 0.028) * rng.uniform(0.8, 1.3)
            tip = rng.uniform(0.75, 1.2) if kind == "zebra" else rng.uniform(0.0, 0.5)
            art.mark(f"torso.stripe.{k}", torso.wedge(u, width, tip), "pattern", "torso")
            if kind == "stripes" and k % 2:
                low = torso.wedge(u + 0.04, 0.024, -0.1 + rng.uniform(0, 0.3), 1.15)
                art.mark(f"torso.stripe.low.{k}", low, "pattern", "torso")
    elif kind in ("spots", "fawn"):
        color = "pattern" if kind == "spots" else "light"
        size = 0.036 if kind == "spots" else 0.022
        k = 0
        for u in np.linspace(0.0, 1.0, 8):
            for v in (-0.72, -0.25, 0.25) if kind == "spots" else (-0.7, -0.35):
                du, dv = rng.uniform(-0.03, 0.03), rng.uniform(-0.12, 0.12)
                r = size * rng.uniform(0.75, 1.35)
                wobble = rng.uniform(0.8, 1.15, 10)
                shape = torso.spot(u + du, v + dv, r, r * 3.2, wobble)
                art.mark(f"torso.spot.{k}", shape, color, "torso")
                k += 1
    elif kind == "giraffe":
        k = 0
        for row, v in enumerate((-0.75, -0.2, 0.35)):
            for u in np.linspace(0.0, 1.0, 6) + 0.08 * (row % 2):
                wobble = rng.uniform(0.8, 1.2, 10)
                shape = torso.spot(u, v + rng.uniform(-0.05, 0.05), 0.068, 0.24, wobble)
                art.mark(f"torso.spot.{k}", shape, "pattern", "torso")
                k += 1
    elif kind == "patches":
        for k in range(3):
            u, v = (0.1, 0.5, 0.85)[k] + rng.uniform(-0.1, 0.1), rng.uniform(-0.8, 0.1)
            wobble = rng.uniform(0.65, 1.25, 10)
            shape = torso.spot(u, v, rng.uniform(0.1, 0.17), rng.uniform(0.45, 0.7), wobble)
            art.mark(f"torso.patch.{k}", shape, "pattern", "torso")
    elif kind == "saddle":
        t = np.linspace(-0.05, 0.95, 9)
        jag = -0.05 + 0.12 * (np.arange(9) % 2)
        shape = np.concatenate([torso.at(t, -1.4), torso.at(t[::-1], jag)])
        art.mark("torso.saddle", shape, "pattern", "torso")
    elif kind == "panda":
        t = np.linspace(0.72, 1.06, 5)
        shape = np.concatenate([torso.at(t, -1.5), torso.at(t[::-1], 1.5)])
        art.mark("torso.band", shape, "pattern", "torso")
    for _ in range(looks.fur):
        u, v = rng.uniform(0.02, 0.95), rng.uniform(-0.6, 0.75)
        for k in (0.0, 0.035):
            tick = torso.at(np.array([u + k, u + k - 0.02, u + k - 0.055]), [v, v + 0.1, v + 0.14])
            art.stroke("torso", tick, 0.55)
    for _ in range(looks.wrinkles):
        u, v = rng.uniform(0.05, 0.95), rng.choice([-0.85, 0.75])
        line = torso.at(np.linspace(u, u + 0.08, 4), v + np.array([0, 0.06, 0.06, 0]))
        art.stroke("torso", line, 0.5)
    if looks.wool:
        for _ in range(9):
            u, v = rng.uniform(0.0, 1.0), rng.uniform(-0.7, 0.6)
            a = np.linspace(0.2, 3.6, 7)
            middle = torso.at([u], [v])[0]
            arc = middle + 0.13 * looks.depth * np.stack([np.cos(a), -np.sin(a)], 1)
            art.stroke("torso.wool", arc, 0.7)
    if looks.plates:
        for u in np.linspace(0.1, 0.9, 6):
            for v in (-0.55, -0.1):
                a = np.linspace(0.3, 2.8, 6)
                middle = torso.at([u + 0.05 * (v > -0.3)], [v])[0]
                arc = middle + 0.09 * np.stack([np.cos(a), np.sin(a)], 1)
                art.stroke("torso", arc, 0.55)


def add_neck_coat(art: Assembly, looks, neck: Tube) -> None:
    """The pattern goes on along the neck."""
    rng = np.random.default_rng(looks.seed + 1)
    if looks.pattern == "zebra":
        for k, u in enumerate(np.linspace(0.2, 0.95, 4)):
            art.mark(f"neck.stripe.{k}", neck.band(u, 0.05), "pattern", "neck")
    elif looks.pattern == "giraffe":
        k = 0
        for u in np.linspace(0.1, 0.95, 7):
            for v in (-0.5, 0.45):
                wobble = rng.uniform(0.8, 1.2, 10)
                shape = neck.spot(u + 0.07 * (v > 0), v, 0.05, 0.36, wobble)
                art.mark(f"neck.spot.{k}", shape, "pattern", "neck")
                k += 1
    if looks.belly_light > 0:
        t = np.linspace(0, 1, 6)
        shape = np.concatenate([neck.at(t, 1.4), neck.at(t[::-1], 0.45)])
        art.mark("neck.belly", shape, "light", "neck")


def add_crest(art: Assembly, looks, neck: Tube) -> None:
    """A mane along the back of the neck: locks, or a short brush."""
    brush = looks.mane == "brush"
    count = 7
    u = np.linspace(0.12, 1.08, 2 * count + 1)
    out = np.where(np.arange(2 * count + 1) % 2, -1.55, -1.2) if brush else None
    if brush:
        edge = neck.at(u.clip(0, 1), out)
        inner = neck.at(u[::-1].clip(0, 1), -0.8)
    else:
        sway = np.where(np.arange(2 * count + 1) % 2, 0.35, -0.1)
        edge = neck.at((u - 0.12).clip(0, 1), sway)
        inner = neck.at(u[::-1].clip(0, 1), -1.35)
    art.add("mane", np.concatenate([edge, inner]), "hair", "hair")
    if not brush:
        for k in np.linspace(0.25, 0.9, 5):
            art.stroke("mane", neck.at([k, k - 0.05, k - 0.11], [-1.1, -0.6, 0.0]), 0.6)
