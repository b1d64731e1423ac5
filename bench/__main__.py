"""``python -m bench rush booking``: run a benchmark by name."""

from __future__ import annotations

import argparse
import sys

from bench import dryrun, editor, lottery, rush


def main() -> int:
    """Run the benchmark named on the command line; the exit status says whether its ratios hold."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    rushing = kinds.add_parser("rush", help="many people at once")
    rushing.add_argument("what", choices=["booking"])
    rushing.add_argument("--people", type=int, default=1000, help="logged-in residents, a connection each")
    rushing.add_argument("--slots", type=int, default=200)
    rushing.add_argument("--bookings", type=int, default=200, help="uncontended bookings")
    rushing.add_argument("--rounds", type=int, default=3, help="rounds, of which medians are printed")
    drawing = kinds.add_parser("lottery", help="a big lottery: sealed, drawn, stored, proved")
    drawing.add_argument("--applicants", type=int, default=100_000, help="with ten wishes each; a tenth is run before")
    checking = kinds.add_parser("editor", help="the check of rules that are being typed")
    checking.add_argument("--rounds", type=int, default=15)
    trying = kinds.add_parser("dryrun", help="what drafts of rules would do to many bookings")
    trying.add_argument("--bookings", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.kind == "dryrun":
        return dryrun.run(arguments.bookings)
    if arguments.kind == "lottery":
        return lottery.run(arguments.applicants)
    if arguments.kind == "editor":
        return editor.run(arguments.rounds)
    size = rush.Size(
        people=arguments.people, slots=arguments.slots, bookings=arguments.bookings, rounds=arguments.rounds
    )
    return rush.run(size)


if __name__ == "__main__":
    sys.exit(main())
