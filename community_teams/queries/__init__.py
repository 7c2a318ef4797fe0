"""Reading households, visits and coverage; every function takes the scope it may see."""
