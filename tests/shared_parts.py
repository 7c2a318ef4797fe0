"""Parts that all applications of a test process have alike and that are slow to make: made once.

Each application loads the library (0.9 s of CPU) and compresses its static files (0.7 s); tests make a hundred.
A library in another folder is loaded each time, and other files are compressed each time.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from courses.catalogue import LIBRARY, Catalogue
from foundation.web import static_files


@contextmanager
def made_once() -> Iterator[None]:
    """Until the end, Catalogue.load and the preparing of static files give copies of what they gave first."""
    load, prepare = Catalogue.load, static_files._prepare
    load_once = cache(load)

    def load_shared(folder: Path = LIBRARY) -> Catalogue:
        return load_once() if folder == LIBRARY else load(folder)

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as prepared:

        def prepare_shared(place: Path, files: Mapping[str, Path]) -> None:
            made = Path(prepared) / place.name  # the hash of all its files
            if not made.exists():
                prepare(made, files)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(made, place, dirs_exist_ok=True)

        patch.setattr(Catalogue, "load", load_shared)
        patch.setattr(static_files, "_prepare", prepare_shared)
        yield
