from __future__ import annotations

from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.workflow.equipment import NoDevices
from tests.stand_ins.equipment import ToldAuthority


def test_a_counter_without_devices_asks_the_gateway_and_lets_it_go() -> None:
    gateway = ToldAuthority(NetcheckCode.MATCH_NO_PHOTO)
    equipment = NoDevices(lambda: gateway).open(lambda kind, state: None)
    assert equipment.netcheck is gateway
    equipment.close()
    assert gateway.closed
