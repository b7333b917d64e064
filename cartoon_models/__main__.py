"""`python -m cartoon_models`, and the console command `celkit`."""

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main())
