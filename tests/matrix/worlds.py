"""Four worlds with something of everything in each, and those who come to look at them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from community_teams.domain.raw_records import raw_record
from community_teams.models import Device, HeldVisit, Issue
from community_teams.models.held_visits import WhyHeld
from community_teams.pilots.domain.pilots import State as PilotState
from community_teams.pilots.models import Pilot
from foundation.accounts.domain.roles import ROLES, Act, Holding, Role, reach
from foundation.accounts.models import Person
from foundation.accounts.services.sessions import open_session
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.jobs.services import submit_job
from learning.domain.fault_reports import ReportState
from learning.models import AssistedSession, ClassEvening, ClassLearner, FaultReportRow, Learner
from learning.services.cards import make_card
from tests.conftest import NOON
from tests.making import Make

TODAY = date(2026, 11, 21)
ORDER = ("trau", "ga", "hoa-ban", "nha-san")
KEY = "only for tests"

# Whoever may do one of these in a world's hamlet may read the mark.
READERS = {
    "household": {Act.SEE_HOUSEHOLDS, Act.RECORD_VISIT, Act.SETTLE_VISITS, Act.HANDLE_ISSUES},
    "learner": {Act.TEACH, Act.HELP_LEARNERS},
    "member": {
        *(Act.SEE_HOUSEHOLDS, Act.SETTLE_VISITS, Act.SEE_TEAMS, Act.MANAGE_TEAMS),
        *(Act.SEE_ACCOUNTS, Act.MANAGE_ACCOUNTS, Act.SEE_AUDIT, Act.TEACH),
    },
    "pilot": {Act.SEE_PILOTS, Act.WRITE_PILOTS, Act.PUBLISH_PILOTS},
}


@dataclass
class World:
    """What lies in one hamlet. marks: words that stand in its rows and nowhere else, by kind as in READERS."""

    key: str
    hamlet: Area
    beside: Area
    household: UUID
    other_household: UUID
    visit: UUID
    issue: int
    held: int
    refused: int
    device: UUID
    member: int
    holding: int
    evening: UUID
    learner: UUID
    token: str
    card: str
    blank: str
    letter: str
    job: UUID
    pilot: int
    beside_session: UUID
    report: UUID
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.hamlet.path

    @property
    def commune(self) -> str:
        return self.hamlet.path.split("/")[1]

    @property
    def keys(self) -> tuple[str, ...]:
        """Words one of which stands in every row of this world."""
        ids = (self.household, self.other_household, self.visit, self.device, self.evening, self.learner, self.job)
        mine = (*ids, self.beside_session, self.report)
        codes = (self.hamlet.code, self.beside.code, self.card, self.letter, f"to-vien-{self.key}".lower())
        return (*(str(each) for each in mine), *codes, *self.marks.values())


def build_world(make: Make, key: str, commune: Area, course: Any) -> World:
    session = make.session
    hamlet = make.hamlet(commune=commune, name=f"Mẫu {key}", official_households=40, households_source="UBND xã")
    beside = make.hamlet(commune=commune, name=f"Cạnh {key}")
    marks = {kind: f"Dau{kind.capitalize()}{key}" for kind in READERS}
    person = make.person(f"to-vien-{key}".lower(), area=hamlet, display_name=marks["member"])
    household = make.household(hamlet, f"{key}-001", label=marks["household"])
    other = make.household(hamlet, f"{key}-002")
    issues = [{"type": "portal", "note": marks["household"]}]
    visit = make.visit(household, member=person, days_ago=2, note=marks["household"], issues=issues)
    record = make.visit_record(household, note=marks["household"], id=visit.id)
    held = HeldVisit(
        visit_id=visit.id,
        content_hash="x",
        hamlet_code=hamlet.code,
        why=WhyHeld.VISIT_ID_TAKEN,
        record=record,
        member_id=person.id,
        device=None,
        clock_offset=None,
        received_at=NOON,
    )
    wrong = record | {"id": str(uuid7()), "next_visit_on": "2020-01-01"}
    refused = HeldVisit(
        visit_id=uuid7(),
        content_hash="y",
        hamlet_code=hamlet.code,
        why=WhyHeld.FROM_FILE,
        record={},
        raw=raw_record(wrong).text,
        problems={"next_visit_on": "before_visit"},
        member_id=person.id,
        device=None,
        clock_offset=None,
        received_at=NOON,
    )
    device = Device(id=uuid7(), person_id=person.id, first_seen=NOON, last_seen=NOON, pending_reported=1)
    told = {"area_path": hamlet.path, "course": course.id, "lessons": [lesson.id for lesson in course.lessons]}
    made = make.learner(*course.lessons)
    session.get_one(Learner, made.id).nickname = marks["learner"]
    evening = ClassEvening(
        id=uuid7(), held_on=TODAY, teacher=marks["member"], made_by=person.name, made_at=NOON, **told
    )
    session.add_all([held, refused, device, evening])
    session.flush()
    session.add(ClassLearner(evening=evening.id, learner=made.id, name=marks["learner"], joined_at=NOON))
    card = make_card(session, made.id, ORDER, key=KEY, made_by=person.name, area_path=hamlet.path, now=NOON)
    job = submit_job(
        session, "class_letters", {"class": str(evening.id), "back": "/lop-hoc"}, who=person.name, now=NOON
    )
    texts = dict.fromkeys(("difficulty", "steps", "people", "cost", "change", "shortfall", "advice"), marks["pilot"])
    pilot = Pilot(
        form_id=uuid7(),
        hamlet_code=hamlet.code,
        state=PilotState.DRAFT,
        title=marks["pilot"],
        written_by=person.id,
        changed_by=person.id,
        created_at=NOON,
        changed_at=NOON,
        **texts,
    )
    beside_session = AssistedSession(
        id=uuid7(),
        helper=person.name,
        area_path=hamlet.path,
        learner=made.id,
        made_at=NOON,
        started_at=NOON,
        ends_at=NOON + timedelta(hours=4),
    )
    report = FaultReportRow(
        id=uuid7(), lesson=course.lessons[0].id, place="", kind="screen_differs", note="", library="v", address="",
        state=ReportState.NEW, sent_at=NOON, reply="", handled_by="",
    )  # fmt: skip
    session.add_all([pilot, beside_session, report])
    session.commit()
    letter = make.letter(made.id, course, name=f"Nguyễn Thị {marks['learner']}")
    return World(
        key=key,
        hamlet=hamlet,
        beside=beside,
        household=household.id,
        other_household=other.id,
        visit=visit.id,
        issue=session.scalars(select(Issue.id).where(Issue.hamlet_code == hamlet.code)).one(),
        held=held.id,
        refused=refused.id,
        device=device.id,
        member=person.id,
        holding=person.holdings[0].id,
        evening=evening.id,
        learner=made.id,
        token=made.token,
        card=card,
        blank="",
        letter=letter.code,
        job=job.id,
        pilot=pilot.id,
        beside_session=beside_session.id,
        report=report.id,
        marks=marks,
    )


@dataclass(frozen=True)
class Identity:
    """Somebody who comes. holdings: None for nobody signed in, also where the account was deactivated. cookie: the
    header. learner: whose learning is on their phone.
    """

    name: str
    holdings: tuple[Holding, ...] | None
    cookie: str
    learner: UUID | None = None

    @cache  # noqa: B019  identities live as long as the module
    def scope(self, act: Act) -> Scope:
        return reach(self.holdings or (), act, TODAY)

    def may(self, access: str) -> bool:
        """Whether the role table lets them in at all."""
        if access == "public":
            return True
        if self.holdings is None:
            return False
        if access == "signed_in":
            return True
        return any(Act(access) in ROLES[held.role] for held in self.holdings if held.in_force(TODAY))

    def reaches(self, acts: set[Act], path: str) -> bool:
        return any(self.scope(act).covers(path) for act in acts)


def held_by(person: Person) -> tuple[Holding, ...]:
    return tuple(held.as_holding() for held in person.holdings)


def everybody(make: Make, worlds: dict[str, World], seal: Any) -> list[Identity]:
    """Nobody, learners, and each role at home and away; seal: signs cookies as the application does."""

    def signed(person: Person) -> str:
        token = open_session(make.session, person.id, now=NOON)
        make.session.commit()
        return f"session={seal.dumps({'_user_id': token, '_fresh': True, '_permanent': True})}"

    found = [Identity("nobody", None, "")]
    found += [
        Identity(f"learner {key}", None, f"hoc={worlds[key].token}", worlds[key].learner) for key in ("A", "C", "D")
    ]
    for key, world in worlds.items():
        hamlet, commune, province = (f"{'/'.join(world.path.split('/')[:n])}/" for n in (3, 2, 1))
        places = {
            Role.VISITOR: [hamlet],
            Role.TEAM_LEADER: [hamlet, commune],
            Role.COMMUNE_OFFICER: [commune],
            Role.PROVINCE_OFFICER: [province],
            Role.LEADER_READONLY: [commune, province],
            Role.CONTENT_EDITOR: [province],
            Role.ADMIN: [province],
        }
        for role, paths in places.items():
            for path in paths:
                # Of A and B, one commune and province is enough; C and D are the strangers.
                if key == "B" and path != hamlet:
                    continue
                if key == "C" and path == province:
                    continue
                person = make.person(role=role, area=path)
                found.append(Identity(f"{role.value} of {path}", held_by(person), signed(person)))
    for role in (Role.LEADER_READONLY, Role.CONTENT_EDITOR, Role.ADMIN):
        person = make.person(role=role, area="")
        found.append(Identity(f"{role.value} of the nation", held_by(person), signed(person)))
    home = worlds["A"].path
    ended = make.person(role=Role.TEAM_LEADER, area=home, valid_to=TODAY - timedelta(days=60))
    found.append(Identity("ended role", held_by(ended), signed(ended)))
    gone = make.person(role=Role.TEAM_LEADER, area=home)
    cookie = signed(gone)
    gone.is_active = False
    make.session.commit()
    found.append(Identity("deactivated", None, cookie))
    roleless = make.person(role=None)
    found.append(Identity("without a role", (), signed(roleless)))
    return found
