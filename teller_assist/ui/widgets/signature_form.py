"""The second teller's signature, asked for where 通过 stands against a clear non-match."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.credentials import Credentials
from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.pieces import label, row
from teller_assist.ui.words import Words
from teller_assist.workflow.view_sign_on import SignOnView


class SignatureForm(InlineForm):
    """The name or number of a second teller, or their login and password."""

    signed = pyqtSignal(str)
    signed_with = pyqtSignal(str, object)  # login, Personal[str]

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__(words, words.say("panel", "second_signature"))
        self.text = label("note", words.say("panel", "second_signature_text"), wrap=True)
        self.credentials = Credentials(words, theme, ("panel", "second_teller"), ("panel", "sign"))
        self.teller, self.password, self.confirm = (
            self.credentials.teller,
            self.credentials.password,
            self.credentials.confirm,
        )
        self.credentials.named.connect(self.signed)
        self.credentials.proved.connect(self.signed_with)
        self.fields.addWidget(self.text)
        self.fields.addWidget(self.credentials)
        last = row()
        last.addWidget(self.confirm, 1)
        last.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fields.addLayout(last)
        self.setFocusProxy(self.credentials)

    def show_signing(self, view: SignOnView) -> None:
        """Show whether the second teller is being checked, and why they were refused."""
        self.credentials.show_signing(view)
