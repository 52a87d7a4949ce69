"""How does a service speak? Prompts into request bytes, frames into pieces; pure, so nothing here opens or reads a clock."""
