"""Which code made a run."""

import subprocess
from pathlib import Path


def source_commit() -> str:
    """The commit of the code that runs, with "+" when files differ from it; "" outside git."""
    try:
        commit, changed = (
            subprocess.run(
                ["git", *command],
                cwd=Path(__file__).parent,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain", "-uno", "--", "."])
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit + ("+" if changed else "")
