"""What a team could not solve at the door, after the visit: who takes it, how far it is."""
