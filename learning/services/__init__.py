"""What a learner can do: answer, ask for a letter, be forgotten."""
