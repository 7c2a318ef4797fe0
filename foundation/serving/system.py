"""What the supervisor asks of the operating system: the listening socket, signals, limits, systemd."""

import ctypes
import errno
import os
import resource
import signal
import socket

# A peer that takes nothing, or is gone, is cut after so long: an answer larger than the socket's buffers waits for it.
PEER_TIMEOUT = 60  # seconds
OPEN_FILES = 65_536
# By what the operating system answered; anything else is told in its own words.
PORT_ADVICE = {
    errno.EADDRINUSE: "đã có chương trình khác dùng cổng này. Tắt nó, hoặc chọn cổng khác: "
    "make run PORT=8001, hay serve --port 8001",
    errno.EACCES: "cổng dưới 1024 chỉ dành cho quản trị. Chọn cổng khác: serve --port 8001",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ ấy. Xem lại --host",
}
_PR_SET_PDEATHSIG = 1
_terminal = os.isatty(0)


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """`count` sockets on one port that take connections from now on, shared out evenly between them by the kernel.

    port: 0 for any free one. Raises OSError where the port is taken, also by a server that shares its own.
    """
    with _made(host) as probe:  # without SO_REUSEPORT, which would join whoever is there
        probe.bind((host, port))
        port = probe.getsockname()[1]
    sockets = []
    for _ in range(count):
        listening = _made(host)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind((host, port))
        listening.listen(1024)
        sockets.append(listening)
    return sockets


def _made(host: str) -> socket.socket:
    """What is set on it here, every connection inherits."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, PEER_TIMEOUT)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_TIMEOUT * 1000)
    return listening


def web_address(listening: socket.socket) -> str:
    """Where a browser on this machine reaches the server; one that listens everywhere is reached as this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def notify_systemd(state: str) -> None:
    """Tell systemd how far we are (sd_notify(3)), where a unit of Type=notify started us; otherwise nothing."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        # "@" stands for a name outside the file system.
        line.connect(place.replace("@", "\0", 1) if place.startswith("@") else place)
        line.sendall(state.encode())


def set_up_child() -> None:
    # A terminal's Ctrl+C and hang-up reach the whole group; the supervisor alone says what they mean.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Nobody is left behind when the supervisor is killed.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def signals_as_bytes() -> int:
    """A descriptor from which every signal that concerns us can be read, as one byte with its number."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda _number, _frame: None)
    return read


def terminal_is_gone() -> bool:
    """Whether a SIGHUP means that the terminal this was started from was closed, and not "load anew"."""
    if not _terminal:
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return True
    return False


def raise_open_files() -> None:
    """A connection is an open file, and so is a body that waits on disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
