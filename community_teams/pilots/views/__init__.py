"""Public pages of pilot models (/mo-hinh-diem), and the pages where they are written (/quan-ly/mo-hinh-diem)."""
