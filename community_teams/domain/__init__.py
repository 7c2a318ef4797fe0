"""The rules of visits, households and coverage. Pure."""
