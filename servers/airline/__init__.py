"""The airline domain: flights, reservations and their customers. Its table of contents is in domain.py."""
