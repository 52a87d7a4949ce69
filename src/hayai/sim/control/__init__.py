"""What does the simulated account say about itself? The services beside the runtime: what they know never comes with an answer."""
