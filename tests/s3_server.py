"""Starts a real server that speaks S3: OpenStack Swift with its S3 API, on loopback, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

# Where `.ci/servers` puts it; else whatever PATH has.
INSTALLED = Path(__file__).resolve().parents[1] / "build" / "servers" / "swift" / "bin"
BUCKET = "phases"
ABSENT = "OpenStack Swift is not installed: `make servers` does it"
_PARTS = ("account", "container", "object", "proxy")
_SECONDS = 60.0

_COMMON = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
user = {user}
workers = 0
"""
_STORAGE = """\
devices = {folder}/disks
mount_check = false
fallocate_reserve = 0
[pipeline:main]
pipeline = {part}-server
[app:{part}-server]
use = egg:swift#{part}
"""
_PROXY = """\
[pipeline:main]
pipeline = catch_errors listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_team_writer = secret .admin
"""
# What `swift-ring-builder` does in nine runs of it: one disk, one copy.
_RINGS = """\
import sys
from swift.common.ring import RingBuilder
folder, *ports = sys.argv[1:]
for part, port in zip(("account", "container", "object"), ports):
    ring = RingBuilder(4, 1, 0)
    disk = {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "one", "meta": ""}
    ring.add_dev({**disk, "ip": "127.0.0.1", "port": int(port)})
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{part}.ring.gz")
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs; `variables` are what a client's environment needs to reach its one bucket, `phases`."""

    variables: Mapping[str, str]

    def url(self, prefix: str) -> str:
        """Return the URL of a store in the bucket that nobody else uses."""
        return f"s3://{BUCKET}/{prefix}"


def programs() -> Path | None:
    """Return the folder of Swift's programs; None where it is not installed."""
    found = shutil.which("swift-proxy-server", path=os.pathsep.join([str(INSTALLED), os.environ.get("PATH", "")]))
    return None if found is None else Path(found).parent


@contextmanager
def running(own: Path, folder: Path) -> Iterator[Server]:
    """Yield a server of the programs in `own` that keeps all of its files in `folder`; end it."""
    ports = _free_ports(len(_PARTS))
    _configure(own, folder, ports)
    processes = [_started(own, folder, part) for part in _PARTS]
    try:
        for port in ports:
            _wait(port, processes, folder)
        variables = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports[-1]}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "team:writer",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        _make_bucket(variables)
        yield Server(variables)
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _configure(own: Path, folder: Path, ports: Sequence[int]) -> None:
    user = pwd.getpwuid(os.getuid()).pw_name
    (folder / "disks" / "one").mkdir(parents=True)
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = tests\n")
    for part, port in zip(_PARTS, ports, strict=True):
        rest = _PROXY if part == "proxy" else _STORAGE.format(folder=folder, part=part)
        (folder / f"{part}.conf").write_text(_COMMON.format(port=port, folder=folder, user=user) + rest)
    python = own / "python" if (own / "python").exists() else Path("/usr/bin/python3")
    command = [str(python), "-c", _RINGS, str(folder), *map(str, ports)]
    subprocess.run(command, check=True, capture_output=True)


def _started(own: Path, folder: Path, part: str) -> subprocess.Popen[bytes]:
    with (folder / f"{part}.err").open("wb") as said:
        return subprocess.Popen(
            [str(own / f"swift-{part}-server"), str(folder / f"{part}.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )


def _wait(port: int, processes: Sequence[subprocess.Popen[bytes]], folder: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and all(process.poll() is None for process in processes):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    said = "".join(path.read_text("utf-8", "replace")[-2000:] for path in sorted(folder.glob("*.err")))
    raise RuntimeError(f"Swift did not start: {said}")


def _make_bucket(variables: Mapping[str, str]) -> None:
    """Ask for the bucket with a signed URL, which needs no client but the one under test."""
    import obstore
    from obstore.store import S3Store

    store = S3Store(
        BUCKET,
        endpoint=variables["AWS_ENDPOINT_URL"],
        access_key_id=variables["AWS_ACCESS_KEY_ID"],
        secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region=variables["AWS_REGION"],
        client_options={"allow_http": True},
    )
    signed = obstore.sign(store, "PUT", "", timedelta(minutes=1))
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        urllib.request.Request(signed, method="PUT"), timeout=_SECONDS
    ).close()
