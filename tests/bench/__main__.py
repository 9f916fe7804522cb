"""`make bench`: every job in turn, each in a process of its own, one JSON line each; names as arguments choose some."""

import subprocess
import sys

JOBS = ("intake", "intake_large", "list_pages", "session_page", "exports", "export_lists", "live", "start")


def main() -> int:
    """Run the jobs; 1 when one of them could not be run (a goal that is not met is a figure, not a fault)."""
    chosen = sys.argv[1:] or JOBS
    unknown = [name for name in chosen if name not in JOBS]
    if unknown:
        print(f"There is no job {', '.join(unknown)}; there are {', '.join(JOBS)}.", file=sys.stderr)
        return 2
    ended = [subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode for name in chosen]
    return int(any(ended))


if __name__ == "__main__":
    sys.exit(main())
