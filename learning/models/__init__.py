"""Tables of learning: anonymous learners, their answers, their letters of completion, and reports of faults."""

from learning.models.answers import AnswerRow
from learning.models.fault_reports import FaultReportRow
from learning.models.learners import Learner
from learning.models.letters import Certificate

__all__ = ["AnswerRow", "Certificate", "FaultReportRow", "Learner"]
