"""The parts of `certgate.types`: use that."""
