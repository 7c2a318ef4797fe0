"""Tables of learning: phones, learners, their cards, answers and letters of completion, and reports of faults."""

from learning.models.answers import AnswerRow
from learning.models.cards import Card
from learning.models.fault_reports import FaultReportRow
from learning.models.learners import Learner, Phone, PhoneLearner
from learning.models.letters import AwardKey, Certificate, LetterStatus

__all__ = [
    "AnswerRow",
    "AwardKey",
    "Card",
    "Certificate",
    "FaultReportRow",
    "Learner",
    "LetterStatus",
    "Phone",
    "PhoneLearner",
]
