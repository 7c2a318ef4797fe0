"""Operating system calls of the supervisor: listening sockets, signals, limits, systemd."""

import ctypes
import errno
import os
import resource
import signal
import socket

# A client that reads nothing, or is gone, is disconnected after so long.
PEER_TIMEOUT = 60  # seconds
OPEN_FILES = 65_536
# By errno; for any other one the operating system's own message is shown.
PORT_ADVICE = {
    errno.EADDRINUSE: "đã có chương trình khác dùng cổng này. Tắt nó, hoặc chọn cổng khác: "
    "make run PORT=8001, hay serve --port 8001",
    errno.EACCES: "cổng dưới 1024 chỉ dành cho quản trị. Chọn cổng khác: serve --port 8001",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ ấy. Xem lại --host",
}
_PR_SET_PDEATHSIG = 1
_terminal = os.isatty(0)


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """`count` listening sockets on one port. The kernel distributes connections evenly between them.

    port: 0 for any free one. Raises OSError if the port is in use, even by a server with SO_REUSEPORT.
    """
    with _made(host) as probe:  # without SO_REUSEPORT, which would share a port in use
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
    """A new socket; every accepted connection inherits its options."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, PEER_TIMEOUT)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_TIMEOUT * 1000)
    return listening


def web_address(listening: socket.socket) -> str:
    """The address for a browser on this machine; a server that listens everywhere is reached at 127.0.0.1 or ::1."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def notify_systemd(state: str) -> None:
    """Send a state to systemd (sd_notify(3)) if a unit of Type=notify started this process; otherwise do nothing."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        # "@" means an abstract socket, outside the file system.
        line.connect(place.replace("@", "\0", 1) if place.startswith("@") else place)
        line.sendall(state.encode())


def set_up_child() -> None:
    # Ctrl+C and hang-up of a terminal reach the whole group; only the supervisor handles them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # The process gets SIGTERM when the supervisor is killed.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def signals_as_bytes() -> int:
    """A descriptor that gives one byte, the signal's number, for every signal that the supervisor handles."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda _number, _frame: None)
    return read


def terminal_is_gone() -> bool:
    """Whether a SIGHUP came because the terminal was closed, and does not ask for a reload."""
    if not _terminal:
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return True
    return False


def raise_open_files() -> None:
    """Raise the limit of open files: every connection, and every body on disk, is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
