"""How a customer behaves while they want what they want: clauses that compose, and persons made of them.

A manner never changes what a scenario comes to. Some clauses shape what the customer says (acts, from the brief, their view and
the acts that the script has for this turn), the others how it is written (text, every value left as it is). scenarios/README.md
lists them all.
"""

from engine.users.manner.personas import PERSONAS
from engine.users.manner.playing import CLAUSES, behave, clauses_of, unknown, worded
from engine.users.manner.slipping import slips

__all__ = ("CLAUSES", "PERSONAS", "behave", "clauses_of", "slips", "unknown", "worded")
