"""AP told apart by families of characters: style families, or categories of a COCO file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .average_precision import Overlaps, average_precision

Names = tuple[str, ...] | str | None  # per true character, per picture, or not known


def family_figures(
    overlaps: dict[str, list[Overlaps]], families: Sequence[Names]
) -> dict[str, dict]:
    """Figures per family: "characters", "pictures" and those of `average_precision` by kind.

    A family is measured on the pictures that hold one of its characters (or are called by its name
    as a whole). There only its own characters count. Those of other families are ignored as COCO
    ignores characters of another size: a find that matches one is neither right nor wrong. So what
    is found on the background counts against every family in the picture.

    `overlaps` are lists per kind ("box", "mask", "boundary"), one entry per picture.
    """
    counts = [len(picture.true_areas) for picture in overlaps["mask"]]
    names = [
        [known] * count if isinstance(known, str) else list(known or [])
        for known, count in zip(families, counts, strict=True)
    ]
    everyone = {name for of_picture in names for name in of_picture}
    everyone |= {known for known in families if isinstance(known, str)}
    result = {}
    for family in sorted(everyone):
        chosen = [
            index
            for index, known in enumerate(families)
            if known == family or family in names[index]
        ]
        own = [np.array([name == family for name in names[index]], bool) for index in chosen]
        entry: dict = {
            "pictures": len(chosen),
            "characters": int(
                sum(
                    np.count_nonzero(mine & ~overlaps["mask"][index].crowd)
                    for index, mine in zip(chosen, own, strict=True)
                )
            ),
        }
        for kind, pictures in overlaps.items():
            entry[kind] = average_precision(
                [
                    replace(pictures[index], ignored=~mine)
                    for index, mine in zip(chosen, own, strict=True)
                ]
            )
        result[family] = entry
    return result
