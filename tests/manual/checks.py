"""What has to be true after a step of the manual. Each check is called with what the step printed."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable

from playwright.sync_api import sync_playwright

from tests.manual.machine import DATA, Machine
from tests.manual.phone import open_offline
from tests.manual.visitors import LESSON, Steady, Visitor

HAMLETS = "Mã xã,Mã thôn,Tên,Loại\n14956,14956-001,Mẫu Một,thôn\n"
HOUSEHOLDS = "Mã hộ,Mã thôn,Ngõ,Tên gọi,Đồng ý ghi tên,Tiếng\n" + "".join(
    f"M1-{number:03d},14956-001,Ngõ {number},,,\n" for number in range(1, 31)
)
PRINTED_PASSWORD = re.compile(r"password\s+(\S+)")

Check = Callable[[str], None]


class Checks:
    """Remembers between steps: passwords, households, and the ids of every visit that was acknowledged."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._acknowledged: list[str] = []
        self._drill: threading.Thread | None = None
        self._begun: set[int] = set()

    def after(self, step: int, commands: str) -> list[tuple[str, Check]]:
        """The checks of this step's block. A step with several blocks says by a word of its commands which is meant."""
        table: dict[tuple[int, str], list[Check]] = {
            (5, "make install"): [self.the_administrator_has_a_password, self.the_sample_is_refused],
            (6, "systemctl"): [self.both_nodes_are_ready],
            (7, "nginx"): [self.people_reach_it_by_https],
            (8, "import"): [self.a_member_sends_visits, self.the_team_app_opens_offline],
            (9, "systemctl start"): [self.a_good_backup_is_there, self.a_broken_copy_is_refused],
            (9, "recount"): [self.the_restored_figures_agree],
            (10, "git pull"): [self.nothing_was_lost],
            (12, "kill"): [self.nothing_was_lost, self.a_full_data_folder_loses_nothing],
        }
        found = [checks for (number, word), checks in table.items() if number == step and word in commands]
        return [(check.__name__, check) for checks in found for check in checks]

    def begin(self, step: int) -> None:
        """What the administrator has ready for a step. Only the step's first block asks for it."""
        if step in self._begun:
            return
        self._begun.add(step)
        before: Callable[[], None] | None = getattr(self, f"before_{step}", None)
        if before:
            before()

    def before_8(self) -> None:
        """The administrator copies the commune's lists to the machine."""
        self._machine.write(f"/{DATA}/thon.csv", HAMLETS)
        self._machine.write(f"/{DATA}/ho.csv", HOUSEHOLDS)

    def before_10(self) -> None:
        self._start_load(visits=20)

    def before_12(self) -> None:
        self._start_load(visits=20, kind_answers={503})

    def visitor(self) -> Visitor:
        return Visitor(str(self._machine.root / "etc/bdhvs/tls/fullchain.pem"))

    def the_administrator_has_a_password(self, printed: str) -> None:
        found = PRINTED_PASSWORD.search(printed)
        assert found, printed
        self._administrator = found[1]

    def the_sample_is_refused(self, _printed: str) -> None:
        self._refused("bdhvs sample load --households 10")

    def both_nodes_are_ready(self, printed: str) -> None:
        assert "ok" in printed, printed
        assert len(self._workers()) == 4

    def people_reach_it_by_https(self, printed: str) -> None:
        if "healthz" not in printed and '"ok"' not in printed:
            return  # the block that makes the certificate
        visitor = self.visitor()
        assert visitor.ask(LESSON)[0] == 200
        assert visitor.ask("/readyz")[0] == 404, "the nodes' state is not for everybody"
        assert visitor.sign_in("quan-tri", self._administrator) == 200

    def a_member_sends_visits(self, printed: str) -> None:
        found = PRINTED_PASSWORD.search(printed)
        assert found, printed
        self._password = found[1]
        member = self._member()
        self._households = member.households()
        assert len(self._households) == 30
        self._acknowledged += member.send(self._households, 30)

    def the_team_app_opens_offline(self, _printed: str) -> None:
        with sync_playwright() as playwright:
            open_offline(playwright, self._machine.root.parent / "phone", "to-vien-1", self._password)

    def a_good_backup_is_there(self, printed: str) -> None:
        assert ".age" in printed, printed

    def a_broken_copy_is_refused(self, _printed: str) -> None:
        """Pages of a copy are overwritten: nobody takes it for good."""
        said = self._refused(
            "cd /var/lib/bdhvs; trap 'rm -f hong.age khoa.txt' EXIT\n"
            "cp $(ls -t /var/backups/bdhvs/*.age | head -1) hong.age; cp /root/khoa-sao-luu.txt khoa.txt\n"
            "chown bdhvs hong.age khoa.txt\n"
            "head -c 4096 /dev/urandom | dd of=hong.age bs=1 seek=20000 conv=notrunc status=none\n"
            "bdhvs restore $PWD/hong.age --identity $PWD/khoa.txt --replace"
        )
        assert "hỏng" in said, said
        self.nothing_was_lost("")

    def the_restored_figures_agree(self, printed: str) -> None:
        assert "Mọi con số đều khớp" in printed, printed

    def nothing_was_lost(self, _printed: str) -> None:
        """What was acknowledged is in the database, once; people saw a page or a kind answer all the while."""
        if self._drill is not None:
            self._drill.join()
            self._drill = None
        answer = self._machine.run(
            "cd /\nrunuser -u bdhvs -- psql -At 'postgresql:///bdhvs?host=/var/run/postgresql' "
            "-c 'SELECT id FROM visit'"
        )
        stored = answer.split()
        missing = set(self._acknowledged) - set(stored)
        assert not missing, f"{len(missing)} of {len(self._acknowledged)} acknowledged visits are gone"
        assert len(stored) == len(set(stored)) == len(self._acknowledged), (len(stored), len(self._acknowledged))

    def a_full_data_folder_loses_nothing(self, _printed: str) -> None:
        member = self._member()
        self._machine.run(f"dd if=/dev/zero of=/{DATA}/fill bs=1M status=none || true; df /{DATA} | grep -q 100%")
        try:
            assert member.ask(LESSON)[0] == 200
            self._acknowledged += member.send(self._households, 3)
            large = json.dumps({"visits": ["x" * 300_000]}).encode()
            status, content = member.ask("/api/v1/visits", large, "application/json")
            assert (status, "no_room" in content) == (503, True), (status, content)
        finally:
            self._machine.run(f"rm -f /{DATA}/fill")
        self._acknowledged += member.send(self._households, 3)
        self.nothing_was_lost("")

    def _refused(self, commands: str) -> str:
        """What the last of the commands said as it refused."""
        try:
            said = self._machine.run(commands)
        except subprocess.CalledProcessError as refused:
            said = refused.stdout
            assert "Traceback" not in said, said
            return said
        raise AssertionError(f"not refused: {commands}\n{said}")

    def _member(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.sign_in("to-vien-1", self._password) == 200
        return visitor

    def _workers(self) -> list[str]:
        return self._machine.run("pgrep -f 'python.* -m foundation.serving.worker'").split()

    def _start_load(self, *, visits: int, kind_answers: set[int] | None = None) -> None:
        """While the step runs, people read lessons and a member sends visits."""
        member = self._member()
        faults: list[object] = []

        def drill() -> None:
            with Steady(self.visitor) as people:
                for _ in range(visits):
                    self._acknowledged += member.send(self._households)
                    time.sleep(1)
            faults.extend(failed for failed in people.failed if failed[0] not in (kind_answers or set()))
            assert not faults, f"{len(faults)} of {people.asked} pages failed: {faults[:3]}"

        self._drill = _Drill(drill)
        self._drill.start()


class _Drill(threading.Thread):
    """A thread whose fault is raised where it is joined."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self._fault: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as fault:  # noqa: BLE001 - raised again in join
            self._fault = fault

    def join(self, timeout: float | None = None) -> None:
        super().join(timeout)
        if self._fault is not None:
            raise self._fault
