"""The real window on a real X server with a window manager, beside a maximised window of another program."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ui.dock.conftest import Desktop, Program

Start = Callable[..., "Program"]
TERMINAL, OURS = "core banking", "柜面核身助手"


def wait_for(condition: Callable[[], object], what: str) -> None:
    from tests.ui.dock.conftest import wait_for

    wait_for(condition, what)


def has_keyboard(desktop: Desktop, title: str) -> None:
    wait_for(lambda: desktop.is_active(title), f"{title} to have the keyboard")


@pytest.mark.full
def test_a_maximised_neighbour_ends_where_the_window_begins(desktop: Desktop, docked: Start) -> None:
    docked("ready")
    assert desktop.edges(TERMINAL) == (0, 1528)
    assert desktop.edges(OURS) == (1528, 1920)
    assert desktop.is_active(TERMINAL)


@pytest.mark.full
def test_the_left_edge_by_setting(desktop: Desktop, docked: Start) -> None:
    docked("ready", "left")
    assert desktop.edges(TERMINAL) == (392, 1920)
    assert desktop.edges(OURS) == (0, 392)


@pytest.mark.full
def test_a_scale_factor_of_the_administrator(desktop: Desktop, docked: Start) -> None:
    docked("ready", QT_SCALE_FACTOR="1.5")
    assert desktop.edges(TERMINAL) == (0, 1920 - 588)
    assert desktop.edges(OURS) == (1920 - 588, 1920)


@pytest.mark.full
def test_buttons_fire_while_the_terminal_keeps_the_keyboard(desktop: Desktop, neighbour: Program, docked: Start) -> None:
    window = docked("ready")
    desktop.click_on(window, "ready.begin_button")
    window.said("wish begin")
    window.send("show attack")
    window.said("shown customer")
    assert desktop.is_active(TERMINAL), "neither a click nor an alert takes the keyboard"
    desktop.type("x")
    neighbour.said("typed x")
    assert window.asked("key", "focus ") == "none"


@pytest.mark.full
def test_ctrl_alt_v_brings_the_keys_and_esc_gives_the_keyboard_back(desktop: Desktop, neighbour: Program, docked: Start) -> None:
    window = docked("match")
    desktop.press("ctrl+alt+v")
    has_keyboard(desktop, OURS)
    desktop.press("F7")
    wait_for(lambda: window.asked("key", "focus ") == "ReasonForm", "the reason form")
    desktop.press("Escape")  # closes the form
    desktop.press("F6")
    window.said("wish decide pass   ()")
    assert desktop.is_active(OURS)
    desktop.press("Escape")
    has_keyboard(desktop, TERMINAL)
    desktop.type("y")
    neighbour.said("typed y")


@pytest.mark.full
@pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock"])
def test_the_hotkey_works_with_locks_on(desktop: Desktop, docked: Start, lock: str) -> None:
    docked("match")
    desktop.press(lock)
    try:
        desktop.run("xdotool", "key", "ctrl+alt+v")  # as it is pressed: without clearing the lock first
        has_keyboard(desktop, OURS)
    finally:
        desktop.press(lock)
    desktop.press("Escape")
    has_keyboard(desktop, TERMINAL)


@pytest.mark.full
def test_ctrl_alt_b_folds_the_window_and_the_neighbour_grows(desktop: Desktop, docked: Start) -> None:
    docked("non_match")
    desktop.press("ctrl+alt+b")
    wait_for(lambda: desktop.edges(TERMINAL) == (0, 1872), "the neighbour to grow")
    assert desktop.edges(OURS) == (1872, 1920)
    assert desktop.is_active(TERMINAL)
    desktop.press("ctrl+alt+v")  # who asks for the keyboard wants the panel
    wait_for(lambda: desktop.edges(TERMINAL) == (0, 1528), "the neighbour to shrink")
    has_keyboard(desktop, OURS)


@pytest.mark.full
def test_a_click_on_the_sign_on_screen_takes_the_keyboard_until_the_teller_is_signed_on(
    desktop: Desktop, neighbour: Program, docked: Start
) -> None:
    window = docked("sign_on")
    desktop.click_on(window, "sign_on_page.title")
    has_keyboard(desktop, OURS)
    wait_for(lambda: window.asked("key", "focus ") == "QLineEdit", "the name's field")
    desktop.type("10427")
    desktop.press("Return")
    window.said("wish sign_on 10427")
    window.send("show ready")
    has_keyboard(desktop, TERMINAL)
    desktop.type("z")
    neighbour.said("typed z")


@pytest.mark.full
def test_the_second_signature_takes_the_keyboard_until_it_is_given(desktop: Desktop, docked: Start) -> None:
    window = docked("non_match")
    desktop.click_on(window, "pass")
    has_keyboard(desktop, OURS)
    wait_for(lambda: window.asked("key", "focus ") == "QLineEdit", "the second teller's field")
    desktop.type("20815")
    desktop.press("Return")
    window.said("wish decide pass  20815 ()")
    has_keyboard(desktop, TERMINAL)


@pytest.mark.full
def test_clicking_the_terminal_takes_the_keyboard_back(desktop: Desktop, docked: Start) -> None:
    window = docked("match")
    desktop.press("ctrl+alt+v")
    has_keyboard(desktop, OURS)
    desktop.click(300, 500)
    has_keyboard(desktop, TERMINAL)
    desktop.click_on(window, "header.language_button")
    desktop.click_on(window, "header.lock_button")
    window.said("wish lock")
    assert desktop.is_active(TERMINAL)


@pytest.mark.full
def test_a_second_window_is_told_that_the_keys_are_taken(desktop: Desktop, docked: Start) -> None:
    docked("ready")
    second = docked("ready")
    assert "Ctrl+Alt+V, Ctrl+Alt+B" in second.asked("notices", "notices ")


@pytest.mark.full
def test_where_no_edge_can_be_reserved_the_window_stands_on_top_and_says_so(desktop: Desktop, neighbour: Program) -> None:
    window = desktop.program("tests.stand_ins.docked_program", "ready", WAYLAND_DISPLAY="wayland-0")
    try:
        wait_for(lambda: desktop.edges(OURS) == (1528, 1920), f"the window {window.errors}")
        window.said("shown ready")
        assert "窗口将保持在最前" in window.asked("notices", "notices ")
        assert desktop.edges(TERMINAL) == (0, 1920)
        desktop.click_on(window, "ready.begin_button")
        window.said("wish begin")
        assert desktop.is_active(TERMINAL)
    finally:
        window.end()


@pytest.mark.full
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_in_order(desktop: Desktop, docked: Start, number: signal.Signals) -> None:
    window = docked("ready")
    window.process.send_signal(number)
    assert window.process.wait(30) == 0
    window.said("wish close")
    assert window.errors == []
    wait_for(lambda: desktop.edges(TERMINAL) == (0, 1920), "the neighbour to grow back")


@pytest.mark.full
def test_after_a_kill_nothing_stays_reserved(desktop: Desktop, docked: Start) -> None:
    window = docked("ready")
    window.process.kill()
    wait_for(lambda: desktop.edges(TERMINAL) == (0, 1920), "the neighbour to grow back")
