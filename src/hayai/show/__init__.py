"""What does the reader see? Findings and records in, text out. Nothing here computes a result, opens a file or measures."""
