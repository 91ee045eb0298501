"""A branch server in a process of its own that kills itself at the n-th commit, before or after it.

python -m tests.stand_ins.dying_server DATA PORT NUMBER before|after [DATABASE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.orm import Session

from teller_assist.branch_server.serving import serve
from teller_assist.review.intake import Intake
from teller_assist.review.records import BranchRecords, records_place
from teller_assist.serving import Address
from tests.stand_ins.dying import dying_at


def main() -> None:
    data, port, number, when, *database = sys.argv[1:]

    def tell(url: str) -> None:
        die(int(number), when)  # not at what it asks its own tables before it listens
        say(url)

    address = "".join(database)
    folder = Path(data)
    place = records_place(folder, address)
    serve(place, lambda: BranchRecords(folder, database=address), Address("127.0.0.1", int(port)), tell)


def die(number: int, when: str) -> None:
    """Have the process die at the commit of a taken case: before it nothing may be acknowledged, after it nothing may be lost."""
    if when == "before":
        Session.flush = dying_at(Session.flush, 3 * number, after=True)  # type: ignore[method-assign]
    else:
        Intake.take_case = dying_at(Intake.take_case, number, after=True)  # type: ignore[method-assign]


def say(url: str) -> None:
    """Tell the test that it listens."""
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
