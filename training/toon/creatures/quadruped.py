"""Four-legged animals: one body plan with many parameters, seen from the side, the head in profile
or turned to the viewer."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..model import Color, Figure
from . import coat, legs, tails
from .anatomy import Tube, bumpy, round_, tube
from .assembly import Assembly
from .faces import Eyes, sample_eyes
from .heads import add_head
from .palettes import any_color, darker, full_palette, lighter, near
from .pose import Pose
from .sitting import add_sitting
from .species import EARS, HORNS, MANES, SPECIES, TAILS
from .wings import add_feather_wing, add_membrane_wing


@dataclass(frozen=True)
class Quadruped:
    """The looks of a four-legged animal; lengths in head heights.

    Attributes:
        species: what it is, or is nearest to.
        palette: colours by name.
        actions: what it can do.
        view: "side" (head in profile), "turned" (head to the viewer), "three-quarter" (the body
            shorter, the far legs beside the near ones) or "front" (it sits and faces the viewer).
        eyes: how its eyes look.
        length: between hips and shoulders. depth: half the body's height. belly, rump: how thick
            middle and rear are, of the chest. leg: belly to ground. thick: half a leg's width.
        slope: how much lower the hips are than the shoulders. hunch: how much the back is arched.
        neck, neck_angle: its length and its angle over the horizontal, radians.
        head: size of the head. snout: how far it stands out. cheek: how wide the cheeks are.
        column: legs like pillars. hoof: ends in hoofs.
        others: see the parts that they shape.
        seed: of the places of spots and hairs.
    """

    species: str
    palette: dict[str, Color]
    actions: tuple[str, ...]
    view: str
    eyes: Eyes
    length: float = 1.3
    depth: float = 0.45
    belly: float = 0.96
    rump: float = 0.95
    leg: float = 0.8
    thick: float = 0.14
    slope: float = 0.0
    hunch: float = 0.0
    neck: float = 0.4
    neck_angle: float = 0.75
    head: float = 1.0
    snout: float = 0.3
    cheek: float = 1.0
    column: bool = False
    hoof: bool = False
    ears: str = "round"
    ear: float = 0.3
    tail: str = "long"
    tail_length: float = 1.0
    horns: str = "none"
    mane: str = "none"
    wings: str = "none"
    pattern: str = "none"
    mouth: str = "smile"
    teeth: int = 0
    muzzle_light: float = 0.0
    belly_light: float = 0.0
    fur: int = 0
    wrinkles: int = 0
    wool: bool = False
    whiskers: bool = False
    tuft: bool = False
    disc: bool = False
    big_muzzle: bool = False
    pointed: bool = False
    udder: bool = False
    beard: bool = False
    trunk: bool = False
    tusks: bool = False
    plates: bool = False
    spikes: bool = False
    nose_size: float = 1.0
    blush: bool = False
    collar: bool = False
    seed: int = 0


def sample(rng: np.random.Generator, species: str | None = None) -> Quadruped:
    """An animal of a species, or of any."""
    species = species or str(rng.choice(list(SPECIES)))
    traits = dict(SPECIES[species])
    color, fantasy = str(rng.choice(traits.pop("colors"))), traits.pop("fantasy", False)
    profile = traits.pop("profile", False)
    eye = traits.pop("eye", None)
    values = _chosen(traits, rng)
    stubby = rng.random() < 0.35  # drawn for small children: a large head on a small body
    for name in ("length", "depth", "leg", "thick", "neck", "snout", "ear", "tail_length", "head"):
        if name in values:
            values[name] *= float(np.clip(rng.normal(1, 0.07), 0.84, 1.18))
    if stubby:
        for name, by in (("length", 0.82), ("leg", 0.75), ("neck", 0.8), ("snout", 0.8)):
            values[name] = values.get(name, getattr(Quadruped, name)) * by
    kinds = ("real", "dot", "iris", "bead", "happy", eye or "real")
    eyes = sample_eyes(rng, kinds, (0.26, 0.26, 0.14, 0.06, 0.04, 0.24))
    view = str(rng.choice(["side", "turned", "three-quarter"], p=[0.4, 0.3, 0.3]))
    if profile:
        view = "side"
    elif "sit" in values["actions"] and rng.random() < 0.22:
        view, values["actions"] = "front", ("sit",)
    palette = _colors(species, color, fantasy or rng.random() < 0.07, rng)
    return Quadruped(
        species=species,
        palette=palette,
        view=view,
        eyes=eyes,
        nose_size=float(rng.uniform(0.8, 1.25)),
        blush=bool(rng.random() < 0.15),
        collar=bool(rng.random() < (0.3 if species in ("cat", "dog", "terrier") else 0.03)),
        seed=int(rng.integers(2**31)),
        **values,
    )


def _chosen(traits: dict, rng: np.random.Generator) -> dict:
    """Traits with what is left open decided."""
    open_ = {"ears": EARS, "tail": TAILS, "horns": HORNS, "mane": MANES}
    known = {field.name for field in fields(Quadruped)}
    out = {}
    for name, value in traits.items():
        if name not in known:
            raise ValueError(f'a four-legged animal has no trait "{name}"')
        if name == "pattern":
            value = str(rng.choice(value))
        elif value == "?":
            value = str(rng.choice(open_[name])) if name in open_ else bool(rng.random() < 0.5)
        elif isinstance(value, str) and value.endswith("?"):
            value = value[:-1] if rng.random() < 0.5 else "none"
        out[name] = value
    return out


def _colors(species: str, color: str, fantasy: bool, rng: np.random.Generator) -> dict[str, Color]:
    main = any_color(rng, (0.25, 0.7), (0.6, 0.98)) if fantasy else near(color, rng)
    given: dict[str, Color] = {}
    if species == "lion":
        given["hair"] = near(str(rng.choice(["ginger", "brown", "dark brown"])), rng)
    elif species in ("pony", "dragon", "monster", "dinosaur", "lizard"):
        given["hair"] = any_color(rng)
        given["pattern"] = darker(main, 0.3) if rng.random() < 0.5 else any_color(rng)
        given["light"] = lighter(main, 0.65) if rng.random() < 0.5 else near("cream", rng)
    elif species in ("tiger", "zebra", "panda"):
        given["pattern"] = near("black", rng)
        given["hair"] = given["pattern"]
    elif species in ("giraffe",):
        given["pattern"] = given["hair"] = near("ginger", rng)
    elif species in ("cow", "cat", "rabbit", "dog"):
        given["pattern"] = near(str(rng.choice(["black", "brown", "ginger", "gray"])), rng)
    elif species == "fox":
        given["pattern"] = near("dark brown", rng)
    elif species == "sheep":
        given["face"] = near(str(rng.choice(["black", "cream", "dark gray", "sand"])), rng)
    elif species == "pig":
        given["nose"] = darker(main, 0.15)
    if species in ("elephant", "hippo", "mouse", "rhino"):
        given["inner"] = lighter(near("pink", rng), 0.1)
    if species in ("mouse", "rabbit", "cat") and rng.random() < 0.6:
        given["nose"] = near("pink", rng)
    return full_palette(main, rng, **given)


def actions(looks: Quadruped) -> tuple[str, ...]:
    return looks.actions


def build(looks: Quadruped, pose: Pose) -> Figure:
    """The animal, the ground at y = 0 below its middle."""
    art = Assembly()
    if looks.view == "front":
        add_sitting(art, looks, pose)
        return art.figure("animal", looks.palette, pose.facing < 0)
    stance = legs.stance(looks, pose)
    torso = _torso(looks, stance)
    art.joint("hips", stance.hip)
    art.joint("shoulders", stance.shoulder)
    tails.add_tail(art, looks, pose, torso)
    far = looks.view == "three-quarter"
    legs.add_leg(art, looks, stance, "hind", "far", spread=far)
    legs.add_leg(art, looks, stance, "front", "far", spread=far)
    if looks.wings == "membrane":
        add_membrane_wing(art, "wing.far", torso.at([0.68], [-0.6])[0], 1.5, pose, far=True)
    elif looks.wings == "pegasus":
        add_feather_wing(art, "wing.far", torso.at([0.66], [-0.5])[0], 1.1, pose, far=True)
    if looks.spikes:
        tails.add_spikes(art, "spikes", torso, 0.08, 0.95, 6, 0.16)
    neck = _neck(looks, stance, pose)
    art.add("torso", torso.outline)
    if looks.wool:
        x, y = torso.at([0.5], [-0.05])[0]
        half = looks.length / 2 + looks.depth * 1.05
        wool = bumpy(x, y, half, looks.depth * 1.15, 13, 0.13)
        art.add("torso.wool", wool, "main", "skin")
    if looks.belly_light > 0:
        t = np.linspace(0, 1, 9)
        shape = np.concatenate([torso.at(t, 1.3), torso.at(t[::-1], 0.45 + 0.3 * (2 * t - 1) ** 2)])
        art.mark("torso.belly", shape, "light", "torso")
    coat.add_coat(art, looks, torso)
    if looks.udder:
        x, y = torso.at([0.2], [0.85])[0]
        art.add("udder", round_(x, y, 0.2, 0.2), "inner", into=("torso",))
    if looks.mane == "ring":
        _ring(art, looks, stance, pose, back=True)
    art.add("neck", neck.outline, "main", into=("torso",))
    coat.add_neck_coat(art, looks, neck)
    if looks.mane in ("crest", "brush"):
        coat.add_crest(art, looks, neck)
    if looks.spikes and looks.neck > 0.6:
        tails.add_spikes(art, "neck.spikes", neck, 0.2, 0.85, 4, 0.13)
    for end in ("hind", "front"):
        legs.add_leg(art, looks, stance, end, "near", spread=far)
    if looks.wings == "membrane":
        add_membrane_wing(art, "wing.near", torso.at([0.62], [-0.45])[0], 1.6, pose)
    elif looks.wings == "pegasus":
        add_feather_wing(art, "wing.near", torso.at([0.6], [-0.3])[0], 1.2, pose)
    if looks.collar:
        art.add("collar", neck.band(0.62, 0.13), "accent", "clothes", within="neck")
    x, y = neck.line[-1]
    nod = pose.nod + 0.05 * pose.wave(1, 0.2)
    if looks.mane == "ring":
        _ring(art, looks, stance, pose, back=False)
    with art.frame(float(x), float(y), nod * 0.6, looks.head):
        art.joint("neck", (0, 0))
        add_head(art, looks, pose, into=("neck",))
    for name in ("head", "mane"):
        if name in art.parts:
            art.casts(name, "neck", "torso")
    return art.figure("animal", looks.palette, pose.facing < 0)


def _torso(looks: Quadruped, stance: legs.Stance) -> Tube:
    hip, shoulder = stance.hip, stance.shoulder
    way = shoulder - hip
    up = np.array([way[1], -way[0]]) / max(np.hypot(*way), 1e-6)
    d = looks.depth
    points = [
        hip,
        hip + 0.33 * way + up * d * looks.hunch,
        hip + 0.66 * way + up * d * looks.hunch * 0.6,
        shoulder,
    ]
    width = [
        d * looks.rump,
        d * looks.belly * (0.97 if stance.folded else 0.94),
        d * looks.belly * 0.98,
        d,
    ]
    return tube(points, width, steps=6, ends=(0.75, 0.6))


def _neck(looks: Quadruped, stance: legs.Stance, pose: Pose) -> Tube:
    angle = looks.neck_angle + stance.lift - 0.5 * pose.nod
    way = np.array([np.cos(angle), -np.sin(angle)])
    d = looks.depth
    base = stance.shoulder + np.array([0.1 * d, -0.25 * d])
    end = base + way * (looks.neck + 0.55 * d)
    slim = min(0.30 * looks.head, 0.75 * d)
    if looks.trunk or looks.species in ("bear", "hippo", "panda", "rhino"):
        slim = 0.42 * looks.head
    wide = min(0.8 * d, max(slim * 1.5, 0.5 * d))
    bend = np.array([-way[1], way[0]]) * 0.06 * looks.neck
    points = [base - way * 0.15 * d, base + 0.5 * (end - base) + bend, end]
    return tube(points, [wide, (wide + slim) / 2.1, slim], steps=5)


def _ring(art: Assembly, looks: Quadruped, stance, pose: Pose, back: bool) -> None:
    """A lion's mane: a large ring around the neck, drawn before the head."""
    neck = _neck(looks, stance, pose)
    x, y = neck.line[-1]
    size = looks.head
    if back:
        shape = bumpy(x - 0.22 * size, y + 0.28 * size, 0.72 * size, 0.85 * size, 13, 0.2, True)
        art.add("mane.back", shape, "hair", "hair")
    else:
        up = 0.12 if looks.view != "side" else 0.05
        x = x + (0.12 if looks.view != "side" else 0.0) * size
        shape = bumpy(x, y - up * size, 0.8 * size, 0.8 * size, 15, 0.2, True)
        art.add("mane", shape, "hair", "hair")
        for k in range(10):
            a = 2 * np.pi * k / 10 + 0.2
            c = np.array([np.cos(a), np.sin(a)])
            start = np.array([x, y - up * size])
            art.stroke("mane", [start + c * r * size for r in (0.56, 0.63, 0.71)], 0.6)
