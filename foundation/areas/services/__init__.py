"""What people do with areas: load the official ones, and import hamlets and outlines."""

from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.services.hamlets import FaultyHamlets, HamletsAdded, add_hamlets, import_hamlets
from foundation.areas.services.loading import Loaded, load
from foundation.areas.services.tables import UnreadableTable, read_table

__all__ = [
    "FaultyHamlets",
    "HamletsAdded",
    "Loaded",
    "NewHamlet",
    "UnreadableTable",
    "add_hamlets",
    "import_hamlets",
    "load",
    "read_table",
]
