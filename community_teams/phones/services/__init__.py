"""What phones and those who look after them can do; every function flushes and none commits."""
