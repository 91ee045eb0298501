"""Every sentence a person reads, by code, in Chinese and English. The sentences stand in ``tables/``, nowhere else."""

from teller_assist.wording.sentences import Sentences, codes, error_sentences, reason_sentences, sentence

__all__ = ["Sentences", "codes", "error_sentences", "reason_sentences", "sentence"]
