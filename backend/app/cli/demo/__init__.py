"""The demo county 青禾县: fictional people and enterprises, made by the program's own services."""
