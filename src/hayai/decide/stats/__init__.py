"""How do many numbers become one? Arithmetic on sequences of floats; imports nothing of ours."""
