"""The weights that CelKit knows by name: manifest.toml as values."""

import functools
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EMBEDDED_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One weights file. Empty strings mean "not known to us"; manifest.toml explains each field."""

    name: str
    title: str
    network: str
    file: str
    licence: str
    page: str
    embedded: bool = False
    repository: str = ""
    revision: str = ""
    url: str = ""
    sha256: str = ""

    @property
    def converted_file(self) -> str:
        """The name of the file after `weights convert`, looked for before the published one."""
        return f"{self.name}.safetensors"

    @property
    def is_pinned(self) -> bool:
        """Whether `revision` is a whole commit: what it names can never change."""
        return re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None

    @property
    def download_url(self) -> str:
        """The address at the pinned revision; "" when there is none to download from."""
        if "{revision}" in self.url and not self.revision:
            return ""
        return self.url.format(revision=self.revision)


@functools.cache
def load_manifest() -> MappingProxyType[str, Entry]:
    """Every known weights file by name, in the order of manifest.toml."""
    with open(Path(__file__).with_name("manifest.toml"), "rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType({name: Entry(name=name, **fields) for name, fields in tables.items()})
