"""Who learned what: anonymous learners, their answers, practice, questions and letters of completion."""
