"""A phone as its own process, which can be killed at any moment and started again on what it had stored."""

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from community_teams.phones.views.app_questions import questions_as_json
from foundation.settings import PROJECT_ROOT

SILENCE = 90  # seconds after which a phone counts as stuck


class Died(Exception):
    """The phone was killed before it answered."""


class NodePhone:
    """The app's modules in Node, on a store in `folder`. address: its line."""

    def __init__(self, folder: Path, *, address: str, member: int, name: str, password: str, seed: int) -> None:
        folder.mkdir(parents=True)
        self._about: dict[str, Any] = {
            "folder": str(folder),
            "address": address,
            "member": str(member),
            "name": name,
            "password": password,
            "seed": seed,
            "keepsDrafts": False,
        }
        self.ahead = 0
        self._errors = folder / "errors"
        self._questions = folder / "questions.json"
        self._questions.write_text(questions_as_json())
        self.start()

    def start(self) -> None:
        for _ in range(5):
            try:
                self._start()
                return
            except Died:
                # The battery was not done with it.
                self.close()
        raise AssertionError("the phone dies again and again")

    def _start(self) -> None:
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [_node(), "tests/faults/phone.mjs", json.dumps({**self._about, "ahead": self.ahead})],
                cwd=PROJECT_ROOT,
                env={**os.environ, "VISIT_QUESTIONS": str(self._questions)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._answer()

    def ask(self, act: str, **told: Any) -> dict[str, Any]:
        """What it answers; {"fault": code} where it refuses. Raises Died."""
        if act == "clock":
            self.ahead = told["ahead"]
        self.say(act, **told)
        return self._answer()

    def say(self, act: str, **told: Any) -> None:
        """Begin something, without waiting for it."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"do": act, **told}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Died from None

    def keep_drafts(self) -> None:
        """From now on, drafts outlive its death."""
        self._about["keepsDrafts"] = True
        self.restart()

    def kill(self) -> None:
        self._process.kill()

    def restart(self) -> None:
        self.close()
        self.start()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # What was said to it last may not have left.
            with suppress(BrokenPipeError):
                if pipe:
                    pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        stuck = threading.Timer(SILENCE, self.kill)
        stuck.start()
        line = self._process.stdout.readline()
        is_stuck = not stuck.is_alive()
        stuck.cancel()
        assert not is_stuck, f"a phone said nothing for {SILENCE} seconds"
        if not line.endswith("\n"):
            status = self._process.wait()
            if status == -9:
                raise Died
            raise AssertionError(f"the phone ended with {status}: {self._errors.read_text()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _node() -> str:
    beside = Path(sys.executable).parent / "node"
    return shutil.which("node") or str(beside)
