"""The parts of the policy check, one idea a file: each answers the faults that it finds in a recording."""
