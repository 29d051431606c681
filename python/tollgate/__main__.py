"""``python -m tollgate``: the program, with its flags, output and exit codes."""

import signal
import sys

from . import _tollgate


def main() -> int:
    """Runs the program with the arguments of this process."""
    # Ctrl-C ends the program at once, as it does without Python
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _tollgate.run(["tollgate", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
