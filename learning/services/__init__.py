"""Services: what learners, teachers and editors can change."""
