"""Frozen records of what was seen and measured. Evidence is immutable: every stage adds records, none edits one."""
