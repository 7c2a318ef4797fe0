"""The letter as a file that lasts: archived, tagged, sealed, with its credential inside."""

import datetime as dt
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from xml.etree import ElementTree

import jwt
import pikepdf
import pypdfium2
import pytest
from asn1crypto.x509 import Certificate as Asn1Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from foundation.areas.domain.scope import NATION
from learning.domain.codes import format_code
from learning.domain.letters import Manner, Reason
from learning.services.award_keys import new_key, usable_key
from learning.services.letters import issue_letter, revoke_letter
from learning.views.letter_prints import LetterPrints
from tests.learning.letters import scanned

ROOT = "https://hoc.example.vn"
PASSWORD = "mat-khau-thu"


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))


@pytest.fixture
def learner(make, course):
    return make.learner(*course.lessons)


@pytest.fixture
def letter(make, learner, course):
    return make.letter(learner.id, course)


@pytest.fixture
def key(session, app, now):
    key = new_key(session, secret=app.extensions["settings"].signing_key(), now=now)
    session.commit()
    return key


@pytest.fixture
def served_publicly(app, monkeypatch):
    """The settings of a site that people reach over HTTPS."""
    settings = app.extensions["settings"].model_copy(update={"public_address": ROOT})
    monkeypatch.setitem(app.extensions, "settings", settings)
    return settings


