"""`python -m bench.province_pages DATABASE`: one worker that is asked for pages, and says how long each took it.

In: lines of JSON, {"as": sign-in name or "", "page": its address, "after": code of a hamlet or ""}. With a hamlet,
the page is asked for as right after a visit there.
Out: for each a line of two numbers, milliseconds on the wall, and of this process alone.

Two databases held against each other have a process each. They take turns on one and the same processor: two are
seldom equally quick, and that would look like a difference of the pages.
"""

import gc
import json
import os
import sys
import time

from flask.testing import FlaskClient

from bench.filled import PASSWORD, opened
from community_teams.domain.counting import Sum
from community_teams.services.rollups import add_to_communes
from foundation import clock
from foundation.web.database import transaction


def main(database: str) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with opened("", database) as app:
        visitors: dict[str, FlaskClient] = {}
        gc.collect()
        gc.freeze()  # as app.serve() does
        for line in sys.stdin:
            asked = json.loads(line)
            name = asked["as"]
            if name not in visitors:
                visitors[name] = app.test_client()
                if name:
                    visitors[name].post("/dang-nhap", data={"name": name, "password": PASSWORD})
            if asked["after"]:
                with app.test_request_context(), transaction() as session:
                    add_to_communes(session, {asked["after"]: Sum()}, now=clock.now(), last_visit_on={})
            wall, processor = time.perf_counter(), time.process_time()
            answer = visitors[name].get(asked["page"])
            taken = time.perf_counter() - wall, time.process_time() - processor
            assert answer.status_code == 200, (asked, answer.status)
            print(json.dumps([seconds * 1000 for seconds in taken]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
