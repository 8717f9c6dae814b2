"""Reads a failed packstack (OpenStack RDO) installation and says what broke, why, and what to do.

>>> import ostack
>>> report = ostack.diagnose_text("Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'")
>>> report.diagnoses[0].component
'puppet'
"""

from ostack._answers import AnswerFile
from ostack._errors import (
    AnswerFileError,
    ContextError,
    FileError,
    OstackError,
    RuleError,
    VersionError,
)
from ostack._ostack import (
    Again,
    Alternative,
    Check,
    Conflict,
    Constraint,
    Diagnosis,
    Difference,
    Evidence,
    Fix,
    KnowledgeBase,
    MigrationStep,
    Party,
    Place,
    Problem,
    Report,
    Rule,
    Said,
    Step,
    Symptom,
    Unexplained,
    Verdict,
    Verify,
    Version,
    __version__,
    diagnose,
    diagnose_text,
)

__all__ = [
    "Again",
    "Alternative",
    "AnswerFile",
    "AnswerFileError",
    "Check",
    "Conflict",
    "Constraint",
    "ContextError",
    "Diagnosis",
    "Difference",
    "Evidence",
    "FileError",
    "Fix",
    "KnowledgeBase",
    "MigrationStep",
    "OstackError",
    "Party",
    "Place",
    "Problem",
    "Report",
    "Rule",
    "RuleError",
    "Said",
    "Step",
    "Symptom",
    "Unexplained",
    "Verdict",
    "Verify",
    "Version",
    "VersionError",
    "__version__",
    "diagnose",
    "diagnose_text",
]
