"""What did the user type, and what happens then? One file per verb; the one place where rooms are joined."""
