"""The three portraits side by side at one scale, and the words between them; beside a photo with a mesh, the same without it."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPainterPath, QPen
from PyQt5.QtWidgets import QAbstractButton, QFrame, QGridLayout, QLabel, QWidget

from teller_assist.decision.judgement import EdgeName
from teller_assist.ui.frames import FrameImage
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import MARKS, IconLine, button, column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import Chip
from teller_assist.workflow.view_portraits import PairWord, PortraitsView, PortraitView

# Word -> (tone, icon)
PAIRS = {
    PairWord.AGREE: ("good", "check"),
    PairWord.CANNOT_TELL: ("attention", "question"),
    PairWord.DIFFER: ("bad", "cross"),
    PairWord.WAITING: ("muted", "waiting"),
    PairWord.UNSEEN: ("muted", "lock"),
    PairWord.NOT_COMPARED: ("muted", "minus"),
}
# Role -> column. "restored" is the networked-verification photo without its mesh; its column is there only when there is one.
_COLUMNS = {"netcheck": 0, "restored": 1, "live": 3, "chip": 5}
_BETWEEN = {EdgeName.LIVE_NETCHECK: 2, EdgeName.LIVE_CHIP: 4}


class Portraits(QFrame):
    """Networked-verification photo, live picture, chip portrait."""

    opened = pyqtSignal(object)  # PortraitView whose original is wished for
    marks_wanted = pyqtSignal(object, object)  # PortraitView live, PortraitView of the reference

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._shown: PortraitsView | None = None
        self._compact = self._judged_by_eye = False
        set_role(self, "card")
        layout = column(self, 0, 4)
        layout.setContentsMargins(10, 8, 10, 6)
        self._grid = grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2)
        grid.setVerticalSpacing(3)
        self.pictures = {role: PortraitPicture(words, theme, role) for role in _COLUMNS}
        self.captions: dict[str, QLabel] = {}
        for role, picture in self.pictures.items():
            picture.clicked.connect(lambda _checked=False, role=role: self._open(role))
            self.captions[role] = label("small_strong" if role == "live" else "small", words.say("portrait_caption", role))
            self.captions[role].setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(picture, 0, _COLUMNS[role])
            grid.addWidget(self.captions[role], 1, _COLUMNS[role])
            grid.setColumnStretch(_COLUMNS[role], 1)
        self.pairs = {edge: _Between(words, theme) for edge in _BETWEEN}
        for edge, place in _BETWEEN.items():
            grid.addWidget(self.pairs[edge], 0, place)
        self.documents = IconLine(theme, role="note")
        self.printed = IconLine(theme, role="note")
        self.printed.hide()
        self.pad = IconLine(theme, role="note")
        self.pad.hide()
        self.by_layout = IconLine(theme, role="note")
        self.by_layout.hide()
        self.marks = button(words.say("panel", "compare_marks"), "link", self._open_marks)
        self.marks.hide()
        below = row()
        below.addWidget(self.documents, 1)
        below.addWidget(self.marks)
        below.addWidget(self.pad)
        layout.addLayout(grid)
        layout.addLayout(below)
        layout.addWidget(self.printed)
        layout.addWidget(self.by_layout)
        self._show_restored_column(False)

    def set_compact(self, compact: bool) -> None:
        """Show lower pictures."""
        self._compact = compact
        self._fit()

    def show_portraits(self, portraits: PortraitsView | None) -> None:
        """Show portraits and pairs; None takes every face away."""
        if portraits is not None and portraits is self._shown:
            return
        self._shown = portraits
        if portraits is None:
            for role, picture in self.pictures.items():
                picture.show_portrait(PortraitView(role, None), QSize(1, 1))
            self._show_restored_column(False)
            self.by_layout.hide()
            self.printed.hide()
            self.marks.hide()
            return
        self.marks.setVisible(portraits.for_marks is not None)
        netcheck = portraits.netcheck
        # A click on either opens both: the restored picture is never shown without the photo it came from.
        restored = replace(netcheck, role="restored", pixels=netcheck.restored)
        views = {"netcheck": netcheck, "restored": restored, "live": portraits.live, "chip": portraits.chip}
        self._show_restored_column(netcheck.restored is not None)
        shapes = [view.pixels.shape for view in views.values() if view.pixels is not None]
        largest = QSize(max((shape[1] for shape in shapes), default=1), max((shape[0] for shape in shapes), default=1))
        for role, view in views.items():
            self.pictures[role].show_portrait(view, largest)
        self._judged_by_eye = PairWord.UNSEEN in portraits.pairs.values()
        for place, between in self.pairs.items():
            edge = EdgeName.LIVE_PRINTED if place is EdgeName.LIVE_CHIP and portraits.chip.role == "printed" else place
            between.show_pair(edge, portraits.pairs[edge])
            between.setVisible(not self._judged_by_eye)
        tell(self.captions["live"], self._words.say("portrait_caption", "imported" if portraits.live.imported else "live"))
        tell(self.captions["chip"], self._words.say("portrait_caption", portraits.chip.role))
        self._fit()
        self.by_layout.setVisible(netcheck.by_layout)
        if netcheck.by_layout:
            self.by_layout.show_line("question", "attention", self._words.say("panel", "aligned_by_layout"))
        self._show_pair_below(self.documents, EdgeName.CHIP_NETCHECK, portraits.pairs[EdgeName.CHIP_NETCHECK])
        printed = portraits.pairs[EdgeName.LIVE_PRINTED]
        # Small while all is well: that the printed portrait agrees, the scan says.
        self.printed.setVisible(portraits.chip.role == "chip" and printed in (PairWord.DIFFER, PairWord.CANNOT_TELL))
        self._show_pair_below(self.printed, EdgeName.LIVE_PRINTED, printed)

    def show_pad(self, chip: Chip | None) -> None:
        """Show what presentation attack detection says, where there is no preview to show it."""
        self.pad.setVisible(chip is not None)
        if chip is not None:
            tone, icon_name = MARKS[chip.mark]
            detail = self._words.of(chip.detail) if chip.detail is not None else ""
            self.pad.show_line(icon_name, tone, self._words.say("pad_chip", chip.code), detail=detail)

    def _fit(self) -> None:
        """Give the pictures the words' room as well while they are judged by eye."""
        height_px = (118 if self._compact else 150) if self._judged_by_eye else (86 if self._compact else 108)
        for picture in self.pictures.values():
            picture.setFixedHeight(height_px)

    def _show_restored_column(self, shown: bool) -> None:
        self.pictures["restored"].setVisible(shown)
        self.captions["restored"].setVisible(shown)
        self._grid.setColumnStretch(_COLUMNS["restored"], 1 if shown else 0)

    def _show_pair_below(self, line: IconLine, edge: EdgeName, pair: PairWord) -> None:
        tone, icon_name = PAIRS[pair]
        words = self._words
        told = words.say("panel", "named", name=words.say("edge", edge), what=words.say("pair", pair))
        line.show_line(icon_name, tone, told)
        set_role(line.label, tone if pair is PairWord.DIFFER else "note")

    def _open_marks(self) -> None:
        reference = None if self._shown is None else self._shown.for_marks
        if self._shown is not None and reference is not None:
            self.marks_wanted.emit(self._shown.live, reference)

    def _open(self, role: str) -> None:
        if self._shown is None:
            return
        view: PortraitView = getattr(self._shown, "netcheck" if role == "restored" else role)
        if view.original is not None:
            self.opened.emit(view)


