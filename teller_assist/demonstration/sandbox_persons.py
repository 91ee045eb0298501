"""The netcheck sandbox's own persons, one for every answer: drawn, named and numbered so that nobody can be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from teller_assist.demonstration.customers import SimulatedCustomer
from teller_assist.demonstration.drawn_faces import LOOKS, Look, drawn_person
from teller_assist.errors import SetError
from teller_assist.evaluation.photo_kinds.encoding import jpeg
from teller_assist.evaluation.photo_kinds.line_layers import laid_over
from teller_assist.evaluation.photo_kinds.mesh import SIZE_PX, MeshLevel, mesh_lines
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import normalised_name
from teller_assist.netcheck_sandbox.persons import SandboxPerson
from teller_assist.settings.personal import Personal

_SEED = 1
_JPEG_QUALITY = 40
_MATCHES = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT})
# Name on record, number, answer, name on the card where it is another. No area's code begins with 19.
_PERSONS = (
    ("林晓样", "190001197608150014", NetcheckCode.MATCH_PHOTO_SAME, ""),
    ("陈示例", "190001198403220028", NetcheckCode.MATCH_PHOTO_DIFFERENT, ""),
    ("赵试样", "19000119910930003X", NetcheckCode.MATCH_NO_PHOTO, ""),
    ("周样利", "190001196902110043", NetcheckCode.MATCH_NO_PHOTO, "周样例"),
    ("王?样", "190001200111180052", NetcheckCode.MATCH_PHOTO_SAME, "王\ue863样"),  # 䶮, as systems before GB 18030-2005 wrote it
    ("孙虚构", "190001199506060068", NetcheckCode.CARD_LOST, ""),
    ("吴模拟", "190001198801020072", NetcheckCode.CARD_INVALID, ""),
    ("郑例样", "190001197912240081", NetcheckCode.FORMAT_ERROR, ""),
    ("冯测试", "190001199910090090", NetcheckCode.SERVICE_DOWN, ""),
)


def sandbox_persons() -> tuple[SandboxPerson, ...]:
    """Return the sandbox's own persons; the same pictures every time."""
    rng = np.random.default_rng(_SEED)
    return tuple(
        SandboxPerson(
            name=Personal(name),
            number=Personal(IdNumber(number)),
            code=code,
            photo=_mesh_photo(LOOKS[place % len(LOOKS)], rng) if code in _MATCHES else b"",
            card_name=Personal(card_name) if card_name else None,
        )
        for place, (name, number, code, card_name) in enumerate(_PERSONS)
    )


def customers_as_persons(customers: Iterable[SimulatedCustomer]) -> tuple[SandboxPerson, ...]:
    """Return simulated customers as the authority knows them; one whom it shall not find is left out.

    Raises
    ------
    SetError
        A ``netcheck.jpg`` cannot be read.
    """
    return tuple(_known(customers))


def _known(customers: Iterable[SimulatedCustomer]) -> Iterator[SandboxPerson]:
    for one in customers:
        if one.netcheck_code is NetcheckCode.NOT_FOUND or one.holder_number is None:
            continue
        path = one.folder / "netcheck.jpg"
        try:
            photo = path.read_bytes() if path.is_file() else b""
        except OSError as error:
            raise SetError("set_invalid", why="folder_unreadable", customer=one.number) from error
        name = normalised_name(one.holder_name.reveal())  # as the question writes it
        if one.netcheck_code is NetcheckCode.NAME_MISMATCH:
            name = "样" + name
        yield SandboxPerson(Personal(name), one.holder_number, one.netcheck_code, photo, card_name=one.holder_name)


def _mesh_photo(look: Look, rng: np.random.Generator) -> bytes:
    return jpeg(laid_over(drawn_person(*SIZE_PX, look), mesh_lines(rng, MeshLevel.MEDIUM)), _JPEG_QUALITY)
