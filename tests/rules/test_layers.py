"""Which part may import which: import-linter's contracts (pyproject.toml), and the sandbox as a stranger."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SANDBOX = ROOT / "webapp" / "sandbox"


def test_every_import_keeps_the_direction_of_the_layers() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("path", sorted(SANDBOX.rglob("*.py")), ids=lambda path: str(path.relative_to(SANDBOX)))
def test_the_sandbox_imports_nothing_of_the_console(path: Path) -> None:
    foreign = [name for name in imported(path) if name.startswith("webapp") and not name.startswith("webapp.sandbox")]
    assert not foreign, f"{path.name} imports {foreign}"


def imported(path: Path) -> list[str]:
    """The full names of all modules a file imports, relative ones resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names += [f"{module}.{alias.name}" for alias in node.names] if module == "webapp" else [module]
    return names
