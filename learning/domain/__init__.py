"""Pure rules of learning: progress, what is stored of an answer, names, codes and letters."""
