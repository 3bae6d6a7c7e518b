"""Writes the report here and `expected.json` again: `python tests/collectors/locust/make.py`.

    session.json  locust --headless --json --skip-log --users 4 --run-time 3s

against a small server on localhost that knows no `/nope`, and refuses every third request for `/flaky`. The expected
numbers are those that locust itself has of the same session when it quits: what it prints and draws. Needs the PyPI
registry: locust goes into a virtual environment that is thrown away.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

HERE = Path(__file__).parent
USERS = """
import json
from itertools import count

from locust import HttpUser, constant, events, task

started = count()


class Visitor(HttpUser):
    wait_time = constant(0.002)

    def on_start(self):
        if next(started) == 0:
            self.client.get("/once")

    @task(8)
    def front(self):
        self.client.get("/")

    @task(2)
    def order(self):
        self.client.post("/orders", json={"item": 7})

    @task(2)
    def nope(self):
        self.client.get("/nope")

    @task(1)
    def flaky(self):
        self.client.get("/flaky")

    @task(1)
    def untimed(self):
        what = {"response_length": 0, "exception": None, "context": {}}
        self.environment.events.request.fire(request_type="", name="queued", response_time=None, **what)


@events.quitting.add_listener
def say(environment, **_):
    found = {}
    for entry in environment.stats.entries.values():
        found[f"{entry.method} {entry.name}".strip()] = {
            "mean": entry.avg_response_time,
            "median": entry.median_response_time,
            "min": entry.min_response_time,
            "max": entry.max_response_time,
            "p90": entry.get_response_time_percentile(0.90),
            "p95": entry.get_response_time_percentile(0.95),
            "p99": entry.get_response_time_percentile(0.99),
            "rate": entry.total_rps,
            "failed": entry.num_failures,
            "total": entry.num_requests,
        }
    with open("expected.json", "w") as file:
        json.dump(found, file, indent=1)
        file.write("\\n")
"""


class Shop(BaseHTTPRequestHandler):
    """Answers at once, `/nope` with 404 and every third `/flaky` with 500."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one packet: in two, the second waits for 40 ms
    asked = count(1)

    def do_GET(self) -> None:
        status = 404 if self.path == "/nope" else 200
        if self.path == "/flaky" and next(self.asked) % 3 == 0:
            status = 500
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Does not mind when locust leaves in the middle of a request."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def session(folder: Path) -> str:
    """Return what locust prints of a session of three seconds; its own numbers are in `expected.json` in `folder`."""
    venv.create(folder / "venv", with_pip=True)
    programs = f"{folder}/venv/bin"
    install = [f"{programs}/python", "-m", "pip", "install", "--quiet", "locust"]
    if subprocess.run(install, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        sys.exit("locust cannot be installed: the PyPI registry is needed")
    (folder / "users.py").write_text(USERS)
    server = Server(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = ["--headless", "--json", "--skip-log", "--users", "4", "--spawn-rate", "4", "--run-time", "3s"]
    command = [f"{programs}/locust", "-f", "users.py", *options, "-H", f"http://127.0.0.1:{server.server_port}"]
    done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.PIPE, text=True)
    server.shutdown()
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (HERE / "session.json").write_text(session(folder))
        (HERE / "expected.json").write_text((folder / "expected.json").read_text())


if __name__ == "__main__":
    main()
