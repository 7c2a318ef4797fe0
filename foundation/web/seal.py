"""Seals a PDF with the organisation's certificate (PAdES B-B), so that a reader shows who issued it and that nothing in
it was changed. Only loaded where a seal is configured: pyHanko costs a second and 20 MB.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

FIELD = "Seal"
# PDF/UA wants every mark on the page tagged and PDF/A wants none hidden: an empty box beside the page satisfies both.
_UNSEEN = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)

# DER writes an ECDSA signature in up to three bytes more or less, from one time to the next.
_SPARE_BYTES = 16


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
    # pyHanko starts an event loop of its own, which a thread that already has one running refuses.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(_signed, pdf, file, password, tip).result()


def _signed(pdf: bytes, file: Path, password: str, tip: str) -> bytes:
    simple_signer, reserved = _signer(file, password)
    signer = PdfSigner(
        PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
        signer=simple_signer,
        new_field_spec=SigFieldSpec(FIELD, invis_sig_settings=_UNSEEN, readable_field_name=tip),
    )
    written = io.BytesIO()
    signer.sign_pdf(_AsItStands(io.BytesIO(pdf)), output=written, bytes_reserved=reserved)
    return written.getvalue()


@cache
def _signer(file: Path, password: str) -> tuple[SimpleSigner, int]:
    """The signer, and how many bytes of a PDF hold one of its signatures, as hexadecimal digits.

    Left to itself, pyHanko measures that with a trial signature before each seal, which doubles the time.
    """
    signer = SimpleSigner.load_pkcs12(str(file), passphrase=password.encode())
    if signer is None:
        raise LookupError(f"no certificate with a key in {file}")
    trial = asyncio.run(signer.async_sign(bytes(32), "sha256", dry_run=True, use_pades=True))
    return signer, 2 * (len(trial.dump()) + _SPARE_BYTES)
