"""What does not move about a human: proportions, face, hair, clothes and colours."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import colors

BACK_HAIR = ("none", "short", "bob", "medium", "long", "very long")
TIED = (
    "none",
    "twin tails",
    "low twin tails",
    "ponytail",
    "side tail",
    "braids",
    "braid",
    "buns",
    "bun",
)
BANGS = ("straight", "parted", "swept", "between", "wild", "blunt", "open", "one eye")
EYES = ("round", "tall", "sharp", "soft", "small", "dot", "narrow")
TOPS = ("shirt", "sailor", "blouse", "sweater", "hoodie", "tank", "dress", "gown", "suit", "blazer")
TOPS += ("armour", "robe", "swimsuit", "vest", "bodice", "uniform")
BOTTOMS = ("skirt", "pleated", "long skirt", "trousers", "shorts", "wide trousers", "leggings")
SLEEVES = ("none", "short", "puff", "elbow", "long", "wide", "rolled")
COLLARS = ("none", "round", "v", "shirt", "sailor", "turtle", "lapels", "ruffle", "square", "hood")
NECKWEAR = ("none", "tie", "bow", "ribbon", "scarf", "necklace", "choker", "cravat", "bell")
SHOES = ("shoes", "loafers", "sneakers", "boots", "long boots", "heels", "sandals", "bare")
OPEN_HATS = (
    "none",
    "band",
    "frill",
    "bow",
    "two bows",
    "flowers",
    "tiara",
    "headphones",
    "hairpin",
)
SOCKS = ("none", "ankle", "calf", "knee", "thigh", "tights")
HATS = ("none", "cap", "beanie", "witch", "top hat", "sun hat", "crown", "beret", "helmet", "band")
HATS += (
    "hood",
    "frill",
    "bow",
    "two bows",
    "peaked",
    "santa",
    "flowers",
    "tiara",
    "headphones",
    "straw",
    "hairpin",
)
PATTERNS = ("none", "stripes", "bars", "plaid", "dots", "hem", "print", "diamonds")


@dataclass(frozen=True)
class Body:
    """Proportions; 1 is usual. `heads` is the height in heads, `woman` 0..1 for its forms."""

    heads: float = 6.0
    woman: float = 1.0
    shoulders: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    limbs: float = 1.0
    bust: float = 0.3


@dataclass(frozen=True)
class Face:
    """Forms of a face; 1 is usual."""

    width: float = 1.0
    jaw: float = 0.0
    chin: float = 0.0
    eyes: str = "round"
    eye_size: float = 1.0
    eye_gap: float = 1.0
    eye_slant: float = 0.0
    lashes: float = 1.0
    shines: int = 2
    pupil: str = "round"
    brow: float = 1.0
    nose: str = "tick"
    ears: str = "human"
    glasses: str = "none"
    beard: str = "none"
    marks: str = "none"
    eye_height: float = 0.0


@dataclass(frozen=True)
class Hair:
    """How the hair is worn. Lengths are head heights below the middle of the head."""

    bangs: str = "straight"
    locks: int = 8
    bangs_length: float = 1.0
    back: str = "medium"
    length: float = 0.6
    tied: str = "none"
    tail_length: float = 1.2
    side_locks: float = 0.4
    volume: float = 1.0
    curl: float = 0.0
    spiky: float = 0.0
    ahoge: int = 0
    ring: str = "none"
    parting: float = 0.0
    tips: bool = False
    bald: bool = False


@dataclass(frozen=True)
class Outfit:
    """Clothes from head to foot, names as listed above."""

    top: str = "shirt"
    bottom: str = "skirt"
    sleeves: str = "long"
    cuffs: bool = True
    collar: str = "shirt"
    neckwear: str = "none"
    coat: str = "none"
    cape: str = "none"
    apron: bool = False
    belt: str = "none"
    buttons: int = 0
    pockets: bool = False
    skirt_length: float = 0.7
    flare: float = 1.3
    socks: str = "knee"
    shoes: str = "shoes"
    gloves: str = "none"
    pattern: str = "none"
    pattern_on: str = "bottom"
    hem: bool = False


@dataclass(frozen=True)
class Extras:
    """What is worn on the head and grows from the body."""

    hat: str = "none"
    ears: str = "none"
    horns: str = "none"
    halo: bool = False
    wings: str = "none"
    tail: str = "none"
    backpack: bool = False


@dataclass(frozen=True, eq=False)
class Looks:
    """All that stays the same in each frame of a figure.

    Attributes:
        palette: RGB 0..1 by name.
        chance: numbers 0..1 that decide details: each lock, each fold.
    """

    body: Body = Body()
    face: Face = Face()
    hair: Hair = Hair()
    outfit: Outfit = Outfit()
    extras: Extras = Extras()
    palette: dict[str, colors.Color] = field(default_factory=dict)
    chance: tuple[float, ...] = (0.5,)


def _pick(rng: np.random.Generator, names, weights=None) -> str:
    if weights is not None:
        weights = np.array(weights, float) / sum(weights)
    return str(names[rng.choice(len(names), p=weights)])


def sample_looks(rng: np.random.Generator) -> Looks:
    """A human by chance."""
    body = _body(rng)
    return Looks(
        body=body,
        face=_face(rng, body),
        hair=_hair(rng, body),
        outfit=_outfit(rng, body),
        extras=_extras(rng),
        palette=colors.palette(rng),
        chance=tuple(rng.random(61).tolist()),
    )


def _body(rng: np.random.Generator) -> Body:
    kind = rng.choice(4, p=[0.22, 0.2, 0.43, 0.15])
    heads = (
        rng.uniform(2.0, 3.0),
        rng.uniform(3.0, 5.0),
        rng.uniform(5.3, 7.2),
        rng.uniform(6.8, 8),
    )
    woman = float(rng.random() < 0.6)
    if rng.random() < 0.15:
        woman = 0.5
    return Body(
        heads=float(heads[kind][()] if hasattr(heads[kind], "shape") else heads[kind]),
        woman=woman,
        shoulders=float(rng.uniform(0.78, 0.95) + (1 - woman) * rng.uniform(0.02, 0.3)),
        waist=float(rng.uniform(0.82, 1.02) + (1 - woman) * rng.uniform(0.0, 0.28)),
        hips=float(rng.uniform(0.95, 1.18) - (1 - woman) * 0.12),
        limbs=float(rng.uniform(0.75, 1.0) + (1 - woman) * rng.uniform(0, 0.25)),
        bust=float(woman * rng.uniform(0.05, 0.75)) * min(1.0, max(0.0, (heads[kind] - 2.2) / 3)),
    )


def _face(rng: np.random.Generator, body: Body) -> Face:
    tall = max(0.0, min(1.0, (body.heads - 3) / 4))
    man = 1 - body.woman
    eyes = _pick(rng, EYES, [3, 3, 1.5 + man, 2, 0.8 + man, 0.7 * (1 - tall) + 0.15, 0.6 + man])
    return Face(
        width=float(rng.uniform(0.93, 1.08) + 0.08 * (1 - tall)),
        jaw=float(rng.uniform(-0.4, 0.4) + 0.5 * man * tall),
        chin=float(rng.uniform(-0.5, 0.5)),
        eyes=eyes,
        eye_size=float(rng.uniform(0.88, 1.15) * (1.12 - 0.3 * tall) * (1 - 0.12 * man)),
        eye_gap=float(rng.uniform(0.95, 1.08)),
        eye_slant=float(rng.normal(0, 0.12)),
        lashes=float(rng.uniform(0.6, 1.2) * (0.55 + 0.45 * body.woman)),
        shines=int(rng.integers(1, 4)),
        pupil=_pick(rng, ("round", "slit", "none", "ring", "star"), [8, 0.7, 1, 0.6, 0.25]),
        brow=float(rng.uniform(0.5, 1.2) + 0.5 * man),
        nose=_pick(rng, ("tick", "dot", "none", "line", "shade"), [4, 1.5, 0.6, 1 + 2 * tall, 1.5]),
        ears=_pick(rng, ("human", "pointed"), [10, 1]),
        glasses=_pick(
            rng, ("none", "round", "square", "half", "dark", "patch"), [9, 0.6, 0.6, 0.3, 0.3, 0.15]
        ),
        beard=_pick(
            rng,
            ("none", "full", "goatee", "moustache", "long"),
            [1, 0.1 * man, 0.07 * man, 0.08 * man, 0.05 * man],
        ),
        marks=_pick(
            rng,
            ("none", "freckles", "mole", "scar", "stripe", "teardrop"),
            [9, 0.6, 0.6, 0.3, 0.3, 0.2],
        ),
        eye_height=float(rng.uniform(-0.03, 0.03)),
    )


def _hair(rng: np.random.Generator, body: Body) -> Hair:
    woman = body.woman
    back = _pick(
        rng,
        BACK_HAIR,
        [0.05, 2.2 * (1 - woman) + 0.6, 1, 1, 1.6 * woman + 0.15, 0.8 * woman + 0.05],
    )
    lengths = {
        "none": 0.3,
        "short": 0.38,
        "bob": 0.5,
        "medium": 0.72,
        "long": 1.4,
        "very long": 2.4,
    }
    tied = "none"
    if rng.random() < 0.42 * woman + 0.06:
        tied = _pick(rng, TIED[1:])
        back = _pick(rng, ("short", "bob", "medium", "long"), [4, 1, 0.5, 0.3])
    reach = 0.75 + 0.06 * body.heads
    length = lengths[back] * rng.uniform(0.85, 1.2)
    length *= reach if back in ("long", "very long") else 1
    return Hair(
        bangs=_pick(rng, BANGS, [2, 1.5, 2, 1.5, 1.2, 1, 1, 0.4]),
        locks=int(
            rng.choice([5, 6, 7, 8, 9, 10, 12, 15], p=[0.18, 0.2, 0.2, 0.14, 0.1, 0.08, 0.06, 0.04])
        ),
        bangs_length=float(rng.uniform(0.75, 1.2)),
        back=back,
        length=float(min(length, 0.66 * (body.heads - 0.5))),
        tied=tied,
        tail_length=float(rng.uniform(0.6, 2.2) * reach),
        side_locks=float(rng.choice([0.0, 0.22, 0.42, 0.65, 1.0], p=[0.15, 0.25, 0.3, 0.2, 0.1])),
        volume=float(rng.uniform(0.9, 1.25)),
        curl=float(rng.choice([0, 0, 0.4, 1.0]) * rng.uniform(0.6, 1)),
        spiky=float(rng.choice([0, 0, 0.35, 1.0]) * rng.uniform(0.7, 1)),
        ahoge=int(rng.choice([0, 1, 2, 3], p=[0.76, 0.14, 0.07, 0.03])),
        ring=_pick(rng, ("none", "zigzag", "band", "spots"), [1, 1.2, 0.8, 0.5]),
        parting=float(rng.uniform(-0.6, 0.6)),
        tips=bool(rng.random() < 0.1),
        bald=bool(rng.random() < 0.04 * (1 - woman) + 0.004),
    )


def _outfit(rng: np.random.Generator, body: Body) -> Outfit:
    woman = body.woman
    top = _pick(
        rng,
        TOPS,
        [
            2,
            1.4 * woman + 0.1,
            1 * woman + 0.1,
            1.2,
            1.3,
            0.8,
            1.7 * woman,
            0.9 * woman,
            1.1 * (1 - woman) + 0.15,
            *(1.2, 0.7, 0.7, 0.35, 0.8, 0.6 * woman, 0.7),
        ],
    )
    if top == "swimsuit" and body.heads < 5.5:
        top = "tank"
    bottom = _pick(rng, BOTTOMS, [2 * woman, 2 * woman, woman, 1.7, 1.2, 0.6, 0.6])
    if top in ("suit", "uniform") and woman < 0.5:
        bottom = "trousers"
    if top == "sailor":
        bottom = "pleated" if woman else "trousers"
    collars = {
        "shirt": ("shirt", "round", "v"),
        "sailor": ("sailor",),
        "blouse": ("shirt", "ruffle", "round"),
        "sweater": ("turtle", "round", "v"),
        "hoodie": ("hood",),
        "tank": ("round", "v", "square"),
        "dress": ("round", "square", "shirt", "none"),
        "gown": ("none", "square", "ruffle", "v"),
        "suit": ("lapels",),
        "blazer": ("lapels",),
        "armour": ("turtle", "round"),
        "robe": ("v",),
        "swimsuit": ("square", "v"),
        "vest": ("shirt",),
        "bodice": ("square", "none"),
        "uniform": ("turtle", "shirt"),
    }[top]
    sleeves = _pick(rng, SLEEVES, [0.7, 1.4, 0.7 * woman, 0.5, 3, 0.5, 0.6])
    sleeves = {
        "tank": "none",
        "swimsuit": "none",
        "suit": "long",
        "blazer": "long",
        "hoodie": "long",
        "robe": "wide",
        "uniform": "long",
        "armour": "long",
        "sweater": "long",
    }.get(top, sleeves)
    neck = _pick(rng, NECKWEAR, [4, 0.8, 0.8, 0.7, 0.6, 0.6, 0.5, 0.3, 0.25])
    if top in ("suit", "blazer", "vest"):
        neck = _pick(rng, ("tie", "bow", "ribbon", "none", "cravat"), [4, 1, 1, 1, 0.5])
    if top == "sailor":
        neck = _pick(rng, ("ribbon", "bow", "tie"))
    return Outfit(
        top=top,
        bottom=bottom,
        sleeves=sleeves,
        cuffs=bool(rng.random() < 0.5),
        collar=_pick(rng, collars),
        neckwear=neck,
        coat=_pick(
            rng, ("none", "coat", "long coat", "cardigan", "jacket"), [7, 0.7, 0.6, 0.7, 0.8]
        )
        if top not in ("suit", "blazer", "gown", "armour", "robe", "hoodie", "uniform")
        else "none",
        cape=_pick(rng, ("none", "cape", "long cape"), [11, 0.6, 0.6]),
        apron=bool(rng.random() < 0.06 + 0.06 * woman),
        belt=_pick(rng, ("none", "belt", "sash", "cord"), [5, 1.6, 0.7, 0.4]),
        buttons=int(rng.choice([0, 2, 3, 4, 5])),
        pockets=bool(rng.random() < 0.4),
        skirt_length=float(
            rng.uniform(0.42, 0.85) if bottom != "long skirt" else rng.uniform(1.1, 1.7)
        ),
        flare=float(rng.uniform(1.15, 1.9)),
        socks=_pick(rng, SOCKS, [1.4, 1, 0.8, 1.5 * woman + 0.2, 1.4 * woman, 0.8 * woman]),
        shoes=_pick(rng, SHOES, [2, 2, 2, 1.6, 1, 0.8 * woman, 0.4, 0.4]),
        gloves=_pick(rng, ("none", "short", "long", "fingerless"), [8, 0.7, 0.4, 0.3]),
        pattern=_pick(rng, PATTERNS, [4, 1, 0.5, 0.8, 0.7, 0.8, 0.8, 0.3]),
        pattern_on=_pick(rng, ("top", "bottom", "both")),
        hem=bool(rng.random() < 0.35),
    )


def _extras(rng: np.random.Generator) -> Extras:
    hat = "none"
    if rng.random() < 0.42:
        hat = _pick(rng, HATS[1:])
    return Extras(
        hat=hat,
        ears=_pick(
            rng, ("none", "cat", "fox", "rabbit", "dog", "bear"), [12, 0.9, 0.5, 0.5, 0.3, 0.3]
        )
        if hat in ("none", "frill", "bow", "band", "hairpin", "headphones", "flowers")
        else "none",
        horns=_pick(rng, ("none", "small", "ram", "long"), [20, 0.6, 0.5, 0.4]),
        halo=bool(rng.random() < 0.03),
        wings=_pick(rng, ("none", "feather", "bat", "fairy"), [20, 0.8, 0.5, 0.5]),
        tail=_pick(rng, ("none", "cat", "fox", "devil", "dragon"), [14, 0.7, 0.6, 0.4, 0.3]),
        backpack=bool(rng.random() < 0.06),
    )
