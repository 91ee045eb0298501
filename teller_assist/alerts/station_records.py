"""The station's records: every transaction a sealed case, kept durably, delivered in order. What the workflow sees of all this.

begin -> draft (open/) -> renew_draft ... -> keep -> outbox/ -> courier -> receipt -> removed
"""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from teller_assist import __version__
from teller_assist.alerts.answer_watch import ASK_WAIT_S, AnswerWatch
from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_faces import BranchFaces
from teller_assist.alerts.branch_register import BranchRegister
from teller_assist.alerts.branch_sign_on import BranchSignOn
from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.courier import NEVER_TAKEN, Courier
from teller_assist.alerts.enrolment import KEY_NAME, Enrolment, read_enrolment, records_folder
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.offline_sign_on import OfflineSignOns
from teller_assist.alerts.outbox import Item, Outbox
from teller_assist.alerts.states import Begun, BranchState, Kept
from teller_assist.alerts.waiting_file import WaitingFile
from teller_assist.errors import BranchRefusedError, ResourceError, SecretsError, SuiteError
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import BranchSettings
from teller_assist.settings.secrets import KeyFileSecrets, KeyringSecrets, Secrets

_CLOSE_WAIT_S = 1.0
_REMEMBERED = 1000
_NOT_TOLD_TO = frozenset({404, 405, 422})
_logger = logger_for(Subject.BRANCH)


