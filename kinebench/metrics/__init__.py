"""How far an estimate is from a reference."""
