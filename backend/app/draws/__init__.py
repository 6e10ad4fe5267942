"""Draws 抽取: what is prepared, frozen, revealed, drawn and dispatched; thin around drawkit."""
