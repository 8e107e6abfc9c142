"""The kernel: events, whose turn it is, what each party sees. Does no I/O and is pulled."""
