"""What leaves the house as files: tables and maps for anybody."""