def _certificate(subject, public_key, issuer, issuer_key, *, authority=False):
    """A certificate of our own making, valid since yesterday."""
    day = dt.timedelta(days=1)
    today = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(True, True, False, False, False, authority, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - day)
        .not_valid_after(today + day)
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _named(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@pytest.fixture
def seal_with(app, monkeypatch, tmp_path):
    """Makes the site seal with a key and its certificates, those of issuers last."""

    def use(private, certificate, *issuers):
        file = tmp_path / "seal.p12"
        encrypted = BestAvailableEncryption(PASSWORD.encode())
        file.write_bytes(
            pkcs12.serialize_key_and_certificates(b"seal", private, certificate, issuers or None, encrypted)
        )
        settings = app.extensions["settings"].model_copy(update={"seal_file": file, "seal_password": PASSWORD})
        monkeypatch.setitem(app.extensions, "settings", settings)

    return use


@pytest.fixture
def seal(seal_with):
    """A seal of our own making; returns its certificate."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = _named("Xã Đoàn Mẫu (thử)")
    certificate = _certificate(name, private.public_key(), name, private)
    seal_with(private, certificate)
    return certificate


@pytest.fixture
def printed(app, key):
    """Each letter as its own file."""

    def draw(*letters):
        with app.app_context():
            return [pdf for _name, pdf in LetterPrints(letters, root=ROOT, key=key).separately()]

    return draw


def _rsa_key():
    return rsa.generate_private_key(65537, 3072)


def _signature(file):
    [signature] = PdfFileReader(io.BytesIO(file)).embedded_signatures
    return signature


def _validated(signature, context):
    # In a thread of its own: pyHanko starts an event loop, and a browser test may have left one running in this thread.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(validate_pdf_signature, signature, context).result()


def tags(pdf):
    """Tag of every element under each page, in reading order, and the text of figures."""
    found = []

    def walk(element):
        found.append(str(element.S)[1:])
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                assert kid.P.objgen == element.objgen
                walk(kid)

    walk(pdf.Root.StructTreeRoot.K[0])
    return found


PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"


def metadata_of(pdf):
    """Name -> text of the one RDF element in the XMP metadata, whether it is written as an element or an attribute."""
    [rdf] = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
    assert rdf.tag.endswith("}RDF")
    found = {}
    for element in rdf.iter():
        found |= element.attrib | {element.tag: (element.text or "").strip()}
    return found


def assert_tagged_to_last(pdf):
    """PDF/A-3a and PDF/UA-1 by name, and what both ask of the file around the pages."""
    root = pdf.Root
    metadata = metadata_of(pdf)
    assert metadata[f"{PDFA}part"] == "3"
    assert metadata[f"{PDFA}conformance"] == "A"
    assert metadata[f"{PDFUA}part"] == "1"
    # What PDF/A does not know is described in the file.
    assert metadata["{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"] == PDFUA.strip("{}")
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(root.Lang) == "vi"
    assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
    assert len(root.OutputIntents[0].DestOutputProfile.read_bytes()) > 1000
    numbers = root.StructTreeRoot.ParentTree.Nums
    for place, page in enumerate(pdf.pages):
        assert str(page.Tabs) == "/S"
        assert page.StructParents == place
        assert numbers[2 * place] == place
        for element in numbers[2 * place + 1]:
            assert element.Pg.objgen == page.obj.objgen
    assert tags(pdf).count("Figure") == len(pdf.pages)
    assert tags(pdf).count("H1") == len(pdf.pages)


def attached(pdf):
    names = pdf.Root.Names.EmbeddedFiles.Names
    return {str(names[i]): names[i + 1] for i in range(0, len(names), 2)}


def text_of(pdf, page=0):
    return " ".join(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range().split())


def test_a_letter_is_an_archive_file_tagged_for_readers(printed, letter):
    [file] = printed(letter)

    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert_tagged_to_last(pdf)
        assert "Nguyễn Thị Mẫu" in str(pdf.docinfo.Title)
        # PDF/A asks that both places tell the same.
        metadata = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
        for name, info in (("title", "Title"), ("creator", "Author"), ("description", "Subject")):
            [element] = metadata.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")
            assert "".join(element.itertext()) == str(pdf.docinfo[f"/{info}"])
        assert letter.facts.organisation == str(pdf.docinfo.Author)
        assert format_code(letter.code) in str(pdf.docinfo.Subject)
        figure = next(each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Alt"))
        assert letter.code in str(figure.Alt)


def test_every_letter_of_a_batch_has_its_own_page_tags_and_square_code(printed, app, key, make, course):
    letters = [make.letter(make.learner(*course.lessons).id, course, f"Lò Thị {name}") for name in ("Ẵm", "Ướm", "Ĭ")]

    files = printed(*letters)

    for letter, file in zip(letters, files, strict=True):
        assert scanned(file).startswith(f"{ROOT}/xac-nhan/{letter.code}#")
        assert letter.facts.name in text_of(file)
        with pikepdf.open(io.BytesIO(file)) as pdf:
            assert_tagged_to_last(pdf)
            assert len(pdf.pages) == 1
            assert len(pdf.pages[0].Resources.XObject) <= 2
    with app.app_context():
        whole = LetterPrints(letters, root=ROOT, key=key).combined()
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        assert len(pdf.pages) == 3
        assert_tagged_to_last(pdf)
        assert str(pdf.docinfo.Title) == "Giấy xác nhận hoàn thành – 3 tờ"
        assert "Subject" not in str(pdf.docinfo.keys())
        assert "/Names" not in pdf.Root
    for place, letter in enumerate(letters):
        assert letter.facts.name in text_of(whole, place)


def test_the_paper_tells_how_the_course_was_learned(printed, session, learner, course, now):
    def issue(manner, by=""):
        letter = issue_letter(
            session,
            learner=learner.id,
            course=course,
            name="Nguyễn Thị Mẫu",
            organisation="Xã Đoàn Mẫu",
            language="vi",
            now=now,
            manner=manner,
            supervised_by=by,
        )
        return text_of(printed(letter)[0])

    assert "đã tự học xong khoá" in issue(Manner.SELF)
    assert "có người hướng dẫn ngồi cạnh" in issue(Manner.ASSISTED)
    supervised = issue(Manner.SUPERVISED, "Lê Thị Thử")
    assert "do Lê Thị Thử hướng dẫn" in supervised
    assert "tự học" not in supervised


def test_a_long_address_still_gives_a_code_that_can_be_read(app, key, letter):
    root = "https://binh-dan-hoc-vu-so.thanh-hoa.example.org.vn"
    with app.app_context():
        [(_name, file)] = LetterPrints([letter], root=root, key=key).separately()

    assert scanned(file).startswith(f"{root}/xac-nhan/{letter.code}#")


def test_a_sealed_letter_is_whole_and_still_tagged(printed, letter, seal):
    [file] = printed(letter)

    context = ValidationContext(trust_roots=[_asn1(seal)], allow_fetching=False)
    signature = _signature(file)
    status = _validated(signature, context)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert_tagged_to_last(pdf)
        assert list(attached(pdf)) == ["open-badge.jwt"]


def test_every_letter_of_a_batch_is_sealed(printed, make, learner, course, seal):
    files = printed(*(make.letter(learner.id, course) for _ in range(3)))

    context = ValidationContext(trust_roots=[_asn1(seal)], allow_fetching=False)
    assert all(_validated(_signature(file), context).bottom_line for file in files)


@pytest.mark.parametrize("make_key", [partial(ec.generate_private_key, ec.SECP521R1()), _rsa_key])
def test_a_seal_of_an_authority_is_valid_and_takes_no_more_room_than_it_needs(printed, letter, seal_with, make_key):
    authority_key = ec.generate_private_key(ec.SECP384R1())
    authority = _named("Tổ chức chứng thực mẫu")
    root = _certificate(authority, authority_key.public_key(), authority, authority_key, authority=True)
    private = make_key()
    name = _named("Uỷ ban nhân dân xã Mẫu, tỉnh Mẫu (thử)")
    seal_with(private, _certificate(name, private.public_key(), authority, authority_key), root)

    for file in printed(letter, letter):
        signature = _signature(file)
        context = ValidationContext(trust_roots=[_asn1(root)], allow_fetching=False)
        assert _validated(signature, context).bottom_line
        spare = len(signature.pkcs7_content) - len(signature.signed_data.dump())
        assert 0 <= spare < 100


def test_a_sealed_letter_that_was_touched_is_told(printed, letter, seal):
    [file] = printed(letter)
    middle = file.index(b"stream") + 40
    touched = file[:middle] + bytes([file[middle] ^ 1]) + file[middle + 1 :]

    status = _validated(_signature(touched), ValidationContext(trust_roots=[_asn1(seal)], allow_fetching=False))

    assert not status.intact


def test_a_seal_that_cannot_be_opened_says_so(app, monkeypatch, key, letter, tmp_path):
    settings = app.extensions["settings"].model_copy(update={"seal_file": tmp_path / "khong-co.p12"})
    monkeypatch.setitem(app.extensions, "settings", settings)

    with app.app_context(), pytest.raises(LookupError, match="khong-co"):
        list(LetterPrints([letter], root=ROOT, key=key).separately())


def test_the_credential_inside_is_the_one_to_download(phone_of, learner, letter, served_publicly):
    phone = phone_of(learner)
    with pikepdf.open(io.BytesIO(phone.client.get(f"/xac-nhan/{letter.code}.pdf").data)) as pdf:
        inside = attached(pdf)["open-badge.jwt"]
        assert str(inside.AFRelationship) == "/Data"
        assert str(inside.EF.F.Subtype) == "/application/vc+jwt"
        assert pdf.Root.AF[0].objgen == inside.objgen
        held = inside.EF.F.read_bytes().decode()

    answer = phone.client.get(f"/xac-nhan/{letter.code}.jwt")

    assert answer.mimetype == "application/vc+jwt"
    assert answer.text == held


def test_the_credential_belongs_to_the_phone_that_learned(visitor, letter):
    visitor.open(f"/xac-nhan/{letter.code}.jwt", expect=403)
    visitor.open("/xac-nhan/0000000000.jwt", expect=404)


@pytest.fixture
def fetched(visitor):
    """Fetches for a checker elsewhere: what it asks for over HTTPS comes from the application."""

    def fetch(address, *_more):
        assert address.startswith(f"{ROOT}/")
        return visitor.client.get(address.removeprefix(ROOT)).data

    return fetch


def test_a_checker_elsewhere_accepts_the_credential_and_its_status(phone_of, learner, letter, served_publicly, fetched):
    token = phone_of(learner).client.get(f"/xac-nhan/{letter.code}.jwt").text

    verifier = OB3Verifier.for_issuer_did("did:web:hoc.example.vn", download=fetched)
    badge = verifier.verify(token, check_status=True, download=fetched)

    assert badge.achievement.name == "Khoá mẫu"
    assert badge.achievement.achievement_type == "CertificateOfCompletion"
    assert badge.identifiers[0].identity_hash == "Nguyễn Thị Mẫu"
    assert badge.id == f"{ROOT}/xac-nhan/{letter.code}"


def test_a_checker_elsewhere_accepts_an_older_key_after_a_new_one(
    phone_of, learner, letter, served_publicly, fetched, session, app
):
    token = phone_of(learner).client.get(f"/xac-nhan/{letter.code}.jwt").text
    secret = app.extensions["settings"].signing_key()
    before = usable_key(session, secret=secret)
    after = new_key(session, secret=secret, now=dt.datetime.now(dt.UTC))
    session.commit()

    document = json.loads(fetched(f"{ROOT}/.well-known/did.json"))
    verifier = OB3Verifier.for_issuer_did("did:web:hoc.example.vn", download=fetched)
    verifier.verify(token, check_status=True, download=fetched)

    methods = [method["id"].partition("#")[2] for method in document["verificationMethod"]]
    assert methods == [after.id, before.id]


def test_a_checker_elsewhere_refuses_a_revoked_letter(phone_of, learner, letter, served_publicly, fetched, session):
    token = phone_of(learner).client.get(f"/xac-nhan/{letter.code}.jwt").text
    now = dt.datetime.now(dt.UTC)
    revoke_letter(session, letter.code, Reason.MISUSED, note="", who="quan-tri", scope=NATION, now=now)
    session.commit()

    verifier = OB3Verifier.for_issuer_did("did:web:hoc.example.vn", download=fetched)

    with pytest.raises(OB3VerificationError, match="revocation"):
        verifier.verify(token, check_status=True, download=fetched)


def test_the_status_list_lapses_by_itself(visitor, letter, served_publicly):
    token = visitor.client.get("/xac-nhan/tinh-trang/0").text
    said = jwt.decode(token, options={"verify_signature": False})

    assert said["id"] == f"{ROOT}/xac-nhan/tinh-trang/0"
    until = dt.datetime.fromisoformat(said["validUntil"]).timestamp()
    assert time.time() < until <= time.time() + 7 * 24 * 3600


def _asn1(certificate):
    return Asn1Certificate.load(certificate.public_bytes(Encoding.DER))