class StationRecords:
    """One enrolled station's records. Safe for several threads; ``state`` and ``kept`` touch no disk.

    Raises
    ------
    OutboxError, ResourceError
        The folder is held by another program, damaged, or cannot be written to.
    """

    def __init__(self, folder: Path, enrolment: Enrolment, key: SigningKey, settings: BranchSettings) -> None:
        self.station_id, self.station_name = enrolment.station_id, enrolment.station_name
        self._recipient, self._key = enrolment.server.recipient, key
        self._lock = threading.RLock()  # over everything below
        self._outbox = Outbox(folder, key.verify_key, receipts_kept=settings.receipts_kept)
        self.waiting_reviews = WaitingFile(folder)
        self._waiting = self._outbox.waiting()
        self._refused = self._outbox.refused()
        self._kept: dict[str, Kept] = dict.fromkeys((item.case_id for item in self._waiting), Kept.SAVED)
        self._saved_s: dict[str, float] = {}
        self._delivered_ms: dict[str, float] = {}
        self._unsaved: dict[Item, Mapping[str, Any]] = {}
        self._disk_problem: ResourceError | None = None
        self._to_announce: Begun | None = None
        self._under_way: set[str] = set()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._closed = False
        # Set by whoever knows the devices: {kind, state, plugin} each, called on the courier's thread.
        self.tell_devices: Callable[[], Sequence[Mapping[str, str]]] = tuple
        self._clients = (
            BranchClient(enrolment, key, settings.timeout_s, settings.ca_file),
            BranchClient(enrolment, key, settings.kinship_timeout_s, settings.ca_file),
            BranchClient(enrolment, key, settings.kinship_timeout_s, settings.ca_file),
            BranchClient(enrolment, key, settings.timeout_s, settings.ca_file),
        )
        self.register = BranchRegister(self._clients[1])
        self.recent_faces = BranchFaces(self._clients[2], self.register)
        self.answers = AnswerWatch(
            lambda: BranchClient(enrolment, key, ASK_WAIT_S + settings.timeout_s, settings.ca_file), settings
        )
        self.sign_on = BranchSignOn(self._clients[3], OfflineSignOns(folder, enrolment, key))
        self._courier = Courier(self, settings, self._tell)
        self._courier.wake()

    def begin(self, make_draft: Callable[[Begun], Mapping[str, Any]], *, announce: bool = True) -> Begun:
        """Take the next number and keep a first draft.

        Parameters
        ----------
        make_draft
            Returns the case/1 document to keep, should the program end before the transaction does.
        announce
            Tell the server of the number at once; not where the whole case follows at once.

        A disk that is full holds up no customer: the state tells it, and the case is kept once there is room.
        """
        with self._lock:
            begun = Begun(self._outbox.next_sequence, uuid.uuid4().hex, datetime.datetime.now(datetime.UTC))
            self._draft(Item(begun.sequence, begun.case_id), make_draft(begun))
            self._under_way.add(begun.case_id)
            self._kept[begun.case_id] = Kept.SAVING
            for old in list(self._kept)[:-_REMEMBERED]:
                self._kept.pop(old)
            if announce:
                self._to_announce = begun
        self._courier.wake()
        return begun

    def renew_draft(self, case: Mapping[str, Any]) -> None:
        """Keep what is known now in place of the last draft."""
        with self._lock:
            self._draft(Item(case["station_sequence"], case["case_id"]), case)

    def keep(self, case: Mapping[str, Any]) -> float:
        """Keep the final case; it is safe once this returns.

        Returns
        -------
        Milliseconds that sealing and writing took.

        Raises
        ------
        ResourceError
            It is not safe: the sealed envelope is held in memory and tried again until it is.
        """
        started_s = time.perf_counter()
        item = Item(case["station_sequence"], case["case_id"])
        envelope = self._sealed(case)
        with self._lock:
            try:
                self._put(item, envelope)
            except ResourceError as error:
                self._unsaved[item] = envelope
                self._kept[item.case_id] = Kept.NOT_SAVED
                self._disk_problem = error
                raise
            finally:
                self._under_way.discard(item.case_id)
                self._courier.wake()
                self._tell()
        return 1000 * (time.perf_counter() - started_s)

    def kept(self, case_id: str) -> Kept:
        """Return how far a case has come; one of an earlier day counts as delivered once it is gone from here."""
        with self._lock:
            known = self._kept.get(case_id)
            if known is None:
                return Kept.SAVED if any(item.case_id == case_id for item in self._waiting) else Kept.DELIVERED
            return known

    def delivered_ms(self, case_id: str) -> float | None:
        """Return the milliseconds from the disk to the receipt; None: not delivered yet, or long ago."""
        with self._lock:
            return self._delivered_ms.get(case_id)

    def state(self) -> BranchState:
        """Return how everything fares."""
        with self._lock:
            reach = self._courier.reach
            waiting, unsaved = len(self._waiting) + len(self._unsaved), len(self._unsaved)
            return BranchState(reach.reachable, waiting, self._refused, unsaved, self._disk_problem or reach.problem)

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have a function called, from any thread and without a payload, when something changed."""
        self._listeners = (*self._listeners, changed)

    def close(self) -> None:
        """Stop delivering and let the folder go; what waits is delivered after the next start."""
        self._listeners = ()
        self.answers.close(0.0)  # both are told first
        self._courier.close(_CLOSE_WAIT_S)
        self.answers.close(_CLOSE_WAIT_S)
        self.sign_on.close(_CLOSE_WAIT_S)
        with self._lock:
            if self._unsaved:
                self._save_unsaved()
            self._closed = True
            self._outbox.close()
        for client in self._clients:
            client.close()

    # ------------------------------------------------------------ the courier's side

    def deliver_next(self) -> bool:
        """See ``courier.Deliverer``: what is unsaved is written first, then the announcement goes, then the oldest case."""
        with self._lock:
            if self._closed:
                return False
            if self._unsaved:
                self._save_unsaved()
            begun, item = self._to_announce, self._waiting[0] if self._waiting else None
            envelope = None if item is None else self._outbox.envelope(item)
            if item is not None and envelope is None:
                self._set_aside(item, "damaged")
                return True
        if begun is not None:
            self._announce(begun)
        if item is not None and envelope is not None:
            self._deliver(item, envelope)
        with self._lock:
            return bool(self._waiting or self._unsaved or self._to_announce)

    def beat(self) -> None:
        """See ``courier.Deliverer``; a server of an earlier version knows no heartbeats, and that is no fault."""
        with self._lock:
            if self._closed:
                return
            told = {
                "product_version": __version__,
                "highest_sequence": self._outbox.next_sequence - 1,
                "under_way": len(self._under_way),
                "waiting": len(self._waiting) + len(self._unsaved),
                "refused": self._refused,
                "unsaved": len(self._unsaved),
            }
        try:
            self._clients[0].beat({**told, "devices": [dict(one) for one in self.tell_devices()]})
        except BranchRefusedError as error:
            if error.facts.get("status") not in _NOT_TOLD_TO:
                raise
            _logger.info("the branch server takes no heartbeat: %s", error)

    def _announce(self, begun: Begun) -> None:
        try:
            self._clients[0].announce(begun.sequence, utc_text(begun.started))
        except BranchRefusedError as error:
            if error.facts.get("status") not in NEVER_TAKEN:
                raise
            _logger.warning("the announcement of a number was not taken: %s", error)  # its case will say the same
        with self._lock:
            if self._to_announce is begun:
                self._to_announce = None

    def _deliver(self, item: Item, envelope: Mapping[str, Any]) -> None:
        try:
            receipt = self._clients[0].deliver(envelope)
        except BranchRefusedError as error:
            if error.facts.get("status") not in NEVER_TAKEN:
                raise
            with self._lock:
                if not self._closed:
                    self._outbox.set_aside(item)
                    self._set_aside(item, str(error.facts.get("why")))
            return
        with self._lock:
            if self._closed:
                return  # left behind by close(): the next start delivers it again and gets the same receipt
            self._outbox.delivered(item, receipt)
            self._waiting.remove(item)
            self._kept[item.case_id] = Kept.DELIVERED
            if item.case_id in self._saved_s:
                self._delivered_ms[item.case_id] = 1000 * (time.perf_counter() - self._saved_s.pop(item.case_id))
        self._tell()

    def _set_aside(self, item: Item, why: str) -> None:
        self._waiting.remove(item)
        self._refused += 1
        self._kept[item.case_id] = Kept.REFUSED
        _logger.error("a case was set aside: %s", why)
        self._tell()

    # ------------------------------------------------------------ the disk's side

    def _sealed(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        return seal_case(case, recipient=self._recipient, key=self._key)

    def _draft(self, item: Item, case: Mapping[str, Any]) -> None:
        try:
            self._outbox.put_draft(item, self._sealed(case))
        except ResourceError as error:
            self._disk_problem = error
            self._tell()
        else:
            self._disk_problem = self._disk_problem if self._unsaved else None

    def _put(self, item: Item, envelope: Mapping[str, Any]) -> None:
        self._outbox.put_case(item, envelope)
        self._waiting = sorted({*self._waiting, item})
        self._kept[item.case_id] = Kept.SAVED
        self._saved_s[item.case_id] = time.perf_counter()
        if not self._unsaved:
            self._disk_problem = None

    def _save_unsaved(self) -> None:
        """Write what is held in memory, the oldest first.

        Raises
        ------
        ResourceError
            There is still no room: the courier comes back.
        """
        for item, envelope in sorted(self._unsaved.items(), key=lambda held: held[0]):
            del self._unsaved[item]
            try:
                self._put(item, envelope)
            except ResourceError:
                self._unsaved[item] = envelope
                raise
        self._tell()

    def _tell(self) -> None:
        for changed in self._listeners:
            changed()


def open_station_records(settings: BranchSettings, *, secrets: Secrets | None = None) -> StationRecords | None:
    """Open the records of this station; None where it is not enrolled.

    Parameters
    ----------
    secrets
        Where the station's key is; by what the enrolment says when left out.

    Raises
    ------
    SecretsError, SuiteError, OutboxError, ResourceError
        It is enrolled, and its key or its records cannot be used.
    """
    folder = records_folder(settings.data_folder)
    enrolment = read_enrolment(folder)
    if enrolment is None:
        return None
    place = secrets or station_secrets(folder, in_file=enrolment.key_in_file)
    seed = place.read(KEY_NAME)
    try:
        key = SigningKey(seed)
    except ValueError as error:
        raise SecretsError("key_file_unsafe") from error
    if key.suite is not enrolment.server.suite:
        raise SuiteError("suite_differs", kept=key.suite.name, wanted=enrolment.server.suite.name)
    return StationRecords(folder, enrolment, key, settings)


def station_secrets(folder: Path, *, in_file: bool) -> Secrets:
    """Return where a station's key is kept."""
    return KeyFileSecrets(folder) if in_file else KeyringSecrets()
