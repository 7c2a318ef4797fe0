"""The award as an Open Badges 3.0 credential, for other systems. Loaded only when one is requested.

openbadgeslib builds and checks credentials, status lists and DID documents. It cannot name the signing key in a token's
header (`kid`), so a checker would try only the newest key and reject every older letter. The signing is therefore done
here with PyJWT, as OB 3.0 8.2.3 asks; the library uses PyJWT as well.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openbadgeslib.keys import key_to_pem, public_jwk_from_pem
from openbadgeslib.ob3 import (
    Achievement,
    IdentityObject,
    Issuer,
    OpenBadgeCredential,
    build_did_document,
    build_status_list_credential,
    did_web_from_url,
    status_entry,
)

from foundation.clock import VIETNAM
from learning.domain.award_keys import PublishedKey
from learning.domain.letters import Letter, Manner
from learning.queries import LIST_SIZE
from learning.services.award_keys import SigningKey

MEDIA_TYPE = "application/vc+jwt"
# Checkers refuse an older list, so nobody can keep showing one from before a letter was revoked.
LIST_GOOD_FOR = timedelta(days=7)

_HOW = {
    Manner.SELF: "Tự học.",
    Manner.ASSISTED: "Học có người hướng dẫn ngồi cạnh.",
    Manner.SUPERVISED: "Học tại lớp do {} hướng dẫn.",
}
_NOT_OFFICIAL = "Giấy nội bộ, không thay thế xác nhận phổ cập kỹ năng số trên VNeID."


def did_of(root: str) -> str:
    """The issuer's did:web. root: the site's address, such as https://hoc.example.vn."""
    # A test site on http gets a name of its own too; external checkers only use HTTPS.
    did: str = did_web_from_url("https://" + root.partition("://")[2])
    return did


def credential(letter: Letter, *, root: str, status_list: str, key: SigningKey) -> str:
    """The letter as a signed credential (compact JWT). status_list: full address of the list that contains its
    position.
    """
    facts = letter.facts
    badge = OpenBadgeCredential(
        id=f"{root}/xac-nhan/{letter.code}",
        issuer=Issuer(id=did_of(root), name=facts.organisation, url=root),
        # Learners have no address and no account; the name they wrote is all there is.
        recipient_id=None,
        identifiers=[IdentityObject(identity_hash=facts.name, identity_type="name", hashed=False)],
        achievement=Achievement(
            id=f"{root}/khoa-hoc/{letter.course}",
            name=facts.course_title,
            description=f"Giấy xác nhận hoàn thành: {len(facts.lessons)} bài, {facts.minutes} phút. {_NOT_OFFICIAL}",
            criteria_narrative=" ".join(
                [_HOW[facts.manner].format(facts.supervised_by), "Các bài đã học:", "; ".join(facts.lessons) + "."]
            ),
            achievement_type="CertificateOfCompletion",
        ),
        issuance_date=datetime.combine(facts.issued_on, time(), VIETNAM).astimezone(UTC),
        credential_status=[status_entry(status_list, "revocation", letter.status_index % LIST_SIZE)],
    )
    return _signed(badge.to_jwt_payload(), root, key)


def status_list(places: Sequence[int], *, address: str, root: str, key: SigningKey, now: datetime) -> str:
    """One status list as a signed credential (compact JWT). places: the void positions. address: where it is served."""
    listed: dict[str, Any] = build_status_list_credential(
        did_of(root), address, "revocation", places, LIST_SIZE, issued=now, valid_until=now + LIST_GOOD_FOR
    )
    claims = {"iss": listed["issuer"], "jti": address, "nbf": int(now.timestamp())}
    return _signed(listed | claims, root, key)


def did_document(keys: Sequence[PublishedKey], root: str) -> dict[str, Any]:
    """The issuer's public keys as did:web publishes them. keys: at least one, newest first."""
    document: dict[str, Any] = build_did_document(did_of(root), [(key.id, _jwk(key.public)) for key in keys])
    return document


def _signed(payload: Mapping[str, Any], root: str, key: SigningKey) -> str:
    headers = {"kid": f"{did_of(root)}#{key.id}", "typ": "vc+jwt"}
    return jwt.encode(dict(payload), key.private, algorithm="EdDSA", headers=headers)


def _jwk(public: bytes) -> dict[str, Any]:
    found: dict[str, Any] = public_jwk_from_pem(key_to_pem(Ed25519PublicKey.from_public_bytes(public)))
    return found
