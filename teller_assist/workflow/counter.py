"""The equipment that stands at the counter now, and the pipeline from its camera."""

from __future__ import annotations

import threading
from collections.abc import Callable

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import KnownError
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.settings.schema import CaptureSettings
from teller_assist.wording import Sentences, error_sentences
from teller_assist.workflow.customer import DeviceIdentity
from teller_assist.workflow.equipment import SESSION_DEVICES, CounterEquipment, EquipmentSource, devices_of
from teller_assist.workflow.face_watch import FaceWatch
from teller_assist.workflow.pipeline import Pipeline
from teller_assist.workflow.preview_frame import PreviewFrame


class Counter:
    """Opens the equipment, lets frames be measured and shown as far as it is told to, and puts everything away again.

    Parameters
    ----------
    changed
        Called, from any thread, when a device's state changed.
    shown
        Called on the capture thread when a preview frame waits.
    """

    def __init__(
        self,
        source: EquipmentSource,
        measurer: FaceMeasurer | None,
        settings: CaptureSettings,
        watch: FaceWatch,
        *,
        changed: Callable[[], None],
        shown: Callable[[], None],
    ) -> None:
        self._source = source
        self._measurer = measurer
        self._settings = settings
        self._watch = watch
        self._changed, self._shown = changed, shown
        self._lock = threading.Lock()
        self._pipeline: Pipeline | None = None
        self._looking = self._showing = False
        self.equipment: CounterEquipment | None = None
        self.device_states: dict[DeviceKind, DeviceState] = {}
        self.stalled = False
        self.problem: Sentences | None = None

    def prepare(self) -> tuple[CounterEquipment, Pipeline | None]:
        """Open the equipment; takes as long as its devices take. Nobody sees it before ``take``."""
        self.problem = None
        self.device_states.clear()
        try:
            equipment = self._source.open(self._device_changed)
        except KnownError as error:
            self.problem = error_sentences(error)
            equipment = CounterEquipment(absent=dict.fromkeys(SESSION_DEVICES, self.problem))
        if equipment.camera is None:
            return equipment, None
        listener = self._watch.listening(self._shown, self._camera_stalled)
        return equipment, Pipeline(equipment.camera, self._measurer, self._settings, listener)

    def take(self, equipment: CounterEquipment, pipeline: Pipeline | None) -> None:
        """Have what was prepared stand at the counter from now on."""
        with self._lock:
            self.equipment, self.stalled, self._pipeline = equipment, False, pipeline
            self._apply()

    def close(self) -> None:
        """Put everything away; may be called twice."""
        with self._lock:
            equipment, self.equipment = self.equipment, None
            pipeline, self._pipeline = self._pipeline, None
        if equipment is not None:
            equipment.close()
        if pipeline is not None:
            pipeline.close()

    def identities(self) -> tuple[DeviceIdentity, ...]:
        """Return which devices stand here and how they fare; one that is absent has no plugin."""
        with self._lock:
            devices = {} if self.equipment is None else self.equipment.devices()
            kinds = devices_of(self.equipment)
        return tuple(
            DeviceIdentity(
                kind.value,
                devices[kind].plugin_id if kind in devices else "",
                self.device_states.get(kind, DeviceState.STARTING if kind in devices else DeviceState.NOT_AVAILABLE).value,
            )
            for kind in kinds
        )

    def permit(self, *, looking: bool, showing: bool) -> None:
        """Say whether frames may be measured, and whether they may be shown."""
        with self._lock:
            self._looking, self._showing = looking, showing
            self._apply()

    def newest_preview(self) -> PreviewFrame | None:
        """Return the newest frame that was not taken yet."""
        pipeline = self._pipeline
        return None if pipeline is None else pipeline.preview.take()

    def _apply(self) -> None:
        if self._pipeline is None:
            return
        if self._looking:
            self._pipeline.looking.set()
        else:
            self._pipeline.stop_looking()
        if self._showing:
            self._pipeline.showing.set()
        else:
            self._pipeline.showing.clear()
            self._pipeline.preview.clear()

    def _device_changed(self, kind: DeviceKind, state: DeviceState) -> None:
        self.device_states[kind] = state
        self._changed()

    def _camera_stalled(self, stalled: bool) -> None:
        self.stalled = stalled
        self._changed()
