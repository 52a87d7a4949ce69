"""How do bytes reach the service and come back stamped? The sockets, and the credentials that open its door."""
