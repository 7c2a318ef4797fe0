"""What people do with areas: load the official ones, and import hamlets and outlines."""

from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.services.hamlets import FaultyHamlets, HamletsAdded, add_hamlets, import_hamlets
from foundation.areas.services.loading import Loaded, load
from foundation.areas.services.outlines import OutlinesImported, Skipped, import_outlines
from foundation.areas.services.tables import UnreadableTable, read_table

__all__ = [
    "FaultyHamlets",
    "HamletsAdded",
    "Loaded",
    "NewHamlet",
    "OutlinesImported",
    "Skipped",
    "UnreadableTable",
    "add_hamlets",
    "import_hamlets",
    "import_outlines",
    "load",
    "read_table",
]
