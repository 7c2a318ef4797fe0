"""Tables of learning: anonymous learners, their answers, their letters of completion, and reports of faults."""

from learning.models.answers import AnswerRow
from learning.models.fault_reports import FaultReportRow
from learning.models.learners import Learner
from learning.models.letters import AwardKey, Certificate, LetterStatus

__all__ = ["AnswerRow", "AwardKey", "Certificate", "FaultReportRow", "Learner", "LetterStatus"]
