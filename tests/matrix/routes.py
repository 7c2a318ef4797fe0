"""What each address of the platform is asked with, and where the thing behind it lies.

A new route needs a line in ROUTES. place says what decides besides the role table:
- "none": nothing; whoever holds the act somewhere is let in.
- "hamlet", "commune": the path of the world's hamlet or commune.
- "nation": nobody but who holds the act for the whole nation.
- "asker": whoever asked for it: none of those who come here.
- "closed": nobody, because it is not published yet.
- "owner": the learner whose phone it is; others are told nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from tests.matrix.worlds import ORDER, World

Form = Callable[[World], dict[str, Any]]


def nothing(_world: World) -> dict[str, Any]:
    return {}


# What a write may be answered where the planted thing is not ready for it; no page within reach is.
USUALLY_REFUSED = frozenset({404, 409, 422})
SEEN_SINGLY = USUALLY_REFUSED | {403}


@dataclass(frozen=True)
class Route:
    """place: as above. values: of the address's parts, besides the usual ones. form: what is sent. query: after "?".

    refused: answers a visitor within reach may get besides 200 and 303, where the planted thing is not ready for it.
    touches: a write anybody may make to somebody else's rows, such as counting a wrong try. public_names: names of
    learners that the page shows to anybody by its purpose.
    """

    place: str = "none"
    values: Callable[[World], dict[str, Any]] = nothing
    form: Form = nothing
    json: bool = False
    query: str = ""
    refused: frozenset[int] = USUALLY_REFUSED
    touches: bool = False
    public_names: bool = False


def area(level: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"code": world.hamlet.code if level == "hamlet" else world.commune}


# Parts of addresses that mean the same everywhere.
USUAL: dict[str, Callable[[World], Any]] = {
    "hamlet_code": lambda w: w.hamlet.code,
    "household_id": lambda w: w.household,
    "visit_id": lambda w: w.visit,
    "class_id": lambda w: w.evening,
    "learner_id": lambda w: w.learner,
    "lesson_id": lambda _: "mot",
    "course_id": lambda _: "khoa-mau",
    "path_id": lambda _: "lo-trinh-mau",
    "question_id": lambda _: "ai-hoi-otp",
    "screen_id": lambda _: "go-ma",
    "report_id": lambda w: w.report,
    "device": lambda w: w.device,
    "pilot_id": lambda w: w.pilot,
    "held_id": lambda w: w.held,
    "person_id": lambda w: w.member,
    "holding_id": lambda w: w.holding,
    "issue_id": lambda w: w.issue,
    "job_id": lambda w: w.job,
    "session_id": lambda w: w.beside_session,
    "name": lambda _: "giay-xac-nhan.pdf",
    "version": lambda _: "0",
    "part": lambda _: "x",
    "tag": lambda _: "en",
    "number": lambda _: 0,
}

FREE = Route()
PUBLIC_AREA = Route(values=area("commune"))
AT_COMMUNE = Route("commune", values=area("commune"))
AT_HAMLET = Route("hamlet", values=area("hamlet"))
IN_CLASS = Route("hamlet")
LETTER = Route(values=lambda w: {"code": w.letter}, public_names=True)
CARD = Route(values=lambda w: {"code": w.card})
VISIT = {"outcome": "not_home", "started_at": "2026-11-21T08:00"}


def twice(_world: World) -> dict[str, Any]:
    return {"pin": list(ORDER), "again": list(ORDER)}


def new_visit(world: World) -> dict[str, Any]:
    visit = {"id": str(uuid7()), "household": str(world.household), "outcome": "not_home", "form_version": 1}
    told = visit | {"started_at": "2026-11-21T08:00:00+07:00"}
    return {"batch": str(uuid7()), "device": str(UUID(int=7)), "pending": 0, "visits": [told]}


ROUTES: dict[str, Route] = {
    **dict.fromkeys(
        (
            *("learning.home", "learning.publish_did", "api.show_api", "learning.list_learners"),
            *("learning.list_progress", "learning.read_lesson", "lesson_admin.ask_what_is_wrong", "learning.ask"),
            *("learning.show_question", "learning.play_recording", "learning.serve_pack", "learning.print_lesson"),
            *("learning.begin_practice", "learning.show_screen", "learning.finish", "accounts.sign_in"),
            *("coverage.show_nation", "coverage.explain_indicators", "coverage.explain_open_data"),
            *("teams.show_manifest", "teams.serve_worker", "teams.show_shell", "learning.play_frame_recording"),
            *("health.healthz", "learning.explain", "learning.print_reminder", "learning.show_courses"),
            *(
                "learning.show_course",
                "learning.ask_for_letter",
                "learning.show_download_size",
                "learning.print_course",
            ),
            *("learning.show_paths", "learning.show_path", "coverage.show_pilots", "teaching.type_code"),
            *("translations.choose", "learning.explain_privacy", "web.robots", "learning.serve_offline_worker"),
            *("learning.ask_card", "learning.search", "learning.show_downloads", "learning.check_form"),
            *("learning.publish_keys", "learning.scan", "learning.publish_status", "learning.publish_status_list"),
            *(
                "lesson_admin.show_report",
                "learning.show_me",
                "learning.show_data_export",
                "learning.download_data_export",
            ),
            *("learning.ask_to_forget", "learning.ask_description", "learning.show_card", "learning.print_cards"),
            *(
                "learning.print_card",
                "learning.ask_to_stop_card",
                "learning.ask_new_person",
                "learning.choose_pictures",
            ),
            *("teams.tell_known", "teams.tell_worklist", "teams.show_hamlets", "teams.ask_at_desk", "teams.show_today"),
            *("teams.tell_member", "teaching.show_classes", "teaching.ask_new_class", "teaching.show_beside"),
            *("coverage.manage", "lesson_admin.show_lessons", "lesson_admin.find_letter", "teams.show_phones"),
            *("lesson_admin.show_lesson", "teams.ask_visit_file", "coverage.list_pilots", "coverage.ask_pilot"),
            *("audit.show_log", "teams.show_held_visits", "administration.people", "administration.new_person"),
            *("coverage.arrange_own", "teaching.show_report", "teaching.download_csv", "teaching.download_xlsx"),
            *("teams.show_issues", "teams.download_issues", "accounts.account", "learning.ask_card_to_wake"),
            *("teaching.make_code", "accounts.sign_out"),
        ),
        FREE,
    ),
    **dict.fromkeys(
        (
            *("coverage.tell_coverage", "coverage.download_csv", "coverage.download_geojson"),
            *("coverage.download_indicators", "coverage.tell_outlines", "coverage.show_area"),
            *("coverage.show_indicators", "coverage.draw_indicators", "coverage.draw_trend"),
        ),
        PUBLIC_AREA,
    ),
    **dict.fromkeys(("coverage.print_report", "coverage.plan", "coverage.show_wall"), AT_COMMUNE),
    **dict.fromkeys(
        (
            *("teams.show_hamlet", "teams.print_list", "teams.ask_paper", "teams.show_paper", "coverage.print_left"),
            *("teams.print_blank_sheet", "teams.show_household", "teams.show_recorded_visit", "teams.ask_merge"),
            *("teams.print_sheet", "teams.ask_visit", "teams.show_phone", "teams.ask_cut_off", "coverage.manage_pilot"),
            *("teams.show_held_visit", "administration.show_person", "teams.show_issue", "coverage.edit_pilot"),
        ),
        Route("hamlet"),
    ),
    **dict.fromkeys(("coverage.arrange", "coverage.ask_name", "coverage.ask_merge"), AT_HAMLET),
    # Splitting shows single households: the province's officers and administrators leave it to the commune.
    "coverage.ask_split": Route("hamlet", values=AT_HAMLET.values, refused=SEEN_SINGLY),
    **dict.fromkeys(
        (
            *("teaching.show_class", "teaching.ask_letters", "teaching.ask_newcomer", "teaching.show_present"),
            *("teaching.show_entry", "teaching.print_cards", "teaching.present"),
        ),
        IN_CLASS,
    ),
    **dict.fromkeys(("learning.check_letter", "lesson_admin.show_letter"), LETTER),
    **dict.fromkeys(("learning.download_badge", "learning.print_letter"), Route("owner", values=LETTER.values)),
    "learning.ask_to_take_back": Route("owner", values=LETTER.values),
    "learning.scan_card": CARD,
    "coverage.show_pilot": Route("closed"),
    "coverage.print_pilot": Route("closed"),
    # One's own account, noted where one works or worked.
    **dict.fromkeys(("accounts.change_password", "accounts.end_other_sessions"), Route(touches=True)),
    "jobs.show_job": Route("asker"),
    # Not ready is an answer, not a fault.
    "health.readyz": Route(refused=frozenset({503})),
    "jobs.download": Route("asker"),
    # Writes.
    "learning.take_answers": Route(form=lambda _: {"batch": str(uuid7()), "answers": []}, json=True),
    "teams.take_visits": Route("hamlet", form=new_visit, json=True),
    "lesson_admin.take_report": Route(form=lambda _: {"form": str(uuid7()), "kind": "screen_differs", "note": ""}),
    "learning.answer_question": Route(form=lambda _: {"form": str(uuid7()), "choice": "0"}),
    "learning.answer_screen": Route(form=lambda _: {"form": str(uuid7()), "pick": "x"}),
    "accounts.try_sign_in": Route(form=lambda _: {"name": "khong-co-ai", "password": "sai-mat-khau"}),
    "teams.keep_paper": Route("hamlet", form=lambda w: VISIT | {"short_code": f"{w.key}-001"}),
    "teams.keep_at_desk": Route(
        "hamlet", form=lambda w: VISIT | {"hamlet": w.hamlet.code, "short_code": f"{w.key}-001"}
    ),
    "teams.merge": Route("hamlet", form=lambda w: {"into": str(w.other_household), "vao": str(w.other_household)}),
    "teams.take_out": Route("hamlet"),
    "teams.submit_visit": Route("hamlet", form=lambda _: VISIT | {"id": str(uuid7())}),
    "learning.give_letter": Route(form=lambda _: {"name": "Người Khác"}),
    "teaching.tick": Route("hamlet", form=lambda w: {"done": str(w.learner)}),
    "teaching.make_letters": Route("hamlet", form=lambda w: {f"ten-{w.learner}": "Người Khác"}),
    "teaching.add_newcomer": Route(
        "hamlet", form=lambda _: {"form": str(uuid7()), "nickname": "Mới", "age_band": "from_14", "picture": "trau"}
    ),
    "teaching.take_off": Route("hamlet"),
    "teaching.give_card": Route("hamlet", form=twice, refused=frozenset({403})),
    "teaching.admit_by_card": Route("hamlet", form=lambda w: {"ma": w.card}),
    "teaching.open_card_in_class": Route("hamlet", values=CARD.values, form=lambda _: {"pin": list(reversed(ORDER))}),
    "teaching.print_blank_cards": Route("hamlet"),
    "teaching.add_class": Route(
        "hamlet",
        form=lambda w: {
            **{"form": str(uuid7()), "area": w.path, "course": "khoa-mau", "held_on": "2026-11-21"},
            **{"teacher": "Vi Thị Mẫu", "lessons": "mot"},
        },
    ),
    "coverage.copy": Route("closed"),
    "teaching.begin": Route(form=lambda w: {"learner": str(w.learner)}),
    "teaching.end": Route("owner"),
    "lesson_admin.settle": Route("nation", form=lambda _: {"state": "mended", "reply": ""}),
    "lesson_admin.revoke": Route(
        "hamlet", values=LETTER.values, form=lambda _: {"reason": "misused"}, public_names=True
    ),
    "teams.unblock": Route("hamlet"),
    "teams.cut_off": Route("hamlet"),
    "teams.take_visit_file": Route("none"),
    "coverage.publish": Route("hamlet"),
    "coverage.withdraw": Route("hamlet"),
    "coverage.update_pilot": Route("hamlet", form=lambda _: {"title": "Khác", "version": "1"}),
    "coverage.create_pilot": Route(
        "hamlet",
        form=lambda w: {"form_id": str(uuid7()), "form": str(uuid7()), "hamlet": w.hamlet.code, "title": "Mới"},
    ),
    "teams.ask_mending": Route("hamlet", values=lambda w: {"held_id": w.refused}),
    "teams.set_refused_aside": Route(
        "hamlet", values=lambda w: {"held_id": w.refused}, form=lambda _: {"reason": "Bấm thử"}
    ),
    "teams.submit_mended": Route(
        "hamlet",
        values=lambda w: {"held_id": w.refused},
        form=lambda _: {"outcome": "not_home", "started_at": "2026-11-20T08:30"},
    ),
    "teams.settle_held_visit": Route("hamlet", form=lambda _: {"settlement": "left_out"}),
    "administration.reset_password": Route("hamlet"),
    "administration.reactivate": Route("hamlet"),
    "administration.deactivate": Route("hamlet"),
    "administration.give_role": Route("hamlet", form=lambda w: {"role": "visitor", "area": w.beside.code}),
    "administration.end_role": Route("hamlet"),
    "administration.add_person": Route(
        "hamlet",
        form=lambda w: {
            **{"name": "nguoi-moi", "display_name": "Người Mới", "role": "visitor", "area": w.hamlet.code},
            **{"password": "bản mường mới"},
        },
    ),
    "coverage.rename": Route("hamlet", values=AT_HAMLET.values, form=lambda _: {"kind": "ban", "name": "Tên Khác"}),
    "coverage.merge": Route("hamlet", values=AT_HAMLET.values, form=lambda w: {"vao": w.beside.code}),
    "coverage.split": Route(
        "hamlet",
        values=AT_HAMLET.values,
        form=lambda w: {"kind": "ban", "name": "Tách Ra", "households": str(w.household), "buoc": "tach"},
        refused=SEEN_SINGLY,
    ),
    "teams.add_step": Route("hamlet", form=lambda _: {"status": "in_progress", "owner": "Công an xã"}),
    "learning.open_card": Route(
        values=CARD.values, form=lambda _: {"pin": list(reversed(ORDER))}, touches=True, refused=frozenset({422, 429})
    ),
    "learning.learn_here": CARD,
    "learning.claim": Route(values=CARD.values, form=twice),
    "learning.wake": Route(form=lambda w: {"ma": w.card}),
    "learning.take_over": Route(form=lambda w: {"learner": str(w.learner), "ai": str(w.learner)}),
    "learning.forget": Route(form=lambda w: {"learner": str(w.learner), "ai": str(w.learner)}),
    "learning.describe": Route(form=lambda _: {"nickname": "Khác", "age_band": "from_14"}),
    "learning.give_up_card": FREE,
    "learning.add_new_person": Route(form=lambda _: {"form": str(uuid7()), "nickname": "Mới", "age_band": "from_14"}),
    "learning.take_back": Route("owner", values=LETTER.values),
}
