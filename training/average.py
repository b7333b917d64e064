"""Average two networks that began as one: `python -m training.average A B -o OUT`.

Weights that were trained on from the same start, on other data, often do better together than
either (Wortsman et al. 2022, Model soups, arXiv 2203.05482).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from cartoon_models.atomic import atomic_path


def average(
    first: Path,
    last: Path,
    output: Path,
    share: float = 0.5,
    input_size: int | None = None,
    scales: Sequence[float] | None = None,
) -> Path:
    """Write `share` of the last file's weights and the rest of the first one's, as float16.

    The metadata is the last file's; its training says what it was averaged with. `input_size` is
    the side in pixels that it shall run at and `scales` the multiples of it, None for the last
    one's.

    Raises:
        FileExistsError: the output is there already.
        ValueError: the files hold other networks, or the share is not between 0 and 1.
    """
    if output.exists():
        raise FileExistsError(f"{output} is there already; name another file or remove it.")
    if not 0 <= share <= 1:
        raise ValueError(f"The share is between 0 and 1, not {share}.")
    ours, theirs = load_file(first), load_file(last)
    shapes = [{name: value.shape for name, value in one.items()} for one in (ours, theirs)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"{first} and {last} hold networks of other parameters.")
    made = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in mixed(ours, theirs, share).items()
    }
    with safe_open(first, "pt") as file:
        before = file.metadata() or {}
    with safe_open(last, "pt") as file:
        metadata = file.metadata() or {}
    training = json.loads(metadata.get("training", "{}"))
    training["averaged"] = {
        "share": share,
        "with": json.loads(before.get("training", "{}")),
        "commit": before.get("commit", ""),
    }
    if input_size is not None:
        metadata["input_size"] = str(input_size)
    if scales is not None:
        metadata["scales"] = " ".join(f"{scale:g}" for scale in scales)
    metadata["training"] = json.dumps(training, sort_keys=True)
    with atomic_path(output) as temporary:
        save_file(made, temporary, metadata=metadata)
        temporary.chmod(0o644)
    return output


def mixed(
    first: Mapping[str, Tensor], last: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """`share` of the last network's weights and the rest of the first one's, as float32; what is
    no floating point number is the last one's."""
    return {
        name: (1 - share) * first[name].float() + share * value.float()
        if value.is_floating_point()
        else value
        for name, value in last.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.average", description=__doc__.split("\n")[0])
    parser.add_argument("first", type=Path, help="safetensors of training.export")
    parser.add_argument("last", type=Path, help="another of the same network")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5, help="of the last one (default: 0.5)")
    parser.add_argument("--input-size", type=int, help="pixels (default: the last one's)")
    parser.add_argument(
        "--scales",
        type=float,
        nargs="+",
        help="a detector looks at each of these times its input size (default: the last one's)",
    )
    options = parser.parse_args(arguments)
    try:
        average(
            options.first,
            options.last,
            options.output,
            options.share,
            options.input_size,
            options.scales,
        )
    except (OSError, ValueError) as error:
        print(f"training.average: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
