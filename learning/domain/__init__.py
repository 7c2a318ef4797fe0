"""The rules of learning: progress, what is kept of an answer, names, codes and letters. Pure."""
