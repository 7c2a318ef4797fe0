"""The figures the house promises, measured. `make bench` prints each with its goal beside it; none of it is a test."""
