"""The draws' services, a package for each room. A room uses the rooms before it, never one after.

ground: finding a draw and its trace · planning: the plan · holding: from the freeze to the last
reveal · outcome: the result as it stands · telling: what is public of it · drawing: what is done
once the seed is known. Each room's names for others are those of its package.

Steps that people press own their transaction and take the actor; what reads takes the session.
"""
