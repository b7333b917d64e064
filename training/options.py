"""Command-line options that all trainers share."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .layouts import KINDS, with_share

if TYPE_CHECKING:  # torch and accelerate come with it, and `synthesize` needs neither
    from .loop import LoopOptions

HELP = {
    "run": "folder of the run; a run that is there already is resumed",
    "minutes": "wall clock of the whole run, resumed parts added up",
    "steps": "optimizer steps of the whole run",
    "batch": "pictures per step and process",
    "workers": "data loading processes per training process",
    "learning_rate": "highest learning rate",
    "final_rate": "last learning rate, as a share of the highest",
    "warmup_steps": "steps of linear warm-up",
    "weight_decay": "AdamW's decay of kernels (norms and biases are left alone)",
    "clip": "largest gradient norm",
    "ema_decay": "decay of the averaged weights per step",
    "precision": "no or bf16 (also worth it on CPUs with avx512_bf16 or amx)",
    "compile": "compile the network (GPU)",
    "cpu": "train on the CPU even where there is a GPU",
    "seed": "of the data and of the start values",
    "checkpoint_minutes": "time between checkpoints",
    "log_steps": "steps per line of the log",
}

DATA = (
    ("plain_background", 0.22, "share of flat backgrounds"),
    ("props", 3.0, "mean number of things that are no characters"),
    ("nuisance", 1.0, "strength of recolouring, shading and compression, 0 to 1"),
    ("toons", 0.7, "share of compositions with drawn figures beside or instead of clip art"),
)


def add_loop_options(parser: argparse.ArgumentParser, **defaults) -> None:
    """Add every field of `loop.LoopOptions` as an option; `defaults` replace its own."""
    from .loop import LoopOptions

    for field in dataclasses.fields(LoopOptions):
        flag = "--" + field.name.replace("_", "-")
        if field.name == "run":
            parser.add_argument(flag, type=Path, required=True, help=HELP["run"])
            continue
        default = defaults.get(field.name, field.default)
        text = f"{HELP[field.name]} (default: {default})"
        if isinstance(default, bool):
            parser.add_argument(flag, action="store_true", default=default, help=text)
            continue
        kind = {"minutes": float, "steps": int}.get(field.name) or type(default)
        parser.add_argument(flag, type=kind, default=default, help=text)


def loop_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> LoopOptions:
    """The LoopOptions among parsed options; ends the program when they cannot work."""
    from .loop import LoopOptions

    names = [field.name for field in dataclasses.fields(LoopOptions)]
    try:
        return LoopOptions(**{name: getattr(options, name) for name in names})
    except ValueError as error:
        parser.error(str(error))


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add where drawings come from and how hard the compositions are; see `compose.Options`."""
    parser.add_argument("--art", type=Path, help="folder of drawings (default: Debian's)")
    for name, value, text in DATA:
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=float, default=value, help=f"{text} (default: {value})")


def data_options(options: argparse.Namespace) -> dict[str, float]:
    """The fields of `compose.Options` among parsed options."""
    return {name: getattr(options, name) for name, _, _ in DATA}


def kinds_of(options: argparse.Namespace, usual: Mapping[str, float]) -> dict[str, float]:
    """Weights of layout kinds with the share of close-ups that parsed options ask for."""
    if options.close_ups is None:
        return dict(usual)
    return with_share(usual, "close-up", options.close_ups)


