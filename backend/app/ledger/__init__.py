"""The trace: an append-only, publicly verifiable log of every step the law asks about."""
