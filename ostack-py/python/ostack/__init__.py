"""Reads a failed packstack (OpenStack RDO) installation and says what broke, why, and what to do.

>>> import ostack
>>> report = ostack.diagnose_text("Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'")
>>> report.diagnoses[0].component
'puppet'
"""

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
    Constraint,
    Diagnosis,
    Evidence,
    Fix,
    KnowledgeBase,
    Place,
    Report,
    Rule,
    Step,
    Symptom,
    Unexplained,
    Verify,
    Version,
    __version__,
    diagnose,
    diagnose_text,
)

__all__ = [
    "Again",
    "Alternative",
    "AnswerFileError",
    "Check",
    "Constraint",
    "ContextError",
    "Diagnosis",
    "Evidence",
    "FileError",
    "Fix",
    "KnowledgeBase",
    "OstackError",
    "Place",
    "Report",
    "Rule",
    "RuleError",
    "Step",
    "Symptom",
    "Unexplained",
    "Verify",
    "Version",
    "VersionError",
    "__version__",
    "diagnose",
    "diagnose_text",
]
