"""Tables of learning: phones, learners, their cards, classes, answers and letters, and reports of faults."""

from learning.models.answers import AnswerRow, LessonTally
from learning.models.assisting import AssistedSession
from learning.models.cards import Card
from learning.models.classes import ClassEvening, ClassLearner, DoneTogether
from learning.models.fault_reports import FaultReportRow
from learning.models.learners import Learner, Phone, PhoneLearner
from learning.models.letters import AwardKey, Certificate, LetterStatus

__all__ = [
    "AnswerRow",
    "AssistedSession",
    "AwardKey",
    "Card",
    "Certificate",
    "ClassEvening",
    "ClassLearner",
    "DoneTogether",
    "FaultReportRow",
    "Learner",
    "LessonTally",
    "LetterStatus",
    "Phone",
    "PhoneLearner",
]
