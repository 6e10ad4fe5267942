"""Draws 抽取: plans, freezes, ceremonies, results and dispatch; drawkit computes everything about
lots."""
