"""A new Debian: a root made by debootstrap, processes and mounts of its own, and this machine's network."""

import os
import shutil
import subprocess
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
# Made once; the packages are the archive's newest when they are installed by the manual's first step.
BASE = PROJECT_ROOT / ".cache" / "debian.tar"
MIRROR = "http://deb.debian.org/debian"
# How this machine reaches package archives: names, certificates and settings, which any machine behind a proxy has.
REACHES = [
    "/etc/resolv.conf",
    "/etc/pip.conf",
    "/etc/npmrc",
    "/etc/ssl/certs/ca-certificates.crt",
    "/usr/local/share/ca-certificates",
]
PASSED = ("PIP_", "NPM_CONFIG_", "NODE_EXTRA_CA", "SSL_CERT", "http_proxy", "https_proxy", "no_proxy")
DATA = "var/lib/bdhvs"
DATA_SIZE = "2g"  # what a full disk is tried on: memory, taken as it is filled
REPOSITORY = "https://git.example.vn/binh-dan-hoc-vu-so.git"


class Machine:
    """Use as a context: everything that ran on it has ended afterwards, and its folder is gone."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self._inits: list[subprocess.Popen] = []

    def __enter__(self) -> "Machine":
        self.root.mkdir(parents=True)
        _make_base()
        subprocess.run(["tar", "-C", self.root, "-xf", BASE], check=True)
        self._bring_in()
        # Its first process: when that ends, so do all others, and the mounts go with it.
        mounts = f"""
            mount --make-rprivate /
            mount --rbind /dev {self.root}/dev
            mount -t tmpfs -o size={DATA_SIZE},mode=755 tmpfs {self.root}/{DATA}
            mount -t proc proc {self.root}/proc
            exec chroot {self.root} /bin/sleep infinity
        """
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", mounts]
        self._init = subprocess.Popen(command)
        self._first = self._first_process()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._init.kill()
        self._init.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, commands: str, *, timeout: float = 1800) -> str:
        """Type the commands as root. Returns what was printed; raises CalledProcessError, with it, where one fails."""
        enter = ["nsenter", "--target", str(self._first), "--mount", "--pid", "--root", "--wdns=/root"]
        environment = {name: value for name, value in os.environ.items() if name.startswith(PASSED)}
        environment |= {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            "PIP_NO_CACHE_DIR": "1",
        }
        done = subprocess.run(
            [*enter, "bash", "-euo", "pipefail", "-c", commands],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, commands, done.stdout)
        return done.stdout

    def write(self, place: str, text: str) -> None:
        """Put a file on the machine, as its administrator would copy it there."""
        quoted = text.replace("'", "'\\''")
        self.run(f"printf %s '{quoted}' > {place}")

    def log(self) -> str:
        """What its units have written."""
        return "\n".join(file.read_text(errors="replace") for file in sorted((self.root / "var/log/units").glob("*")))

    def _first_process(self) -> int:
        """The number, on this machine, of its first process: the child of `unshare`."""
        children = Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children")
        while True:
            assert self._init.poll() is None, "the machine did not start"
            for number in children.read_text().split():
                if Path(f"/proc/{number}/cmdline").read_bytes().startswith(b"/bin/sleep"):
                    return int(number)

    def _bring_in(self) -> None:
        for place in map(Path, REACHES):
            to = self.root / place.relative_to("/")
            if place.is_dir():
                shutil.copytree(place, to, symlinks=True, dirs_exist_ok=True)
            elif place.exists():
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(place.read_bytes())
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost hoc.example.vn\n::1 localhost\n")
        (self.root / DATA).mkdir(parents=True)
        stand_in = shutil.copy(PROJECT_ROOT / "tests" / "manual" / "systemctl", self.root / "usr/local/sbin/systemctl")
        Path(stand_in).chmod(0o755)
        # The repository's address in the manual leads to this checkout, as it is committed.
        subprocess.run(["git", "clone", "--quiet", "--bare", PROJECT_ROOT, self.root / "srv/git"], check=True)
        branch = subprocess.run(
            ["git", "-C", PROJECT_ROOT, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        ).stdout.strip()
        subprocess.run(["git", "-C", self.root / "srv/git", "update-ref", "refs/heads/main", branch], check=True)
        subprocess.run(["git", "-C", self.root / "srv/git", "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
        (self.root / "etc/gitconfig").write_text(
            f'[url "/srv/git"]\n\tinsteadOf = {REPOSITORY}\n[safe]\n\tdirectory = *\n', encoding="utf-8"
        )


def _make_base() -> None:
    if BASE.is_file():
        return
    folder = BASE.with_suffix(".new")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", folder, MIRROR], check=True, stdout=subprocess.DEVNULL
    )
    BASE.parent.mkdir(exist_ok=True)
    subprocess.run(["tar", "-C", folder, "-cf", BASE, "."], check=True)
    shutil.rmtree(folder)
