"""`doctor`: what this machine has, tried, and what to do about the rest."""
import contextlib
import os
import platform
import re
import sys
from pathlib import Path

from ferkit import jdk, kernel, machine, maven, places, settings, tools, venv


def run(options) -> int:
    """Prints what was found and what to do about each thing missing; exit code 1 if a needed thing is."""
    missing = 0

    def line(name: str, good, found: str, remedy: str = ""):
        nonlocal missing
        missing += good is False
        mark = {True: "ok", False: "MISSING", None: "note"}[good]
        tools.say(f"{mark:8}{name:16}{found}" + (f"\n{'':24}→ {remedy}" if remedy and good is not True else ""))

    line("Python", True, f"{platform.python_version()} ({sys.executable})")
    java = None
    try:
        java = jdk.find()
        line("JDK", True, f"{java.version} ({java.home}), with jdk.jshell")
    except tools.Stop as problem:
        line("JDK", False, *str(problem).rsplit(": ", 1))
    try:
        program = maven.find()
        answer = tools.capture([program, "-v"], env=maven.environment(java) if java else None, cwd=places.ROOT)
        version = re.search(r"Apache Maven (\d\S*)", re.sub(r"\x1b\[[\d;]*m", "", answer.text))
        good = answer.code == 0 and version is not None
        line("Maven", good, f"{version[1]} ({program})" if good else f"{program} does not start: {tools.last_line(answer.text)}",
             "look at its options, in .mvn/jvm.config of the kit, and at its installation")
    except tools.Stop as problem:
        line("Maven", False, *str(problem).split(": ", 1))
    built, ready = maven.library_built(), venv.ready() and kernel.jar().exists()
    set_up_hint = "`report`, `lab` and `test` set it up by themselves"
    anew = "run `clean`, then `report`"

    def tried(name: str, command: list, where: Path):
        answer = tools.capture(command, env={**os.environ, **kernel.jupyter_variables()}, cwd=places.ENVIRONMENT)
        line(name, answer.code == 0, str(where) if answer.code == 0 else tools.last_line(answer.text), anew)

    if ready:
        tried("JupyterLab", [venv.python(), "-m", "jupyterlab", "--version"], places.VENV)
        if java:
            with contextlib.suppress(OSError):  # as report and lab would start it
                kernel.write_spec(kernel.jar().parent, java)
        tried("Java kernel", [*venv.module("runner"), "kernel"], kernel.jar().parent)
    else:
        line("JupyterLab", None, "not installed yet", set_up_hint)
        line("Java kernel", None, "not installed yet", set_up_hint)
    line("Library", built or None, str(places.JARS) if built else "not built yet", set_up_hint)
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        line("Native engine", False, "none exists for Intel Macs", "use another machine or a Linux container")
    elif built and java:
        probe = tools.capture([java.program, *jdk.options(), "-cp", places.JARS / "*", places.ENVIRONMENT / "Probe.java"],
                              env={**os.environ, **jdk.variables()})
        answers = [text.split("\t") for text in probe.text.splitlines() if text.count("\t") >= 2]  # others are the JVM's own
        for name, state, found, *remedy in answers:
            line(name, state == "ok", found, *remedy)
        if probe.code != 0 or not answers:
            line("Native engine", False, tools.last_line(probe.text))
    else:
        line("Native engine", None, "not looked at", "needs the library built and a JDK")
    files = sorted(file.name for file in places.DATA.iterdir() if file.name != "README.md" and not file.name.startswith(".")) \
        if places.DATA.is_dir() else []
    named = os.environ.get("FERKIT_DATA")
    found = f"{named} (FERKIT_DATA)" if named else ", ".join(files)
    if named and named != settings.SAMPLE and not Path(named).exists():
        line("Data set", False, f"{found}: nothing is there", "name another path, or unset FERKIT_DATA")
    else:
        line("Data set", bool(found) or None, found or "no FER2013 in data/: the drawn sample is used",
             f"to use FER2013, see {places.DATA / 'README.md'}")
    line("Cores", True, str(machine.cores()))
    size = machine.memory() / 2 ** 30
    line("Memory", True if size >= 6 else None, f"{size:.1f} GB" if size else "unknown", "training Model 3 takes about 3 GB")
    if "MALLOC_ARENA_MAX" in jdk.variables():
        line("Allocator", True, "glibc, told to keep its memory (kernel and train)")
    else:
        line("Allocator", None, "the system's own", "the tuned settings are glibc's: a training step may take longer here")
    return 1 if missing else 0
