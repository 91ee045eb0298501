"""The second teller's signature, asked for where 通过 stands against a clear non-match."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLineEdit

from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.pieces import button, label, row
from teller_assist.ui.words import Words


class SignatureForm(InlineForm):
    """The name or number of a second teller."""

    signed = pyqtSignal(str)

    def __init__(self, words: Words) -> None:
        super().__init__(words, words.say("panel", "second_signature"))
        self.text = label("note", words.say("panel", "second_signature_text"), wrap=True)
        self.teller = QLineEdit()
        self.teller.setAccessibleName(words.say("panel", "second_teller"))
        self.teller.setMaxLength(40)
        self.confirm = button(words.say("panel", "sign"), "main", self._sign)
        self.confirm.setEnabled(False)
        self.teller.textChanged.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.teller.returnPressed.connect(self._sign)
        self.fields.addWidget(self.text)
        self.fields.addWidget(label("small", words.say("panel", "second_teller")))
        self.fields.addWidget(self.teller)
        last = row()
        last.addWidget(self.confirm, 1)
        last.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fields.addLayout(last)
        self.setFocusProxy(self.teller)

    def _sign(self) -> None:
        teller = self.teller.text().strip()
        if teller:
            self.signed.emit(teller)
