"""Changes to the lists: hamlets renamed, merged and split, households merged and moved."""
