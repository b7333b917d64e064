"""Fish and whales: one lens of a body, with fins that beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..model import Color, Figure
from .anatomy import curve, loop, tube
from .assembly import Assembly
from .faces import Eyes, add_eye, add_mouth, sample_eyes
from .palettes import any_color, full_palette, lighter, near
from .pose import Pose

# half length, half height, tail size, dorsal fin kind
SPECIES: dict[str, dict] = {
    "goldfish": dict(size=(1.0, 0.62), tail=0.85, dorsal="sail", flow=True,
                     colors=("orange", "red", "white", "yellow")),
    "reef fish": dict(size=(1.0, 0.7), tail=0.6, dorsal="sail", pattern=("bands", "spots", "none"),
                      colors=("blue", "yellow", "orange", "purple", "teal", "pink")),
    "herring": dict(size=(1.4, 0.42), tail=0.55, dorsal="small", colors=("blue gray", "steel"),
                    belly=True),
    "angelfish": dict(size=(0.85, 0.85), tail=0.5, dorsal="tall", pattern=("bands",),
                      colors=("yellow", "white", "sky", "lilac")),
    "puffer": dict(size=(0.9, 0.8), tail=0.4, dorsal="small", pattern=("spots", "none"), spiky=True,
                   colors=("yellow", "sand", "teal"), belly=True),
    "shark": dict(size=(1.9, 0.55), tail=0.95, dorsal="shark",
                  colors=("blue gray", "gray", "steel"),
                  belly=True, teeth=6, gills=True, upright=True),
    "dolphin": dict(size=(1.6, 0.52), tail=0.7, dorsal="shark", colors=("blue gray", "sky", "gray"),
                    belly=True, beak=True),
    "whale": dict(size=(1.6, 0.9), tail=0.85, dorsal="none", colors=("blue", "blue gray", "teal"),
                  belly=True, grooves=True, spout=True),
    "orca": dict(size=(1.6, 0.66), tail=0.8, dorsal="shark", colors=("black",), belly=True,
                 patch=True, teeth=4),
}  # fmt: skip


@dataclass(frozen=True)
class Fish:
    """The looks of a fish; lengths in head heights."""

    species: str
    palette: dict[str, Color]
    eyes: Eyes
    size: tuple[float, float]
    tail: float
    dorsal: str
    pattern: str = "none"
    belly: bool = False
    spiky: bool = False
    flow: bool = False
    teeth: int = 0
    gills: bool = False
    upright: bool = False
    beak: bool = False
    grooves: bool = False
    spout: bool = False
    patch: bool = False
    scales: bool = False
    actions: tuple[str, ...] = ("swim", "leap")


def sample(rng: np.random.Generator, species: str | None = None) -> Fish:
    """A fish of a species, or of any."""
    species = species or str(rng.choice(list(SPECIES)))
    traits = dict(SPECIES[species])
    main = near(str(rng.choice(traits.pop("colors"))), rng)
    if rng.random() < 0.1:
        main = any_color(rng)
    size = np.array(traits.pop("size")) * np.clip(rng.normal(1, 0.09, 2), 0.8, 1.2)
    fish = species in ("goldfish", "reef fish", "herring", "angelfish")
    pattern = str(rng.choice(traits.pop("pattern", ("none",))))
    given = {
        "light": lighter(main, 0.75),
        "fin": any_color(rng) if rng.random() < 0.4 else near("orange", rng),
    }
    if not fish:
        given["fin"] = main
    given["water"] = near("sky", rng)
    if species == "orca":
        given["light"] = near("white", rng)
    if pattern != "none":
        given["pattern"] = any_color(rng, (0.0, 0.8), (0.2, 1.0))
    return Fish(
        species=species,
        palette=full_palette(main, rng, **given),
        eyes=sample_eyes(rng, ("real", "dot", "iris", "bead"), (0.4, 0.35, 0.15, 0.1)),
        size=(float(size[0]), float(size[1])),
        pattern=pattern,
        scales=bool(fish and rng.random() < 0.6),
        **traits,
    )


def actions(looks: Fish) -> tuple[str, ...]:
    return looks.actions


def build(looks: Fish, pose: Pose) -> Figure:
    """The fish, its middle at (0, 0)."""
    art = Assembly()
    a, b = looks.size
    tilt = 0.08 * pose.wave(1, 0.3)
    arch = 0.0
    if pose.action == "leap":
        tilt, arch = -0.5 + 1.0 * pose.phase, 0.35
    beat = pose.wave()
    with art.frame(0, 0, tilt):
        x = np.linspace(-1.0, 0.85, 9) * a
        y = -arch * a * (1 - (x / a) ** 2) * 0.6 + 0.1 * b * beat * np.linspace(1, 0, 9) ** 2
        half = np.array([0.17, 0.3, 0.55, 0.8, 0.95, 1.0, 0.93, 0.77, 0.52]) * b
        if looks.species in ("whale", "orca"):
            half = np.array([0.12, 0.25, 0.47, 0.7, 0.88, 1.0, 1.0, 0.88, 0.68]) * b
        elif looks.species in ("shark", "dolphin", "herring"):
            half = np.array([0.14, 0.29, 0.52, 0.76, 0.93, 0.98, 0.88, 0.68, 0.42]) * b
        body = tube(np.stack([x, y], 1), half, 6, ends=(0.4, 0.95))
        if looks.spout:
            _spout(art, body.at([0.8], [-1.0])[0], pose)
        if looks.spiky:
            spikes = body.outline[::3]
            centre = body.outline.mean(0)
            way = spikes - centre
            way /= np.hypot(way[:, 0], way[:, 1])[:, None]
            spikes = np.where(
                (np.arange(len(spikes)) % 2 == 0)[:, None], spikes + 0.13 * way, spikes - 0.03 * way
            )
            art.add("body.spikes", spikes, "dark")
        _tail(art, looks, body, beat)
        _fins(art, looks, body, pose, near=False)
        art.add("body", body.outline)
        if looks.beak:
            with art.frame(*body.line[-1].tolist()):
                snout = tube(
                    [(0.0, 0.1 * b), (0.35 * b + 0.2, 0.2 * b), (0.75, 0.22 * b)],
                    [0.3 * b, 0.14, 0.08],
                    4,
                )
                art.add("body.beak", snout.outline, into=("body",))
                art.stroke("body.beak", [(0.3, 0.28 * b), (0.55, 0.26 * b), (0.85, 0.22 * b)], 0.8)
        if looks.belly:
            t = np.linspace(0, 1, 9)
            level = 0.3 + 0.25 * (1 - t) ** 2
            shape = np.concatenate(
                [body.at(t, 1.5), body.at(np.r_[1.0, t[::-1]], np.r_[1.4, level[::-1]])]
            )
            shape[9] = body.at([1.0], [1.5])[0] + (0.8 * b, 0)
            shape[10] = body.at([1.0], [0.35])[0] + (0.8 * b, 0)
            art.mark("body.belly", shape, "light", "body")
            if looks.grooves:
                for v in (0.55, 0.72, 0.88):
                    art.stroke("body", body.at(np.linspace(0.62, 1.0, 6), v), 0.55)
        _pattern(art, looks, body)
        if looks.scales:
            for i, u in enumerate(np.linspace(0.3, 0.62, 4)):
                for v in (-0.5, -0.1, 0.3):
                    d = 0.12 * (i % 2)
                    arc = body.at(
                        u + 0.03 * np.array([1, -0.3, -0.3, 1]),
                        v + d + np.array([-0.14, -0.06, 0.06, 0.14]),
                    )
                    art.stroke("body", arc, 0.5)
        if looks.gills:
            for u in (0.68, 0.72, 0.76):
                art.stroke("body", body.at([u, u - 0.012, u], [-0.25, 0.1, 0.45]), 0.7)
        elif looks.species not in ("whale", "orca", "dolphin"):
            u = 0.72
            art.stroke(
                "body",
                body.at(u + np.array([0.03, -0.02, -0.02, 0.03]), [-0.6, -0.2, 0.25, 0.6]),
                0.8,
            )
        _fins(art, looks, body, pose, near=True)
        if looks.patch:
            art.mark("body.patch", body.spot(0.86, -0.38, 0.06, 0.16), "light", "body")
        ex, ey = body.at(
            [0.87 if looks.species != "whale" else 0.84], [-0.22 if not looks.belly else -0.12]
        )[0]
        radius = min(0.42 * looks.eyes.size, 0.17) * (0.9 + 0.25 * (b > 0.6))
        add_eye(art, "eye", "body", float(ex), float(ey), radius, looks.eyes, pose)
        mx, my = body.at([0.93], [0.42])[0]
        if not looks.beak:
            wide = 0.3 if looks.teeth or looks.grooves else 0.16
            with art.frame(float(mx), float(my), -0.35):
                add_mouth(art, "mouth", "body", 0.04, 0.0, wide, pose, teeth=looks.teeth)
        art.joint("body", (0, 0))
        art.joint("head", body.line[-1])
    return art.figure("animal", looks.palette, pose.facing < 0)


def _tail(art: Assembly, looks: Fish, body, beat: float) -> None:
    x, y = body.line[0]
    art.joint("tail", (x, y))
    color = "fin"
    with art.frame(
        float(x), float(y), 0.3 * beat, (looks.tail * (1 - 0.12 * abs(beat)), looks.tail)
    ):
        if looks.flow:
            points = [
                (0.22, 0.0),
                (-0.2, -0.3),
                (-0.9, -0.75),
                (-1.15, -0.45),
                (-0.95, -0.12),
                (-0.7, 0.0),
                (-1.05, 0.2),
                (-1.2, 0.55),
                (-0.8, 0.7),
                (-0.2, 0.28),
            ]
        elif looks.upright:
            points = [
                (0.25, 0.0),
                (-0.1, -0.2),
                (-0.55, -0.95),
                (-0.5, -0.35),
                (-0.35, 0.0),
                (-0.45, 0.35),
                (-0.4, 0.62),
                (-0.05, 0.2),
            ]
        elif looks.species in ("whale", "orca", "dolphin"):
            points = [
                (0.3, 0.0),
                (0.0, -0.16),
                (-0.35, -0.62),
                (-0.78, -0.55),
                (-0.5, -0.22),
                (-0.42, -0.02),
                (-0.7, 0.1),
                (-0.85, 0.38),
                (-0.4, 0.32),
                (0.0, 0.14),
            ]
        else:
            points = [
                (0.25, 0.0),
                (-0.1, -0.2),
                (-0.75, -0.62),
                (-0.9, -0.4),
                (-0.62, 0.0),
                (-0.9, 0.4),
                (-0.75, 0.62),
                (-0.1, 0.2),
            ]
        art.add("tail", loop(points, 4), color)
        if looks.species not in ("whale", "orca", "dolphin", "shark"):
            for v in (-0.3, 0.0, 0.3):
                art.stroke("tail", [(-0.15, 0.3 * v), (-0.4, v * 0.8), (-0.6, v * 1.1)], 0.5)


def _fins(art: Assembly, looks: Fish, body, pose: Pose, near: bool) -> None:
    a, b = looks.size
    wave = pose.wave(2, 0.1)
    rays = looks.species in ("goldfish", "reef fish", "angelfish", "herring", "puffer")
    if near:
        x, y = body.at([0.62], [0.4])[0]
        big = 0.55 if rays else 0.75
        with art.frame(float(x), float(y), 0.35 + 0.3 * wave, big * min(a, 1.2)):
            art.joint("fin", (0, 0))
            fin = loop(
                [
                    (0.12, -0.1),
                    (-0.2, -0.12),
                    (-0.75, 0.18),
                    (-0.7, 0.4),
                    (-0.25, 0.3),
                    (0.1, 0.14),
                ],
                4,
            )
            art.add(
                "fin",
                fin,
                "fin",
                into=("body",) if looks.palette["fin"] == looks.palette["main"] else (),
                keep=fin[:, 0] < -0.05,
            )
            if rays:
                for v in (0.05, 0.16):
                    art.stroke("fin", [(-0.1, v * 0.6), (-0.3, v), (-0.5, v + 0.12)], 0.5)
        return
    if looks.dorsal == "sail":
        u = np.linspace(0.28, 0.75, 9)
        rise = (
            -1.0
            - 0.55 * np.sin(np.pi * np.linspace(0.08, 0.95, 9)) ** 0.6
            - 0.06 * (np.arange(9) % 2)
        )
        art.add("fin.top", np.concatenate([body.at(u - 0.06, rise), body.at(u[::-1], -0.6)]), "fin")
    elif looks.dorsal == "tall":
        for name, s in (("fin.top", -1), ("fin.low", 1)):
            tip = body.at([0.2], [s * 2.2])[0] + (-0.25 * a, 0)
            base = body.at([0.35, 0.72], [s * 0.7, s * 0.7])
            points = curve(
                [
                    base[1],
                    body.at([0.48], [s * 1.6])[0],
                    tip,
                    body.at([0.34], [s * 1.25])[0],
                    base[0],
                ],
                4,
            )
            art.add(name, points, "fin")
    elif looks.dorsal in ("shark", "small"):
        size = 1.0 if looks.dorsal == "shark" else 0.5
        x, y = body.at([0.5], [-0.85])[0]
        with art.frame(float(x), float(y), 0.0, size * b * 1.2):
            art.add(
                "fin.top",
                loop([(0.4, 0.2), (0.1, -0.35), (-0.35, -0.75), (-0.28, -0.25), (-0.4, 0.25)], 4),
                "fin",
            )
    x, y = body.at([0.42], [0.8])[0]
    with art.frame(float(x), float(y), 0.15 * wave, 0.55 * min(b + 0.25, 1.0)):
        art.add(
            "fin.belly",
            loop([(0.25, -0.25), (0.0, 0.2), (-0.42, 0.5), (-0.4, 0.1), (-0.3, -0.3)], 4),
            "fin",
        )


def _pattern(art: Assembly, looks: Fish, body) -> None:
    if looks.pattern == "bands":
        for k, u in enumerate((0.22, 0.46, 0.7)):
            art.mark(f"body.band.{k}", body.band(u, 0.05), "pattern", "body")
    elif looks.pattern == "spots":
        for k in range(9):
            u, v = 0.2 + 0.5 * ((k * 0.381966) % 1), -0.75 + 1.3 * ((k * 0.618034) % 1)
            art.mark(f"body.spot.{k}", body.spot(u, v, 0.028, 0.1), "pattern", "body")


def _spout(art: Assembly, at, pose: Pose) -> None:
    high = 0.75 + 0.15 * pose.wave()
    with art.frame(float(at[0]), float(at[1]), 0.0, (1.0, high)):
        for side in (-1, 1):
            jet = tube(
                [(0, 0.12), (side * 0.06, -0.45), (side * 0.34, -0.72), (side * 0.52, -0.4)],
                [0.07, 0.1, 0.12, 0.05],
                4,
            )
            art.add(f"spout.{side}", jet.outline, "water")
