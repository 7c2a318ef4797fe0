"""Public pages of pilot models (/mo-hinh), and the desk where they are written."""
