"""JDKs, and how every JVM of the kit is started."""
import contextlib
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ferkit import machine, places, tools

# glibc told to keep the memory it has, in large pages: a training step otherwise spends a third of its time on getting pages and
# giving them back.
GLIBC_ALLOCATOR = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_MAX_": "0",
                   "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "67108864"}


@dataclass
class Java:
    """A JDK that was checked: its `java` program, its folder, its version, and the JDK modules it lacks."""
    program: Path
    home: Path
    version: int
    lacks: list
    build: str = ""  # the version in full, as the kernel names it


def required() -> int:
    """The oldest Java version that runs the library, as pom.xml has it."""
    return int(re.search(r"<maven\.compiler\.release>(\d+)<", (places.ROOT / "pom.xml").read_text("utf-8")).group(1))


def inspect(program: Path) -> Java:
    """Asks a `java` program what it is. Answers are kept, by path, size and time, because asking takes half a second; not those of
    a launcher that stands elsewhere and stays the same when the JDK behind it changes."""
    real = program.resolve()
    key = f"{real} {real.stat().st_size} {real.stat().st_mtime_ns}"
    known = tools.read_json(places.STATE / "jdk.json")
    if key not in known:
        answer = tools.capture([program, "-XshowSettings:properties", "-version"])
        home = re.search(r"^\s*java\.home = (.+)$", answer.text, re.M)
        version = re.search(r"^\s*java\.specification\.version = (?:1\.)?(\d+)", answer.text, re.M)
        if answer.code != 0 or not home or not version:
            raise tools.Stop(f"{program} does not run: {tools.last_line(answer.text)}")
        build = re.search(r"^\s*java\.runtime\.version = (\S+)", answer.text, re.M)
        lacks = []
        if int(version[1]) >= 9:
            lacks = [module for module in ("jdk.compiler", "jdk.jshell")
                     if tools.capture([program, "--describe-module", module]).code != 0]
        known[key] = {"home": home[1].strip(), "version": int(version[1]), "lacks": lacks, "build": build[1] if build else ""}
        if real.parent == Path(home[1].strip()).resolve() / "bin":
            with contextlib.suppress(OSError):  # a read-only folder only costs the half second
                tools.write(places.STATE / "jdk.json", json.dumps(known))
    found = known[key]
    return Java(Path(program), Path(found["home"]), found["version"], found["lacks"], found["build"])


def find() -> Java:
    """The first suitable JDK: JAVA_HOME's, then the one on PATH."""
    needed = required()
    advice = f"install a JDK {needed} or newer (for example from https://adoptium.net) and set JAVA_HOME to it"
    complaints, candidates = [], []
    home, on_path = os.environ.get("JAVA_HOME"), shutil.which("java")
    if home:
        program = Path(home) / "bin" / ("java.exe" if places.WINDOWS else "java")
        if program.is_file():
            candidates.append(program)
        else:
            complaints.append(f"JAVA_HOME is {home}, which has no bin/java{'.exe' * places.WINDOWS}")
    if on_path:
        candidates.append(Path(on_path))
    for program in candidates:
        try:
            java = inspect(program)
        except tools.Stop as problem:
            complaints.append(str(problem))
            continue
        if java.version < needed:
            complaints.append(f"{program} is Java {java.version}, older than {needed}")
        elif java.lacks:
            complaints.append(f"{program} is a Java runtime without {' and '.join(java.lacks)}")
        else:
            if complaints:
                tools.say(f"{'; '.join(complaints)}: {program} is used in its place.")
            return java
    raise tools.Stop(f"{'; '.join(complaints) or 'No Java was found'}: {advice}.")


def options() -> list:
    """What every JVM of the kit is started with; the notebooks' kernel and `train` alike."""
    heap = min(3072, (machine.memory() >> 20) // 2) if machine.memory() else 2048
    # the serial collector, with room for a checkpoint among the young: memory neither jumps up nor creeps over the epochs
    return [f"-Xmx{heap}m", "-XX:+UseSerialGC", "-XX:SurvivorRatio=3", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8",
            "--enable-native-access=ALL-UNNAMED", *(["-XX:CompressedClassSpaceSize=128m"] if machine.address_space() else [])]  # else 1 GB


def variables() -> dict:
    """Environment variables of every JVM of the kit."""
    variables = {
        "OPT_OUT_TRACKING": "true",  # DJL otherwise tries to report each start to its makers
        # threads that wait for each other spin for a fraction of a millisecond only: with other work on the machine, spinning for
        # longer makes a step several times slower; not spinning at all costs a tenth when there is none
        "GOMP_SPINCOUNT": "10000",
    }
    if sys.platform == "linux":
        variables["LC_ALL"] = "C.UTF-8"  # file names with non-ASCII letters, whatever the user's locale
        if platform.libc_ver()[0] == "glibc":
            variables.update(GLIBC_ALLOCATOR)
            if os.environ.get("GLIBC_TUNABLES"):
                variables["GLIBC_TUNABLES"] = os.environ["GLIBC_TUNABLES"]
    return variables


def quoted(option: str) -> str:
    """An option as JDK_JAVA_OPTIONS takes it, whatever its characters."""
    return f"'{option}'" if '"' in option else f'"{option}"'


def command(java: Java, *arguments) -> list:
    return [str(java.program), *options(), "-cp", str(places.JARS / "*"), "ferkit.Main", *arguments]
