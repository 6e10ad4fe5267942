"""The ceremony: what the room, the witnesses' phones and the public see of a draw, and their pages.

The steps themselves are in ``draws.service``; nothing here changes a draw by another way.
"""
