"""What does a report say? Findings become sections of finished strings; terminal and Markdown only lay them out."""
