"""The command line: `python -m certgate`."""

from __future__ import annotations

import signal
import sys

from certgate._certgate import run_command


def main() -> int:
    """Runs the command line with the arguments of the process and returns the exit code."""
    # The engine runs outside of the interpreter, where Python's own handler would have to wait for it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
