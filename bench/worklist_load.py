"""`python -m bench.worklist_load ADDRESS SECONDS CONNECTIONS`: phones that fetch their first work list.

In: lines of JSON, {"cookie", "device"}; each is one phone. They come at random moments within SECONDS, or for 0 all at
once, on at most CONNECTIONS lines. Out: {"seconds", "waits": [milliseconds each, from the moment the phone came],
"bytes": [each], "statuses": {status: how many}}.
"""

import http.client
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import urlsplit

ADDRESS = "/api/v1/worklist"


def fetch(host: str, phone: dict[str, str], came: float) -> tuple[float, int, int]:
    wait = came - time.perf_counter()
    if wait > 0:
        time.sleep(wait)
    # A connection of its own: every phone is another.
    connection = http.client.HTTPConnection(host, timeout=60)
    told = {"Cookie": phone["cookie"], "X-Device": phone["device"], "Accept-Encoding": "gzip, br"}
    connection.request("GET", ADDRESS, headers=told)
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return (time.perf_counter() - came) * 1000, size, answer.status


def main(address: str, seconds: float, connections: int) -> None:
    host = urlsplit(address).netloc
    phones = [json.loads(line) for line in sys.stdin]
    chance = Random(1)
    start = time.perf_counter() + 0.2
    moments = sorted(start + chance.uniform(0, seconds) for _ in phones)
    with ThreadPoolExecutor(connections) as pool:
        told = list(pool.map(lambda i: fetch(host, phones[i], moments[i]), range(len(phones))))
        taken = time.perf_counter() - start
    waits, sizes, statuses = zip(*told, strict=True)
    json.dump({"seconds": taken, "waits": waits, "bytes": sizes, "statuses": Counter(statuses)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
