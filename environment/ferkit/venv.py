"""Virtual environments: JupyterLab's, and the one of what `bench` measures against."""
import ast
import os
import re
import sys
from pathlib import Path

from ferkit import places, steps, tools

# pip's options that lead to the packages; others would have them put elsewhere, or other ones
PIP_NETWORK = ("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "use-feature", "use-deprecated",
               "proxy", "timeout", "default-timeout", "retries", "cache-dir", "no-cache-dir", "keyring-provider")


def pip_environment(python: Path) -> dict:
    """The environment for pip: of all that the user's variables and files tell it, what leads to the packages."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    given = tools.capture([python, "-m", "pip", "config", "list"],
                          env={**os.environ, **{f"PIP_{name}": "0" for name in ("USER", "SITE", "GLOBAL", "QUIET", "ISOLATED", "REQUIRE_VIRTUALENV")}})
    if given.code != 0:
        raise tools.Stop(f"pip does not say how it is configured: {tools.last_line(given.text)}")
    order = ["global", "install", ":env:"]
    found = [(order.index(section), name, value) for section, name, value in
             re.findall(r"^([\w:]+)\.([\w-]+)=(.*)$", given.text, re.M) if section in order and name in PIP_NETWORK]
    own.update({f"PIP_{name.upper().replace('-', '_')}": ast.literal_eval(value) for _, name, value in sorted(found)})
    return {**own, "PIP_CONFIG_FILE": os.devnull}


def python(folder: Path = None) -> Path:
    return (folder or places.VENV) / ("Scripts/python.exe" if places.WINDOWS else "bin/python")


def module(name: str) -> list:
    """The command that runs one of these modules, in places.ENVIRONMENT."""
    return [str(python()), "-m", f"ferkit.{name}"]


def ready() -> bool:
    return steps.up_to_date("venv", stamp(places.VENV, places.REQUIREMENTS)) and python().exists()


def stamp(folder: Path, requirements: Path) -> str:
    return steps.content_hash(requirements, "%d.%d" % sys.version_info[:2], sys.base_prefix, str(folder))


def make(folder: Path, requirements: Path, step: str, what: str, trial: str):
    """Makes a virtual environment with `what` in it, in which the Python line `trial` runs, unless the step is up to date."""
    program, mark = python(folder), stamp(folder, requirements)
    if steps.up_to_date(step, mark) and program.exists():
        return
    steps.outdate(step)
    tools.remove(folder)
    log = places.STATE / "pip.log"
    made = steps.follow([sys.executable, "-m", "venv", folder], f"Making the virtual environment {folder}", "", log)
    if made.code != 0:
        tools.remove(folder)
        if "ensurepip" in made.text:
            raise tools.Stop(f"{sys.executable} cannot make virtual environments: install its venv package "
                             "(Debian: apt install python3-venv).")
        raise tools.Stop(f"The virtual environment {folder} could not be made: {tools.last_line(made.text)}")
    installed = steps.follow([program, "-m", "pip", "install", "--retries", "2", "--disable-pip-version-check", "--progress-bar", "off",
                              "-r", requirements], f"Installing {what} into it", r"Collecting ", log, env=pip_environment(program))
    if installed.code != 0:
        raise tools.Stop(f"{pip_problem(installed.text)} All it printed is in {log}.")
    tried = tools.capture([program, "-c", trial])
    if tried.code != 0:
        raise tools.Stop(f"pip has installed the packages, and they do not run ({tools.last_line(tried.text)}): all it printed is in {log}.")
    tools.write(places.STATE / step, mark)


def pip_problem(text: str) -> str:
    """Why pip failed: its error, and what it said of the network, which the error leaves out."""
    errors = [line for line in text.splitlines() if line.startswith("ERROR")] or [tools.last_line(text)]
    network = re.findall(r"\w*(?:ConnectionError|NameResolutionError|Timeout|ProxyError|SSLError)\(.*|Could not fetch URL.*"
                         r"|\d{3} (?:Client|Server) Error.*|HTTP error.*", text)
    cause = "; ".join(dict.fromkeys([errors[0], *network[-1:]]))
    return f"pip could not install the packages ({cause}){': is the network reachable?' if network else '.'}"


def install_exporter():
    """Makes the kit's exporter of pages known to nbconvert, and so to JupyterLab's menu, under the name `report`; and the folder that it
    lies in to the virtual environment's Python."""
    packages = next((places.VENV / "Lib" if places.WINDOWS else places.VENV / "lib").glob("**/site-packages"))
    for name, text in [("ferkit.pth", os.path.relpath(places.ENVIRONMENT, packages)),
                       ("ferkit-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: ferkit\nVersion: 1.0"),
                       ("ferkit-1.0.dist-info/entry_points.txt", "[nbconvert.exporters]\nreport = ferkit.pages:PageExporter")]:
        if not (packages / name).exists() or (packages / name).read_text("utf-8") != text + "\n":
            tools.write(packages / name, text + "\n")
