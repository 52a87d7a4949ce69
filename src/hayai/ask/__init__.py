"""What is asked? The plan, and everything that makes one: targets, suites, configuration files, the order of the requests."""
