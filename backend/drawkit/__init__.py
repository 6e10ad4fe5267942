"""drawkit: evenhand-draw/1, a draw anyone can re-compute.

Standard library, numpy and cryptography only: no Flask, no database, no clock, no randomness of
its own. Who needs a random secret brings it.

- ``encoding``: canonical JSON, strict tables · ``merkle``: RFC 6962
- ``commitment``: commitments, transcript, seed, sealed rows, hash chains
- ``selection``: strata, quotas, lots, drawn rows · ``assignment``: officers
- ``replacement``: recorded re-draws of seats · ``draw``: a whole draw from its inputs
- ``proof``: what one enterprise needs to check itself
- ``bundle``: the published zip · ``verify``: every check of it, in plain sentences
"""
