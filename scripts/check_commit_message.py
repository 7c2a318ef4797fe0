"""Checks the subject of a commit message: `area: verb what`, at most 72 characters. The commit-msg hook calls it.

`python scripts/check_commit_message.py FILE` reads a message from a file; with `-` it reads subjects, one a line, from
standard input: `git log --format=%s main.. | python scripts/check_commit_message.py -`. Exits 1 and says why.
"""

import re
import sys
from pathlib import Path

LONGEST = 72  # characters; `git log --oneline` of a terminal of 80 shows it whole
SHAPE = re.compile(r"(?P<area>[a-z][a-z0-9 ._/-]*): (?P<verb>[a-z][a-z-]*) \S")
# What git and GitHub write by themselves.
BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")
# "added", "adds" and "adding" for "add", of the verbs that people use most.
VERBS = (
    *("add", "change", "check", "correct", "delete", "document", "explain", "extend", "fix", "improve", "mend", "move"),
    *("reduce", "refactor", "remove", "rename", "replace", "show", "speed", "split", "test", "update", "use", "write"),
)
INFLECTED = {
    form
    for verb in VERBS
    for form in (f"{verb}s", f"{verb}ed", f"{verb.removesuffix('e')}ed", f"{verb.removesuffix('e')}ing")
}


def subject_fault(subject: str) -> str | None:
    """What is wrong with a subject, as a sentence; None if nothing is."""
    if subject.startswith(BY_GIT):
        return None
    if len(subject) > LONGEST:
        return f"{len(subject)} characters, at most {LONGEST}: put the rest into the body"
    found = SHAPE.match(subject)
    if not found:
        return "write it as `area: verb what`, in small letters, such as `phones: fix the delay after a wrong PIN`"
    if found["verb"] in INFLECTED:
        return f"say what the commit does as an order: not `{found['verb']}` but add, fix, remove, rename, test …"
    if subject.endswith("."):
        return "no full stop at the end"
    return None


def read_subjects(argument: str) -> list[str]:
    """The subject in a file of one message, or every line of standard input."""
    if argument == "-":
        return [line.rstrip("\n") for line in sys.stdin if line.strip()]
    lines = Path(argument).read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line.strip() and not line.startswith("#")]
    return written[:1] or [""]


def main(arguments: list[str]) -> int:
    faults = [(subject, fault) for subject in read_subjects(arguments[0]) if (fault := subject_fault(subject))]
    for subject, fault in faults:
        sys.stderr.write(f"{subject}\n  {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
