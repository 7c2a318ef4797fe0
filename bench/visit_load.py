"""`python -m bench.visit_load ADDRESS`: phones that send what stands on standard input, as fast as they are answered.

In: lines of JSON, {"name": sign-in name, "bodies": [packed batches, base64]}; each is one phone. With "cookie", as
sign_in gives it, the phone is signed in already: a password takes the server some 50 ms to check.
Out: {"seconds", "batches": [milliseconds each], "outcomes": {outcome: how many}}.
"""

import base64
import http.client
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from bench.visit_batches import PASSWORD

HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}


def sign_in(host: str, name: str) -> tuple[http.client.HTTPConnection, str]:
    connection = http.client.HTTPConnection(host, timeout=60)
    form = urlencode({"name": name, "password": PASSWORD})
    connection.request("POST", "/dang-nhap", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    # The session, and the mark of a browser that has been here before.
    cookies = answer.headers.get_all("Set-Cookie") or []
    return connection, "; ".join(cookie.split(";")[0] for cookie in cookies)


def send(connection: http.client.HTTPConnection, cookie: str, bodies: list[bytes]) -> tuple[list[float], Counter[str]]:
    taken, outcomes = [], Counter[str]()
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/api/v1/visits", body, HEADERS | {"Cookie": cookie})
        answer = connection.getresponse()
        told = answer.read()
        taken.append((time.perf_counter() - start) * 1000)
        # Looked for in the bytes, so that reading does not cost the server its cores.
        outcomes[str(answer.status)] += 1
        del told
    return taken, outcomes


def main(address: str) -> None:
    host = urlsplit(address).netloc
    phones = [json.loads(line) for line in sys.stdin]
    bodies = [[base64.b64decode(body) for body in phone["bodies"]] for phone in phones]
    open_: list[tuple[http.client.HTTPConnection, str]] = [
        (http.client.HTTPConnection(host, timeout=60), phone["cookie"])
        if "cookie" in phone
        else sign_in(host, phone["name"])
        for phone in phones
    ]
    with ThreadPoolExecutor(len(phones)) as pool:
        start = time.perf_counter()
        told = list(pool.map(lambda i: send(*open_[i], bodies[i]), range(len(phones))))
        seconds = time.perf_counter() - start
    outcomes = sum((each[1] for each in told), Counter())
    json.dump(
        {"seconds": seconds, "batches": [taken for each in told for taken in each[0]], "outcomes": outcomes}, sys.stdout
    )


if __name__ == "__main__":
    main(sys.argv[1])