class PortraitPicture(QAbstractButton):
    """One portrait; a click asks for its original."""

    def __init__(self, words: Words, theme: Theme, role: str) -> None:
        super().__init__()
        self._words, self._theme, self._role = words, theme, role
        self._image: FrameImage | None = None
        self._pixels: object = None
        self._largest = QSize(1, 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(58)
        layout = column(self, 4)
        self.absent = label("small", wrap=True)
        self.absent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.absent.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addWidget(self.absent)

    @property
    def shows_picture(self) -> bool:
        """Whether a face is to be seen."""
        return self._image is not None

    def show_portrait(self, view: PortraitView, largest: QSize) -> None:
        """Show a portrait.

        Parameters
        ----------
        largest
            Size of the largest of the three, from which the one scale follows.
        """
        if view.pixels is not self._pixels:
            self._pixels = view.pixels
            self._image = FrameImage(view.pixels) if view.pixels is not None else None
        self._largest = largest
        words, name = self._words, self._words.say("portrait", "imported" if view.imported else view.role)
        gone = words.say("portrait_absent", view.absent) if view.pixels is None else ""
        tell(self.absent, gone)
        self.absent.setVisible(bool(gone))
        has_original = view.original is not None
        self.setEnabled(has_original)
        self.setCursor(Qt.CursorShape.PointingHandCursor if has_original else Qt.CursorShape.ArrowCursor)
        click = words.say("panel", "open_original")
        self.setAccessibleName(words.say("panel", "named", name=name, what=gone or click))
        self.setToolTip(click if has_original else "")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return its size in the panel."""
        return QSize(88, 120)

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw the face, cropped to the frame, or an empty frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        rounded = QPainterPath()
        rounded.addRoundedRect(place, 6, 6)
        painter.fillPath(rounded, QColor(self._theme.well))
        if self._image is not None:
            painter.save()
            painter.setClipPath(rounded)
            scale = max(place.width() / self._largest.width(), place.height() / self._largest.height())
            width, height = self._image.width() * scale, self._image.height() * scale
            painter.drawImage(QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height), self._image)
            painter.restore()
        live = self._role == "live"
        pen = QPen(QColor(self._theme.accent if live else self._theme.line), 2 if live else 1)
        if self.hasFocus():
            pen = QPen(QColor(self._theme.accent), 3)
        painter.setPen(pen)
        painter.drawPath(rounded)


class _Between(QWidget):
    """What one comparison of two neighbours says: icon and word."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self.setFixedWidth(44)
        layout = column(self, 0, 3)
        self.icon = IconView(24, disc=True)
        self.word = label("small_strong", wrap=True)
        self.word.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.word)
        layout.addStretch(1)

    def show_pair(self, edge: EdgeName, pair: PairWord) -> None:
        tone, icon_name = PAIRS[pair]
        colours = self._theme.tone(tone)
        self.icon.show_icon(icon_name, colours.text, colours.soft)
        words = self._words
        name = words.say("panel", "named", name=words.say("edge", edge), what=words.say("pair", pair))
        tell(self.word, words.say("pair_short", pair), name)
        set_role(self.word, f"pair_{tone}")
