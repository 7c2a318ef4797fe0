"""Signs a PDF with the organisation's certificate (PAdES B-B): a reader shows who issued it and that it is unchanged.

Imported only where a certificate is configured: pyHanko costs a second and 20 MB.
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
# PDF/UA wants everything on the page tagged, PDF/A wants nothing hidden: an empty box outside the page satisfies both.
_INVISIBLE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)

# The DER encoding of an ECDSA signature varies by up to three bytes.
_SPARE_BYTES = 16


class _KeepMetadata(IncrementalPdfFileWriter):
    """Adds the signature and leaves the file's metadata unchanged."""

    def _update_meta(self) -> None:
        # pyHanko would replace the metadata, but PDF/A requires it to agree with the rest of the file.
        return


def sign_pdf(pdf: bytes, file: Path, password: str, *, tip: str) -> bytes:
    """`pdf` with a signature appended; the existing bytes stay as they are.

    file, password: the PKCS#12 file with certificate and EC P-256 key; read once per process. tip: what a screen
    reader says about the signature. Raises LookupError when the file cannot be used.
    """
    # pyHanko starts its own event loop, which fails in a thread that already runs one.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(_signed, pdf, file, password, tip).result()


def _signed(pdf: bytes, file: Path, password: str, tip: str) -> bytes:
    simple_signer, reserved = _signer(file, password)
    signer = PdfSigner(
        PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
        signer=simple_signer,
        new_field_spec=SigFieldSpec(FIELD, invis_sig_settings=_INVISIBLE, readable_field_name=tip),
    )
    written = io.BytesIO()
    signer.sign_pdf(_KeepMetadata(io.BytesIO(pdf)), output=written, bytes_reserved=reserved)
    return written.getvalue()


@cache
def _signer(file: Path, password: str) -> tuple[SimpleSigner, int]:
    """The signer, and how many bytes of the PDF to reserve for one of its signatures (hexadecimal digits).

    Without this number pyHanko makes a trial signature before each real one, which doubles the time.
    """
    signer = SimpleSigner.load_pkcs12(str(file), passphrase=password.encode())
    if signer is None:
        raise LookupError(f"no certificate with a key in {file}")
    trial = asyncio.run(signer.async_sign(bytes(32), "sha256", dry_run=True, use_pades=True))
    return signer, 2 * (len(trial.dump()) + _SPARE_BYTES)
