"""Bytes to frames and back, for both sides of a connection. Pure: nothing here has a socket, a clock or a thread."""
