"""How scenarios are made: a recipe's draft over a world, its gold, its evidence, and what speaks against it."""
