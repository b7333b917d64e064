"""What became of every true character and of every find of a picture.

AP is one number; this says what went wrong. Only finds of at least `SHOWN_SCORE` count, as a user
sees them. The rule, from the overlaps of masks:

1. Pairs of a find and a character with an IoU of 0.5 and more are matched, each at most once, so
   that the sum of their IoU is largest. A matched character is "found" where the IoU is 0.75 or
   more, else it has a "wrong boundary". The find is "matched".
2. A find "joins" when it covers half or more of two characters or more. A character that is not
   matched and of which such a find covers half is "joined".
3. A find that is not matched and does not join is a "piece" when half or more of it lies in one
   character. A character that is not matched nor joined is "split" when two pieces or more lie in
   it, else "missed": it may have one piece, which is less than half of it or a half too large.
4. Every other find is "false": on the background or across borders.

A matched find may join as well, where its character is large and the other one small.
Finds of which more than half lies in a crowd and that match nothing are left out; so are crowds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from .average_precision import Overlaps

FOUND, WRONG_BOUNDARY, JOINED, SPLIT, MISSED = (
    "found",
    "wrong boundary",
    "joined",
    "split",
    "missed",
)
MATCHED, JOINS, PIECE, FALSE, NOT_SHOWN = "matched", "joins", "piece", "false", ""
OF_CHARACTERS = (FOUND, WRONG_BOUNDARY, JOINED, SPLIT, MISSED)
OF_FINDS = (MATCHED, JOINS, PIECE, FALSE)
CROWD = ""

MATCH_IOU, GOOD_IOU, HALF = 0.5, 0.75, 0.5


@dataclass(frozen=True)
class Outcomes:
    """One picture's outcomes.

    Attributes:
        characters: one of `OF_CHARACTERS` per true one, `CROWD` for a crowd.
        finds: one of `OF_FINDS` per find, `NOT_SHOWN` for one that does not count.
    """

    characters: tuple[str, ...]
    finds: tuple[str, ...]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each: {"characters": {...}, "finds": {...}}, zeros too."""
        return total([self])


def outcomes(overlaps: Overlaps, shown_score: float) -> Outcomes:
    """Apply the rule above to the overlaps of masks (not of boundaries or boxes)."""
    crowd = overlaps.crowd
    shown = overlaps.scores >= shown_score
    in_crowd = (overlaps.ious[:, crowd] > HALF).any(axis=1)
    # The common area of a pair follows from its IoU and the two areas.
    ious = np.where(crowd[None], 0.0, overlaps.ious)
    areas, true_areas = overlaps.areas[:, None], overlaps.true_areas[None]
    common = ious * (areas + true_areas) / (1 + ious)
    ious = np.where(shown[:, None], ious, 0.0)
    worth = np.where(ious >= MATCH_IOU, ious, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    pairs = [(f, c) for f, c in zip(rows, columns, strict=True) if worth[f, c] > 0]
    match = dict(pairs)
    characters = {c: FOUND if ious[f, c] >= GOOD_IOU else WRONG_BOUNDARY for f, c in pairs}

    covers = shown[:, None] & (common >= HALF * np.maximum(true_areas, 1))
    joining = covers.sum(axis=1) >= 2
    for c in range(len(crowd)):
        if not crowd[c] and c not in characters and (covers[:, c] & joining).any():
            characters[c] = JOINED
    lies_in = common >= HALF * np.maximum(areas, 1)
    finds = []
    pieces = np.zeros(len(crowd), int)
    for f in range(len(shown)):
        if not shown[f]:
            finds.append(NOT_SHOWN)
        elif f in match:
            finds.append(MATCHED)
        elif joining[f]:
            finds.append(JOINS)
        elif lies_in[f].any():
            finds.append(PIECE)
            pieces[np.argmax(common[f])] += 1
        else:
            finds.append(NOT_SHOWN if in_crowd[f] else FALSE)
    for c in range(len(crowd)):
        if crowd[c]:
            characters[c] = CROWD
        elif c not in characters:
            characters[c] = SPLIT if pieces[c] >= 2 else MISSED
    return Outcomes(tuple(characters[c] for c in range(len(crowd))), tuple(finds))


def total(pictures: Iterable[Outcomes]) -> dict[str, dict[str, int]]:
    """The counts of several pictures together."""
    characters: Counter[str] = Counter()
    finds: Counter[str] = Counter()
    for picture in pictures:
        characters.update(picture.characters)
        finds.update(picture.finds)
    return {
        "characters": {name: characters[name] for name in OF_CHARACTERS},
        "finds": {name: finds[name] for name in OF_FINDS},
    }
