"""Whether a worker runs, for /readyz."""

from flask import Flask

from foundation import clock
from foundation.jobs.services import GONE_AFTER, backlog, last_heartbeat
from foundation.readiness import CLOCK_TOLERANCE, STORAGE_ERRORS, Check, failed


def check_worker(app: Flask) -> Check:
    """When a worker last wrote its heartbeat, and how many jobs wait.

    Pages work without a worker, so a missing one is reported but does not fail the check. A heartbeat in the future
    fails it: the worker's clock or this machine's clock is wrong.
    """
    now = clock.now()
    try:
        with app.extensions["sessions"]() as session:
            seen = last_heartbeat(session)
            todo = backlog(session, now=now)
    except STORAGE_ERRORS as error:
        # Another check reports whether the database answers.
        return Check(True, failed(error).code)
    age = None if seen is None else round((now - seen).total_seconds())
    details = {"seconds_since_seen": age, "waiting": todo.waiting, "running": todo.running, "failed": todo.failed}
    if age is not None and age < -CLOCK_TOLERANCE:
        return Check(False, "clocks_differ", details)
    return Check(True, "" if seen is not None and now - seen <= GONE_AFTER else "not_running", details)
