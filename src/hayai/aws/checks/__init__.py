"""What is looked at before a comparison? A file per question about access, a line each in `registry.CHECKS`."""
