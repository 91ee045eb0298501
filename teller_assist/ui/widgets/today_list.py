"""Today's finished transactions."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QResizeEvent
from PyQt5.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from teller_assist.alerts.states import Kept
from teller_assist.evidence.transaction import PersonRole
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import clear, column, label, row, set_role, tell
from teller_assist.ui.widgets.undo_bar import DECISIONS
from teller_assist.ui.widgets.waiting_reviews import look
from teller_assist.ui.words import Words
from teller_assist.workflow.view_today import TodayRow, TodayView

# How far a case has come -> (tone, icon)
KEPT = {
    Kept.SAVING: ("muted", "waiting"),
    Kept.SAVED: ("muted", "check"),
    Kept.DELIVERED: ("good", "ticked"),
    Kept.NOT_SAVED: ("bad", "warning"),
    Kept.REFUSED: ("attention", "warning"),
}


class TodayList(QFrame):
    """Counts in the heading, what waits for the branch server, one line a transaction, newest first."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._shown: tuple[tuple[TodayRow, ...], int | None] | None = None
        set_role(self, "card")
        layout = column(self, 0, 4)
        layout.setContentsMargins(10, 7, 10, 7)
        self.title = label("strong", words.say("today", "title"))
        self.counts = label("small")
        heading = row()
        heading.addWidget(self.title)
        heading.addStretch(1)
        heading.addWidget(self.counts)
        self.sending = label("small", wrap=True)
        self.empty = label("small", words.say("today", "empty"), wrap=True)
        inner = QWidget()
        inner.setObjectName("today")
        self._list = column(inner, 0, 0)
        area = self._area = _Rows()
        area.setObjectName("today")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        layout.addLayout(heading)
        layout.addWidget(self.sending)
        layout.addWidget(self.empty)
        layout.addWidget(area, 1)

    def show_today(self, view: TodayView, *, rows_most: int | None = None) -> None:
        """Show counts and rows.

        Parameters
        ----------
        rows_most
            Show only the newest ones, and of these as many as fit; None: all, with a scroll bar where they do not fit.
        """
        counts = self._words.say("today", "counts", checked=view.checked, referred=view.referred)
        if view.without_face:
            counts += self._words.say("today", "without_face", count=view.without_face)
        tell(self.counts, counts)
        tell(self.sending, self._sending(view))
        self.empty.setVisible(not view.rows)
        if (view.rows, rows_most) == self._shown:
            return
        self._shown = (view.rows, rows_most)
        clear(self._list)
        for one in view.rows[:rows_most]:
            line = self._line(one)
            self._list.addWidget(line)
            line.show()
        self._list.addStretch(1)
        self._area.set_whole_rows(rows_most is not None)

    def _sending(self, view: TodayView) -> str:
        """Say the worst first: what could not be written, what the server does not take, what waits."""
        say = self._words.say
        if view.waiting is None:
            return say("today", "not_enrolled")
        if view.unsaved:
            return say("today", "unsaved", unsaved=view.unsaved)
        if view.refused:
            return say("today", "refused", refused=view.refused)
        if any(one.kept is Kept.SAVING for one in view.rows):
            return say("today", "saving")
        if view.waiting:
            return say("today", "waiting", waiting=view.waiting)
        return say("today", "delivered") if view.rows else say("today", "nothing_waits")

    def _line(self, one: TodayRow) -> QWidget:
        words = self._words
        tone, icon_name, decided = self._decided(one)
        holder = QWidget()
        line = row(holder, 8)
        line.setContentsMargins(0, 3, 4, 3)
        ended, name = label("small", f"{one.ended:%H:%M}"), label("note", one.masked_name)
        ended.setFixedWidth(36)
        name.setMinimumWidth(name.fontMetrics().horizontalAdvance("一" * 4))
        alert = IconView(13)
        alert.show_icon("warning" if one.alert else "", self._theme.attention.text)
        alert.setToolTip(words.say("today", "alert") if one.alert else "")
        name.setAccessibleName(f"{one.masked_name} {words.say('today', 'alert')}" if one.alert else one.masked_name)
        mark = IconView(13)
        mark.show_icon(icon_name, self._theme.tone(tone).text)
        word = label("note", decided)
        word.setMinimumWidth(word.fontMetrics().horizontalAdvance("0" * 8))
        for widget in (ended, name, alert):
            line.addWidget(widget)
        kind = words.say("business_kind", one.business_kind)
        if one.role is not PersonRole.HOLDER:
            kind += f" · {words.say('person_role', one.role)}"
        line.addWidget(label("small", kind), 1)
        line.addWidget(mark)
        line.addWidget(word)
        if one.kept is not None:
            line.addWidget(self._kept(one.kept))
        return holder

    def _decided(self, one: TodayRow) -> tuple[str, str, str]:
        """Return tone, icon and words of what was decided: the last decision, or where the review stands."""
        say = self._words.say
        if one.decision is None:
            return "muted", "minus", say("today", "abandoned")
        if one.later is not None:
            return *DECISIONS[one.later], say("today", "later", decision=say("decision", one.later))
        if one.review is None:
            return *DECISIONS[one.decision], say("decision", one.decision)
        if one.review.is_answered:
            return *look(one.review), say("today", "answered")
        return *look(one.review), say("today", "waits", minutes=one.review.minutes)

    def _kept(self, kept: Kept) -> IconView:
        tone, icon_name = KEPT[kept]
        mark = IconView(13)
        mark.show_icon(icon_name, self._theme.tone(tone).text)
        mark.setToolTip(self._words.say("kept", kept))
        mark.setAccessibleName(self._words.say("kept", kept))
        return mark


class _Rows(QScrollArea):
    """The rows; beside a customer none is shown in part and nothing scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = False

    def set_whole_rows(self, whole: bool) -> None:
        self._whole = whole
        never, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(never if whole else needed)
        beside = QSizePolicy.Policy.Ignored if whole else QSizePolicy.Policy.Expanding  # beside a customer: what is left over
        self.setSizePolicy(QSizePolicy.Policy.Expanding, beside)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        inner = self.widget()
        if inner is None:
            return
        left_px = self.height()
        for one in inner.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            left_px -= one.sizeHint().height()
            one.setVisible(not self._whole or left_px >= 0)
