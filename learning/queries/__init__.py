"""Queries: learners of a phone, their answers, letters by code, award keys and fault reports."""

from learning.queries.answers import right_answers
from learning.queries.award_keys import LIST_SIZE, award_key, award_keys, count_status_lists, is_void, void_places
from learning.queries.fault_reports import fault_report, fault_reports_of, open_fault_reports
from learning.queries.learners import SharedPhone, people_on, phone_by_token
from learning.queries.letters import letter_by_code, letter_for_course, letters_of

__all__ = [
    "LIST_SIZE",
    "SharedPhone",
    "award_key",
    "award_keys",
    "count_status_lists",
    "fault_report",
    "fault_reports_of",
    "is_void",
    "letter_by_code",
    "letter_for_course",
    "letters_of",
    "open_fault_reports",
    "people_on",
    "phone_by_token",
    "right_answers",
    "void_places",
]
