"""Walks docs/deploy.md: every block on a new machine, and after some of them a look at what came of it."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.manual.checks import Checks
from tests.manual.machine import Machine
from tests.manual.pages import Block, blocks
from tests.manual.visitors import lead_home

NEEDED = ("debootstrap", "unshare", "nsenter", "chromium")


def main() -> int:
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print("make manual needs:", ", ".join(missing))
        return 1
    lead_home()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="manual-") as folder, Machine(Path(folder)) as machine:
        checks = Checks(machine)
        try:
            for block in blocks():
                _walk(block, machine, checks)
        except (subprocess.CalledProcessError, AssertionError) as error:
            print(f"\n{error}\n{getattr(error, 'stdout', '') or ''}\n--- units ---\n{machine.log()[-8000:]}")
            return 1
    print(f"\nthe manual holds, in {time.monotonic() - began:.0f} s")
    return 0


def _walk(block: Block, machine: Machine, checks: Checks) -> None:
    title = f"{block.heading}: {block.commands.splitlines()[0][:90]}"
    if block.left_out:
        print(f"----- {title}\n      không chạy: {block.left_out}")
        return
    began = time.monotonic()
    checks.begin(block.step)
    printed = machine.run(block.commands)
    print(f"{time.monotonic() - began:4.0f}s {title}", flush=True)
    for name, check in checks.after(block.step, block.commands):
        began = time.monotonic()
        check(printed)
        print(f"{time.monotonic() - began:4.0f}s   {re.sub('_', ' ', name)}", flush=True)


sys.exit(main())
