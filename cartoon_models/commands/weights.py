"""`celkit weights`: what weights are known and here, fetching one, converting one to
safetensors."""

import argparse
from pathlib import Path

from .console import progress_bar, say


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "weights",
        help="list, fetch and convert weights",
        description="The weights files that CelKit knows by name.",
    )
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")

    action = actions.add_parser("list", help="which are known, and which are here")
    action.set_defaults(run=list_weights)
    _add_verbose(action)

    action = actions.add_parser(
        "fetch",
        help="download one",
        description="Download a weights file at its pinned revision and check its SHA-256. A "
        "download that broke off is continued. Where CelKit does not know the hash, look it up on "
        "the page and give it.",
    )
    action.set_defaults(run=fetch_weights)
    action.add_argument("name", metavar="NAME", help="a name of `celkit weights list`")
    action.add_argument("--folder", type=Path, help="where to put it; default: CelKit's own folder")
    action.add_argument("--sha256", help="the hash that the file must have")
    action.add_argument(
        "--accept-unverified", action="store_true", help="take a file whose hash nobody knows"
    )
    action.add_argument("-q", "--quiet", action="store_true", help="no progress bar")
    _add_verbose(action)

    action = actions.add_parser(
        "convert",
        help="a published file to safetensors",
        description="Check that a published checkpoint is a network that CelKit has, and write its "
        "weights alone as safetensors: smaller, quicker to load, and without a pickle.",
    )
    action.set_defaults(run=convert_weights)
    action.add_argument("input", metavar="INPUT", help="a .ckpt or .pth file, or a known name")
    action.add_argument(
        "-o", "--output", type=Path, help="the .safetensors file; default: beside INPUT"
    )
    action.add_argument("--half", action="store_true", help="store float16: half the size")
    _add_verbose(action)


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-v", "--verbose", action="store_true", help="log lines and tracebacks")


def list_weights(options: argparse.Namespace) -> int:
    """Print every known file, where it is, and its licence."""
    from ..errors import WeightsError
    from ..weights import load_manifest, search_folders
    from ..weights.locate import find

    for entry in load_manifest().values():
        try:
            found = find(entry)
        except WeightsError as error:
            found = error
        say(f"{entry.name}: {entry.title} ({entry.network})")
        say(f"    {found or 'not here: ' + entry.file}")
        say(f"    licence {entry.licence}, {entry.page}")
    say("Looked in: " + ", ".join(str(folder) for folder in search_folders()))
    return 0


def fetch_weights(options: argparse.Namespace) -> int:
    """Download one file and print its path."""
    from ..weights import load_manifest, search_folders
    from ..weights.download import fetch
    from ..weights.locate import find

    entry = load_manifest().get(options.name)
    if entry is None:
        known = ", ".join(load_manifest())
        raise ValueError(f"There are no weights named {options.name!r}; known are {known}.")
    found = find(entry) if options.folder is None else None
    if found is None:
        say(f"{entry.title}, {entry.file}, from {entry.page} (licence: {entry.licence})")
        with progress_bar(entry.file, options.quiet, unit="B") as progress:
            found = fetch(
                entry,
                options.folder or search_folders()[0],
                progress=progress,
                sha256=options.sha256,
                accept_unverified=options.accept_unverified,
            )
    say(str(found))
    return 0


def convert_weights(options: argparse.Namespace) -> int:
    """Write the weights of a published checkpoint as safetensors and print the path."""
    from safetensors.torch import save_file

    from ..atomic import atomic_path
    from ..published import load_published, recognise, unwrap
    from ..weights import load_manifest, locate, read_state_dict
    from ..weights.checksum import hash_file

    source = locate(options.input)
    entry = load_manifest().get(options.input)
    output = options.output or source.with_name(
        f"{entry.name if entry else source.stem}.safetensors"
    )
    if output.suffix != ".safetensors":
        raise ValueError(f"The name of the result must end in .safetensors: {output}")
    content = read_state_dict(source)
    network = recognise(content)
    if network is None:
        raise ValueError(f"{source} is not a checkpoint of a network that CelKit has.")
    load_published(network, content)  # raises when a parameter is missing, unexpected or misshapen
    state = {}
    for name, value in unwrap(content).items():
        half = options.half and value.is_floating_point()
        state[name] = (value.half() if half else value).clone().contiguous()
    metadata = {"network": network, "source": source.name, "source_sha256": hash_file(source)}
    if entry:
        metadata |= {"licence": entry.licence, "page": entry.page}
    with atomic_path(output) as temporary:
        save_file(state, temporary, metadata={"format": "pt", **metadata})
    say(str(output))
    return 0
