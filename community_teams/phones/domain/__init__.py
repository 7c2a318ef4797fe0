"""The rules of batches and of the work list. Pure."""
