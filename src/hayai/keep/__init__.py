"""What happened, kept for good? Records, the journal that holds them, and the run directory: files are the database."""
