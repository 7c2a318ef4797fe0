"""PDF output: render.py is what other packages use, engine.py runs WeasyPrint, sign.py adds a signature (PAdES)."""