def _check_shares(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End the program when a share is none."""
    for name in ("scenes", "distractors", "toons", "close_ups"):
        value = getattr(options, name)
        if value is not None and not 0 <= value <= 1:
            parser.error(f"--{name.replace('_', '-')} {value} is not between 0 and 1")
    if not 0 < options.art_share <= 1:
        parser.error(f"--art-share {options.art_share} must be above 0 and at most 1")


def add_material_options(parser: argparse.ArgumentParser) -> None:
    """Add a user's own figures and backgrounds; see `user_material`."""
    add = parser.add_argument
    add(
        "--characters",
        type=Path,
        metavar="FOLDER",
        help="pictures of one figure each with transparency, to train with beside the drawings",
    )
    add(
        "--backgrounds",
        type=Path,
        metavar="FOLDER",
        help="pictures without figures, to train with beside the painted backgrounds",
    )
    add(
        "--own-share",
        type=float,
        default=0.5,
        help="share of those figures and backgrounds; 1: nothing else (default: 0.5)",
    )


def material_or_exit(parser: argparse.ArgumentParser, options: argparse.Namespace):
    """Figures and backgrounds of parsed options, and what a run's description says of a user's own;
    ends the program when they cannot be used."""
    from .user_material import load_material

    try:
        art, backgrounds = load_material(
            options.art,
            options.characters,
            options.backgrounds,
            options.own_share,
            art_share=options.art_share,
        )
    except (OSError, ValueError) as error:
        parser.error(str(error))
    own = {}
    if options.characters:
        own["characters"] = art.counts["character"]
    if options.backgrounds:
        own["backgrounds"] = len(backgrounds)
    return art, backgrounds, {"own": own | {"share": options.own_share}} if own else {}


def add_scenes_option(parser: argparse.ArgumentParser) -> None:
    """Add how many samples are scenes of the generator, and what samples of a training hold."""
    add = parser.add_argument
    add(
        "--scenes",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of samples that are generated scenes instead of compositions (default: 0); "
        "above 0, compositions get the scenes' backgrounds and handling too",
    )
    add(
        "--scene-look",
        action="store_true",
        help="give compositions the scenes' backgrounds and handling with --scenes 0 too",
    )
    add(
        "--distractors",
        type=float,
        default=0.3,
        metavar="SHARE",
        help="share of scenes with figures that are no characters, such as statues and posters "
        "(default: 0.3)",
    )
    add(
        "--art-share",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="share of the drawings that are used, clip art and drawn figures alike (default: 1)",
    )
    add(
        "--close-ups",
        type=float,
        metavar="SHARE",
        help="share of pictures laid out as close-ups, compositions and scenes alike (default: "
        f"{KINDS['close-up']} of compositions, a quarter of scenes)",
    )


def scenes_or_exit(parser: argparse.ArgumentParser, options: argparse.Namespace, art):
    """The `toon.samples.Scenes` of parsed options, None where none are asked for, and what a run's
    description says of them."""
    if options.scenes == 0 and not options.scene_look:
        return None, {}
    from .toon.samples import load_scenes
    from .toon.scene import SCENE_KINDS, SceneOptions

    made = SceneOptions(
        kinds=kinds_of(options, SCENE_KINDS),
        distractors=options.distractors,
    )
    scenes = load_scenes(options.scenes, art=art, part=options.art_share, options=made)
    return scenes, {"scenes": options.scenes, "distractors": options.distractors}


def samples_or_exit(parser: argparse.ArgumentParser, options: argparse.Namespace, kind):
    """Samples of `kind`, a class of `dataset`, as parsed options ask for them, and what a run's
    description says of them."""
    from .compose import Options

    _check_shares(parser, options)
    data = data_options(options)
    art, backgrounds, own = material_or_exit(parser, options)
    scenes, drawn = scenes_or_exit(parser, options, art)
    if scenes is not None and not options.backgrounds:
        backgrounds = scenes.backgrounds
    samples = kind(
        options.seed,
        options.size,
        options=Options(**data, kinds=kinds_of(options, KINDS), long_handling=scenes is not None),
        art=art,
        backgrounds=backgrounds,
        scenes=scenes,
    )
    chosen = {"art_share": options.art_share, "close_ups": options.close_ups}
    return samples, data | chosen | own | drawn


def add_recomposed_options(parser: argparse.ArgumentParser) -> None:
    """Add how many pictures the training's device puts together itself; see `recompose`."""
    add = parser.add_argument
    add(
        "--recomposed",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of pictures that the training's device puts together itself from a bank of "
        "finished drawings, for a GPU that waits for its data processes (default: 0)",
    )
    add(
        "--bank-gigabytes",
        type=float,
        default=4.0,
        metavar="GB",
        help="memory on the device for that bank; what does not fit is left out by chance "
        "(default: 4)",
    )


def recomposed_or_exit(parser: argparse.ArgumentParser, options: argparse.Namespace, samples):
    """The samples of a detector's training with the share of plans that parsed options ask for, the
    `recompose.batches.Recomposer` that makes pictures of them, and what a run's description says
    of it; ends the program when it cannot be had.

    samples are those without plans, what they were made from is loaded again.
    """
    if not 0 < options.recomposed <= 1:
        parser.error(f"--recomposed {options.recomposed} is not between 0 and 1")
    from .recompose.material import load_recomposer
    from .recompose.planning import Options

    art, backgrounds, _ = material_or_exit(parser, options)
    scenes, _ = scenes_or_exit(parser, options, art)
    if scenes is not None and not options.backgrounds:
        backgrounds = scenes.backgrounds
    try:
        made = Options(
            size=options.size,
            kinds=kinds_of(options, KINDS),
            plain_background=options.plain_background,
            props=options.props,
            nuisance=options.nuisance,
            toons=options.scenes + (1 - options.scenes) * options.toons,
        )
        mixed, recomposer = load_recomposer(
            samples,
            art,
            backgrounds,
            made,
            options.seed,
            options.recomposed,
            art_share=options.art_share,
            gigabytes=options.bank_gigabytes,
        )
    except ValueError as error:
        parser.error(str(error))
    about = {"recomposed": options.recomposed, "bank_gigabytes": options.bank_gigabytes}
    return mixed, recomposer, about


def add_shards_option(parser: argparse.ArgumentParser) -> None:
    """Add where finished samples lie, in place of making them while training."""
    parser.add_argument(
        "--shards",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="train on the samples that training.synthesize wrote there, instead of making them; "
        "of several folders all samples are used alike",
    )


def shards_or_exit(parser: argparse.ArgumentParser, options: argparse.Namespace, **settings):
    """The `shards.ShardSamples` of parsed options; ends the program when they cannot be read."""
    from .shards import ShardSamples

    try:
        return ShardSamples(options.shards, **settings)
    except (OSError, ValueError) as error:
        parser.error(str(error))
