"""A team's own documents in its own words: one template in a configured folder, and they are understood like ours."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from journey import at_the_end_of_the_phase, files_of, phasemetrics, succeed

FAMILY = Path(__file__).parent / "family"
NAME = "docs/cierre-3.md"


@pytest.fixture(scope="module", name="made")
def _made(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("family"))
    folder = root / "docs/plantillas"
    folder.mkdir(parents=True)
    shutil.copyfile(FAMILY / "cierre.md.j2", folder / "cierre.md.j2")
    config = root / "phasemetrics.toml"
    rule = '[group.lectura]\nnames = ["test_read*", "*reading*::*"]\n'
    config.write_text(f'templates = ["docs/plantillas"]\n{config.read_text("utf-8")}\n{rule}', encoding="utf-8")
    return root


@pytest.fixture(name="project")
def _project(made: Path, tmp_path: Path) -> Path:
    root = shutil.copytree(made, tmp_path / "project", symlinks=True)
    # From memory: another order, another dress, one level deeper, with words of its own.
    shutil.copyfile(FAMILY / "by_hand.md", root / NAME)
    return root


def test_a_document_written_by_hand_is_filled(project: Path) -> None:
    succeed(project, "fill", "-p", "3", NAME)
    text = (project / NAME).read_text(encoding="utf-8")
    snapshot = json.loads((project / ".phasemetrics/phases/3/end.json").read_text("utf-8"))
    before = json.loads((project / ".phasemetrics/phases/3/baseline.json").read_text("utf-8"))
    passed, total = (snapshot["metrics"][f"tests.{name}"]["value"] for name in ("passed", "total"))
    was = before["metrics"]["tests.passed"]["value"]
    assert f"Pasan {passed} de {total} (antes {was}), y casi todas son rápidas.\n" in text
    group = next(one for one in snapshot["groups"] if one["name"] == "lectura")
    assert f"lectura ....... {group['total']} pruebas\notra cosa ....... NN pruebas\n" in text
    lines = (project / "src/rainbook/gaps.py").read_text("utf-8").count("\n")
    assert f"**Archivo** `src/rainbook/gaps.py`, {lines} líneas. Busca días sin lluvia.\n" in text
    green = not sum(snapshot["metrics"][f"tests.{name}"]["value"] for name in ("failed", "errors"))
    assert f"- {'✅' if green else '⬜'} Ninguna prueba falla\n- ⬜ Cobertura de al menos 99.99%\n" in text
    created = [one["path"] for one in snapshot["files"] if one["status"] == "created"]
    listed = re.findall(r"^- `(.+)`$", text, re.MULTILINE)
    assert listed == [path for path in created if not path.startswith(".phasemetrics/")]
    assert re.search(r"^\| .+ \| .+ \| \| .+ \| .+ \|$", text, re.MULTILINE)
    assert "| ? |" not in text


def test_it_is_filled_once_and_checked(project: Path) -> None:
    succeed(project, "fill", "-p", "3", NAME)
    made = files_of(project)
    succeed(project, "fill", "-p", "3", NAME)
    assert files_of(project) == made
    text = (project / NAME).read_text(encoding="utf-8")
    claimed = text.replace("⬜ Cobertura", "✅ Cobertura")
    (project / NAME).write_text(claimed, encoding="utf-8")
    ended = phasemetrics(project, "check", "-p", "3", NAME)
    assert ended.code == 1
    assert re.search(
        r"a person ticked it, the evidence says: coverage is \S+%, at least 99.99% is asked for", ended.out
    )


def test_a_new_document_is_printed_and_filled(project: Path) -> None:
    succeed(
        project, "new", "cierre", "-p", "3", "-o", "docs/nuevo.md", "--components", "Gaps=src/rainbook/gaps.py,Tabla"
    )
    succeed(project, "fill", "-p", "3", "docs/nuevo.md")
    text = (project / "docs/nuevo.md").read_text(encoding="utf-8")
    assert "# Cierre de la iteración 3\n" in text
    assert "### Pieza Gaps\nArchivo `src/rainbook/gaps.py`, " in text
    assert "### Pieza Tabla\nArchivo `…`, NN líneas. [Para qué sirve]\n" in text
