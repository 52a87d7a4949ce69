"""What do the records say? Pure: records and a plan in, findings out. No clock, no file, no socket, no text for people."""
