"""How far to go from the weights that fine-tuning began with: WiSE-FT, arXiv 2109.01903.

On the straight line from those weights to the fine-tuned ones, networks near its middle are about
as good as the fine-tuned one on what it learned, and better where pictures differ (figure 1
there). So of the networks on the line that are about as good as the best, the nearest to the start
is taken.
"""

from __future__ import annotations

from collections.abc import Mapping

# Shares of the new weights that are tried.
SHARES = (1.0, 0.75, 0.5, 0.25)
# A share is about as good as the best one if it has all of its mask AP but this, or but this part
# of what was gained, whichever is more.
NEARLY = 0.01
PART_OF_GAIN = 0.1


def nearest_share(found: Mapping[float, float], before: float) -> float:
    """The least share that is about as good as the best one, and better than none at all if any is.

    Args:
        found: mask AP on held-out pictures of each share, 0 to 1.
        before: that of the weights at the start.
    """
    best = max(found.values())
    least = best - max(NEARLY, PART_OF_GAIN * (best - before))
    good = [share for share, value in found.items() if value >= least]
    better = [share for share in good if found[share] > before]
    return min(better or good)
