"""Seals a PDF with the organisation's certificate (PAdES B-B), so that a reader shows who issued it and that nothing in
it was changed. Only loaded where a seal is configured: pyHanko costs a second and 20 MB.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

FIELD = "Seal"
# PDF/UA wants every mark on the page tagged and PDF/A wants none hidden: an empty box beside the page satisfies both.
_UNSEEN = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)

_signers: dict[tuple[Path, str], SimpleSigner] = {}


class _AsItStands(IncrementalPdfFileWriter):
    """Adds the seal and leaves the file's own account of itself alone."""

    def _update_meta(self) -> None:
        # pyHanko would write the metadata anew, as its own: PDF/A wants it to agree with the rest of the file.
        return


def sealed(pdf: bytes, file: Path, password: str, *, tip: str) -> bytes:
    """`pdf` with a seal added to its end; nothing of what it holds is written anew.

    file, password: the PKCS#12 file with certificate and EC P-256 key; read once in a process. tip: what a screen
    reader says of the seal. Raises LookupError when the file cannot be used.
    """
    written = io.BytesIO()
    signer = PdfSigner(
        PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
        signer=_signer(file, password),
        new_field_spec=SigFieldSpec(FIELD, invis_sig_settings=_UNSEEN, readable_field_name=tip),
    )
    # pyHanko starts an event loop of its own, which a thread that already has one running refuses.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(signer.sign_pdf, _AsItStands(io.BytesIO(pdf)), output=written).result()
    return written.getvalue()


def _signer(file: Path, password: str) -> SimpleSigner:
    if (file, password) not in _signers:
        signer = SimpleSigner.load_pkcs12(str(file), passphrase=password.encode())
        if signer is None:
            raise LookupError(f"no certificate with a key in {file}")
        _signers[file, password] = signer
    return _signers[file, password]
