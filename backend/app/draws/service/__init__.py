"""The draws' services, one package for each room. A room uses the rooms listed before it, never one
after it.

ground: finding a draw and its trace · planning: the plan · holding: from the freeze to the last
reveal · outcome: the result as it stands · telling: what is public of it · drawing: what is done
once the seed is known. Each package exports the names that others may use.

A function behind a button owns its transaction and takes the actor; a function that only reads
takes the session.
"""
