"""The language of the window, chosen over ``wording``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from teller_assist.errors import Fact
from teller_assist.wording import Sentences, sentence

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Words:
    """Gives every text of the window in one language."""

    language: Language

    @property
    def other(self) -> Language:
        """The language to switch to."""
        return "en" if self.language == "zh" else "zh"

    def of(self, sentences: Sentences) -> str:
        """Return finished sentences in this language."""
        return sentences.zh if self.language == "zh" else sentences.en

    def say(self, group: str, code: str, **facts: Fact) -> str:
        """Return the words of one code.

        Raises
        ------
        BugError
            No such code: an unknown code is never shown as it stands.
        """
        return self.of(sentence(group, code, **facts))
