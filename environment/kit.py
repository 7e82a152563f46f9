"""The kit's one entry: sets up what a fresh machine needs, runs the notebooks, exports reports, runs the tests.

    python3 environment/kit.py report          every notebook, as HTML (FER2013 if it is in data/, else the sample)
    python3 environment/kit.py report 03 08    only these
    python3 environment/kit.py lab             JupyterLab on notebooks/
    python3 environment/kit.py doctor          what this machine has and what to do about the rest
    python3 environment/kit.py test            everything CI runs

Needs Python 3.10 or newer and nothing but its standard library; what needs more is in runner.py, which the virtual
environment's Python runs.
"""
import os
import sys

if __name__ == "__main__" and any(name.startswith("PYTHON") for name in os.environ):
    # Without the user's Python variables, here and in all that the kit starts: a module on their path would be loaded in place of
    # Python's own or the kit's.
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]
    if os.name != "nt" and not sys.flags.ignore_environment:  # once: some Pythons set such a variable at each start
        os.execv(sys.executable, [sys.executable, "-E", *sys.argv])

import argparse
import ast
import contextlib
import hashlib
import html
import json
import platform
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent
ROOT = ENVIRONMENT.parent
VENV = ENVIRONMENT / ".venv"
STATE = ENVIRONMENT / ".state"
REQUIREMENTS = ENVIRONMENT / "requirements.txt"
KERNEL = ENVIRONMENT / "kernel" / "StudyKernel.java"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
DATA = ROOT / "data"
JARS = ROOT / "lib" / "target" / "jars"
WINDOWS = os.name == "nt"
CONTROL_GROUP = Path("/sys/fs/cgroup")

SAMPLE = "sample"  # in the data set's place: the drawn sample, whatever lies in data/


def data_path(text: str) -> str:
    """The data set's path, absolute because the library and the notebooks run in other folders than the user's."""
    return text if text == SAMPLE else str(Path(text).resolve())


# The settings that report, train and the notebooks share: flag, environment variable, type, meaning.
SETTINGS = [
    ("--data", "FERKIT_DATA", data_path, "FER2013's file or folder, or sample for the drawn sample (default: what lies in data/, else the sample)"),
    ("--epochs", "FERKIT_EPOCHS", int, "epochs of a training run"),
    ("--limit", "FERKIT_LIMIT", int, "train on so many images only"),
    ("--batch", "FERKIT_BATCH", int, "images in a training step"),
    ("--seed", "FERKIT_SEED", int, "seed of every random choice"),
    ("--threads", "FERKIT_THREADS", int, "threads of the engine"),
    ("--device", "FERKIT_DEVICE", str, "cpu or gpu0, gpu1, …"),
]

# glibc told to keep the memory it has, in large pages: a training step otherwise spends a third of its time on getting pages and
# giving them back.
GLIBC_ALLOCATOR = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "67108864",
}


class Stop(Exception):
    """Ends the command with one sentence for the user and a non-zero exit code."""


# ---------------------------------------------------------------- the machine

@dataclass
class Java:
    """A JDK that was checked: its `java` program, its folder, its version, and the JDK modules it lacks."""
    program: Path
    home: Path
    version: int
    lacks: list
    build: str = ""  # the version in full, as the kernel names it


def required_java() -> int:
    """The oldest Java version that runs the library, as pom.xml has it."""
    return int(re.search(r"<maven\.compiler\.release>(\d+)<", (ROOT / "pom.xml").read_text("utf-8")).group(1))


def inspect_java(program: Path) -> Java:
    """Asks a `java` program what it is. Answers are kept, by path, size and time, because asking takes half a second; not those of
    a launcher that stands elsewhere and stays the same when the JDK behind it changes."""
    real = program.resolve()
    key = f"{real} {real.stat().st_size} {real.stat().st_mtime_ns}"
    known = read_json(STATE / "jdk.json")
    if key not in known:
        answer = capture([program, "-XshowSettings:properties", "-version"])
        home = re.search(r"^\s*java\.home = (.+)$", answer.text, re.M)
        version = re.search(r"^\s*java\.specification\.version = (?:1\.)?(\d+)", answer.text, re.M)
        if answer.code != 0 or not home or not version:
            raise Stop(f"{program} does not run: {last_line(answer.text)}")
        build = re.search(r"^\s*java\.runtime\.version = (\S+)", answer.text, re.M)
        lacks = []
        if int(version[1]) >= 9:
            lacks = [module for module in ("jdk.compiler", "jdk.jshell")
                     if capture([program, "--describe-module", module]).code != 0]
        known[key] = {"home": home[1].strip(), "version": int(version[1]), "lacks": lacks, "build": build[1] if build else ""}
        if real.parent == Path(home[1].strip()).resolve() / "bin":
            with contextlib.suppress(OSError):  # a read-only folder only costs the half second
                write_text(STATE / "jdk.json", json.dumps(known))
    found = known[key]
    return Java(Path(program), Path(found["home"]), found["version"], found["lacks"], found["build"])


def find_java() -> Java:
    """The first suitable JDK: JAVA_HOME's, then the one on PATH."""
    needed = required_java()
    advice = f"install a JDK {needed} or newer (for example from https://adoptium.net) and set JAVA_HOME to it"
    complaints = []
    home = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    candidates = []
    if home:
        program = Path(home) / "bin" / ("java.exe" if WINDOWS else "java")
        if program.is_file():
            candidates.append(program)
        else:
            complaints.append(f"JAVA_HOME is {home}, which has no bin/java{'.exe' * WINDOWS}")
    if on_path:
        candidates.append(Path(on_path))
    for program in candidates:
        try:
            java = inspect_java(program)
        except Stop as problem:
            complaints.append(str(problem))
            continue
        if java.version < needed:
            complaints.append(f"{program} is Java {java.version}, older than {needed}")
        elif java.lacks:
            complaints.append(f"{program} is a Java runtime without {' and '.join(java.lacks)}")
        else:
            if complaints:
                say(f"{'; '.join(complaints)}: {program} is used in its place.")
            return java
    raise Stop(f"{'; '.join(complaints) or 'No Java was found'}: {advice}.")


def find_maven() -> str:
    maven = shutil.which("mvn")
    if not maven:
        raise Stop("Maven (mvn) is not on PATH: install it (Debian: apt install maven, macOS: brew install maven, "
                   "Windows: winget install Apache.Maven) or see https://maven.apache.org/install.html.")
    return maven


def memory() -> int:
    """Bytes of memory of this machine or, in a container, of what it may use; 0 if the system does not say."""
    if WINDOWS:
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
                (name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free", "virtual", "virtual_free", "more")]
        status = Status()
        status.length = ctypes.sizeof(status)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return status.total
    try:
        installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        limit = container_limit(name)
        if limit and limit[0].isdigit():
            return min(installed, int(limit[0]), address_space() or installed)
    return min(installed, address_space() or installed)


def address_space() -> int:
    """Bytes that `ulimit -v` leaves a process to address; 0 if it sets no limit."""
    if WINDOWS:
        return 0
    import resource
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def cores() -> int:
    """Processor cores this process may use: those of the machine, or fewer if an affinity or a container's quota says so."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = container_limit("cpu.max") or container_limit("cpu/cpu.cfs_quota_us") + container_limit("cpu/cpu.cfs_period_us")
    if len(quota) == 2 and quota[0].isdigit():
        available = min(available, max(1, -(-int(quota[0]) // int(quota[1]))))
    return available


def container_limit(name: str) -> list:
    """The words of a limit that Linux sets a container (control groups, version 2 or 1); empty where there is none."""
    try:
        return (CONTROL_GROUP / name).read_text().split()
    except OSError:
        return []


def java_options() -> list:
    """What every JVM of the kit is started with; the notebooks' kernel and `train` alike."""
    heap = min(3072, (memory() >> 20) // 2) if memory() else 2048
    # the serial collector, with room for a checkpoint among the young: memory neither jumps up nor creeps over the epochs
    return [f"-Xmx{heap}m", "-XX:+UseSerialGC", "-XX:SurvivorRatio=3", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8",
            "--enable-native-access=ALL-UNNAMED", *(["-XX:CompressedClassSpaceSize=128m"] if address_space() else [])]  # else 1 GB


def java_variables() -> dict:
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


JVM_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
ENGINE_VARIABLES = ("PYTORCH_VERSION", "PYTORCH_FLAVOR", "DJL_DEFAULT_ENGINE")  # another engine than that of pom.xml
# What the names of other variables begin with that are meant for other programs and would reach the kit's: OpenMP's and MKL's, as the
# kit says itself how many threads there are; other native libraries; another folder of Maven's, or of JupyterLab's.
FOREIGN = ("OMP_", "GOMP_", "KMP_", "MKL_", "PYTORCH_", "DJL_DEFAULT_ENGINE", "LIBSTDCXX_LIBRARY_PATH",
           "MAVEN_OPTS", "MAVEN_DEBUG_OPTS", "MAVEN_PROJECTBASEDIR", "JUPYTERLAB_DIR")
# where the tools keep what they fetch and write, if not in the home
PLACES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR",
          "JUPYTER_RUNTIME_DIR", "PIP_CACHE_DIR", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR")
# pip's options that lead to the packages; others would have them put elsewhere, or other ones
PIP_NETWORK = ("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "use-feature", "use-deprecated",
               "proxy", "timeout", "default-timeout", "retries", "cache-dir", "no-cache-dir", "keyring-provider")


def own_environment():
    """Makes of the user's environment that of everything the kit starts: without what is meant for other programs, with a home that
    can be written, and with the proxy for the JVMs too."""
    properties = [system_properties(), home_property(), *proxy_properties()]
    arguments = re.findall(r"(?:^|\s)((?:-g?s|--(?:global-)?settings)[ =]\S+|-Dmaven\.repo\.\S+)", os.environ.get("MAVEN_ARGS", ""))
    for name in [name for name in os.environ if name in JVM_VARIABLES or name.startswith(FOREIGN)]:
        del os.environ[name]
    os.environ.update(JDK_JAVA_OPTIONS=" ".join(filter(None, properties)), MAVEN_ARGS=" ".join(arguments), MAVEN_BASEDIR=str(ROOT),
                      MAVEN_SKIP_RC="1", **proxy_credentials())
    for name in ("JDK_JAVA_OPTIONS", "MAVEN_ARGS"):
        if not os.environ[name]:
            del os.environ[name]


def system_properties() -> str:
    """The system properties (a proxy, a locale) among the options that the user's variables give to every JVM, as JDK_JAVA_OPTIONS
    takes them. The other options would keep the kit's JVMs from starting (a second collector, a heap larger than its limit) or
    write between their lines."""
    options = " ".join(os.environ.get(name, "") for name in (*JVM_VARIABLES, "MAVEN_OPTS"))
    words = re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", options)
    return " ".join(word for word in words if word.lstrip("\"'").startswith("-D"))


def quoted(option: str) -> str:
    """An option as JDK_JAVA_OPTIONS takes it, whatever its characters."""
    return f"'{option}'" if '"' in option else f'"{option}"'


def may_write(folder: str) -> bool:
    """Whether a folder can be written or, where there is none, made."""
    path = folder
    while path != os.path.dirname(path) and not os.path.exists(path):
        path = os.path.dirname(path)
    return os.path.isabs(folder) and os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)


def home_property() -> str:
    """Sets HOME to the user's folder, or to one of the kit's own where that is missing or cannot be written, as of a user in a container
    whom no password file names; returns the option that tells a JVM, if it would take another. Places that cannot be written are dropped."""
    if WINDOWS:
        return ""
    import pwd
    try:
        listed = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        listed = ""
    for name in PLACES:
        if os.environ.get(name) and not may_write(os.environ[name]):
            del os.environ[name]
    os.environ["HOME"] = next(filter(may_write, [os.environ.get("HOME", ""), listed]), str(STATE / "home"))
    return "" if may_write(listed) else quoted(f"-Duser.home={os.environ['HOME']}")


def proxies() -> dict:
    """What HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, in small letters or capitals, name as proxies: by the scheme of what is fetched.
    One of another form than http://host:port is left out, for Maven and Java take no other."""
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}  # without the time that it takes to load what reads them
    from urllib.parse import urlsplit
    from urllib.request import getproxies_environment
    given, found = getproxies_environment(), {}
    for scheme in ("http", "https"):
        text = given.get(scheme) or given.get("all")
        if text:
            proxy = urlsplit(text if "://" in text else f"http://{text}")
            try:
                usable = proxy.scheme in ("http", "https") and proxy.hostname and proxy.port != 0
            except ValueError:
                usable = False
            if usable:
                found[scheme] = proxy
    return found


def proxy_credentials() -> dict:
    """Variables for the proxies' credentials, from which the library and Maven's settings take them. In capitals, the only letters in
    which Maven finds a variable on Windows."""
    from urllib.parse import unquote
    return {f"{scheme}_proxy_{name}".upper(): unquote(value) for scheme, proxy in proxies().items()
            for name, value in [("username", proxy.username), ("password", proxy.password)] if value}


def proxy_port(proxy) -> int:
    return proxy.port or (443 if proxy.scheme == "https" else 80)


def proxy_exceptions() -> str:
    """NO_PROXY's hosts, as Java and Maven take them: names and IPv4 addresses; Maven ends on others, such as [::1]."""
    given = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    hosts = [host for host in (re.sub(r":\d+$", "", entry.strip()) for entry in given) if re.fullmatch(r"[\w.*-]+", host)]
    return "|".join(["localhost", "127.*", *(form for host in hosts for form in
                                             ([host] if host == "*" else [host.lstrip("*."), f"*.{host.lstrip('*.')}"]))])


def proxy_properties() -> list:
    """The proxies as system properties. Their credentials are not among them: Java writes its options out, and Maven's are in its log."""
    options = [quoted(f"-D{scheme}.proxy{name}={value}") for scheme, proxy in proxies().items()
               for name, value in [("Host", proxy.hostname), ("Port", proxy_port(proxy))]]
    # Java's default refuses a proxy's password for https
    return [*options, quoted(f"-Dhttp.nonProxyHosts={proxy_exceptions()}"), "-Djdk.http.auth.tunneling.disabledSchemes="] if options else []


def pip_environment(python: Path) -> dict:
    """The environment for pip: of all that the user's variables and files tell it, what leads to the packages."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    given = capture([python, "-m", "pip", "config", "list"],
                    env={**os.environ, **{f"PIP_{name}": "0" for name in ("USER", "SITE", "GLOBAL", "QUIET", "ISOLATED", "REQUIRE_VIRTUALENV")}})
    if given.code != 0:
        raise Stop(f"pip does not say how it is configured: {last_line(given.text)}")
    order = ["global", "install", ":env:"]
    found = [(order.index(section), name, value) for section, name, value in
             re.findall(r"^([\w:]+)\.([\w-]+)=(.*)$", given.text, re.M) if section in order and name in PIP_NETWORK]
    own.update({f"PIP_{name.upper().replace('-', '_')}": ast.literal_eval(value) for _, name, value in sorted(found)})
    return {**own, "PIP_CONFIG_FILE": os.devnull}


def java_command(java: Java, *arguments) -> list:
    return [str(java.program), *java_options(), "-cp", str(JARS / "*"), "ferkit.Main", *arguments]


# ---------------------------------------------------------------- small tools

@dataclass
class Answer:
    code: int
    text: str


def capture(command, **options) -> Answer:
    """Runs a command and returns its exit code and its output, standard error included."""
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", **options)
    except OSError as problem:
        return Answer(127, str(problem))
    return Answer(done.returncode, done.stdout)


JVM_NOISE = r"(NOTE: )?Picked up \w+_OPTIONS:|Error: (Could not create the Java Virtual Machine|A fatal exception has occurred)"


def last_line(text: str) -> str:
    """The last line that says something: not what a JVM says of its own variables, or that it ends because of the line above."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not re.match(JVM_NOISE, line)]
    return lines[-1] if lines else "it printed nothing"


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def write_text(path: Path, text: str):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, "utf-8", newline="\n")
    os.replace(temporary, path)


def content_hash(*parts) -> str:
    """SHA-256 over texts and files; a folder counts with all files below it, names included."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files = sorted(file for file in part.rglob("*") if file.is_file()) if part.is_dir() else [part]
            for file in files:
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        else:
            digest.update(str(part).encode() + b"\0")
    return digest.hexdigest()


def up_to_date(step: str, stamp: str) -> bool:
    try:
        return (STATE / step).read_text("utf-8") == stamp
    except OSError:
        return False


def say(text: str):
    print(text, flush=True)


def seconds(since: float) -> str:
    spent = time.monotonic() - since
    return f"{spent:.1f} s" if spent < 60 else f"{int(spent) // 60} min {int(spent) % 60} s"


def follow(command, title: str, counted: str, log: Path, **options) -> Answer:
    """Runs a long step of set-up, keeps its output in a file and shows how many lines matching `counted` it has printed. Broken
    off, it ends the command with all that this has started; where it cannot, the command keeps set-up's lock until it ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    began, count, shown, lines = time.monotonic(), 0, 0.0, []
    say(f"{title} …")
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", start_new_session=True,
                                   close_fds=False, **options)
        try:
            for line in process.stdout:
                if not re.match(JVM_NOISE, line):  # it may hold a password
                    file.write(line)
                lines.append(line)
                count += bool(re.match(counted, line))
                every = 0.2 if sys.stdout.isatty() else 15
                if count and time.monotonic() - max(shown, began) > every:
                    shown = time.monotonic()
                    print(f"  {count} files, {seconds(began)}", end="\r" if sys.stdout.isatty() else "\n", flush=True)
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate() if WINDOWS else os.killpg(process.pid, signal.SIGTERM)
                process.wait()
    if code == 0:
        say(f"  done in {seconds(began)}")
    return Answer(code, "".join(lines))


def confirm(question: str, word: str = "y") -> bool:
    """Asks on the terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        say(f"{question} Left as it is: there is no terminal to answer on.")
        return False
    try:
        return input(f"{question} [{word}/N] ").strip().lower() == word
    except EOFError:
        return False


# ---------------------------------------------------------------- set-up

def venv_python(venv: Path = None) -> Path:
    return (venv or VENV) / ("Scripts/python.exe" if WINDOWS else "bin/python")


def check_writable(folder: Path):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        raise Stop(f"Cannot write to {folder} ({problem.strerror}): copy the kit into a folder of your own.") from None


def check_place():
    """A class path cannot hold every folder's name, whatever the library does."""
    for part in ("!/", os.pathsep):
        if part in f"{ROOT.as_posix()}/" and not (WINDOWS and part == ":"):
            raise Stop(f"The kit lies in {ROOT}, and Java takes {'a name that ends in !' if part == '!/' else part} for the end of a path: "
                       "rename the folder, or move the kit.")


def set_up() -> Java:
    """Makes everything the notebooks need, skipping what is up to date, and returns the JDK they run on."""
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        raise Stop("This is an Intel Mac, for which PyTorch's native library is no longer made: use another machine or a "
                   "Linux container.")
    check_place()
    java = find_java()
    if not library_built():
        find_maven()
    check_writable(STATE)
    with alone():
        make_venv(VENV, REQUIREMENTS, "venv", "JupyterLab and the Java kernel",
                  "import jupyterlab, nbconvert, nbclient, jupyter_client")
        install_exporter()
        compile_kernel(java)
        write_kernelspec(VENV / "share" / "jupyter" / "kernels" / "java", java)
        build_library(java)
    return java


@contextlib.contextmanager
def alone():
    """Waits until no other process of the kit sets up; the system gives the lock back when this one and the step that it has
    started are no more."""
    with open(STATE / "lock", "a") as file:
        os.set_inheritable(file.fileno(), True)
        if WINDOWS:
            import msvcrt
            attempt, busy = (lambda: msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)), OSError
        else:
            import fcntl
            attempt, busy = (lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)), BlockingIOError
        told = False
        while True:
            try:
                attempt()
                break
            except OSError as problem:
                if not isinstance(problem, busy):
                    raise Stop(f"{STATE / 'lock'} cannot be locked ({problem.strerror}): does its disk have locks? "
                               "Copy the kit to one of this machine.") from None
                if not told:
                    say("Another process of the kit is setting up: waiting for it …")
                told = True
                time.sleep(0.5)
        yield


def venv_ready() -> bool:
    return up_to_date("venv", venv_stamp(VENV, REQUIREMENTS)) and venv_python().exists()


def venv_stamp(venv: Path, requirements: Path) -> str:
    return content_hash(requirements, "%d.%d" % sys.version_info[:2], sys.base_prefix, str(venv))


def outdate(step: str):
    """Forgets that a step was done, before it is begun anew: stopped half-way, it is not taken for done."""
    (STATE / step).unlink(missing_ok=True)


def make_venv(venv: Path, requirements: Path, step: str, what: str, trial: str):
    """Makes a virtual environment with `what` in it, in which the Python line `trial` runs, unless the step is up to date."""
    python, stamp = venv_python(venv), venv_stamp(venv, requirements)
    if up_to_date(step, stamp) and python.exists():
        return
    outdate(step)
    remove(venv)
    log = STATE / "pip.log"
    made = follow([sys.executable, "-m", "venv", venv], f"Making the virtual environment {venv}", "", log)
    if made.code != 0:
        remove(venv)
        if "ensurepip" in made.text:
            raise Stop(f"{sys.executable} cannot make virtual environments: install its venv package "
                       "(Debian: apt install python3-venv).")
        raise Stop(f"The virtual environment {venv} could not be made: {last_line(made.text)}")
    installed = follow([python, "-m", "pip", "install", "--retries", "2", "--disable-pip-version-check",
                        "--progress-bar", "off", "-r", requirements],
                       f"Installing {what} into it", r"Collecting ", log,
                       env=pip_environment(python))
    if installed.code != 0:
        raise Stop(f"{pip_problem(installed.text)} All it printed is in {log}.")
    tried = capture([python, "-c", trial])
    if tried.code != 0:
        raise Stop(f"pip has installed the packages, and they do not run ({last_line(tried.text)}): all it printed is in {log}.")
    write_text(STATE / step, stamp)


def pip_problem(text: str) -> str:
    """Why pip failed: its error, and what it said of the network, which the error leaves out."""
    errors = [line for line in text.splitlines() if line.startswith("ERROR")] or [last_line(text)]
    network = re.findall(r"\w*(?:ConnectionError|NameResolutionError|Timeout|ProxyError|SSLError)\(.*|Could not fetch URL.*"
                         r"|\d{3} (?:Client|Server) Error.*|HTTP error.*", text)
    cause = "; ".join(dict.fromkeys([errors[0], *network[-1:]]))
    return f"pip could not install the packages ({cause}){': is the network reachable?' if network else '.'}"


def install_exporter():
    """Makes runner.py's exporter known to nbconvert, and so to JupyterLab's menu, under the name `report`; and the folder that it and
    lab.py lie in to the virtual environment's Python."""
    packages = next((VENV / "Lib" if WINDOWS else VENV / "lib").glob("**/site-packages"))
    for name, text in [("ferkit.pth", os.path.relpath(ENVIRONMENT, packages)),
                       ("ferkit-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: ferkit\nVersion: 1.0"),
                       ("ferkit-1.0.dist-info/entry_points.txt", "[nbconvert.exporters]\nreport = runner:PageExporter")]:
        if not (packages / name).exists() or (packages / name).read_text("utf-8") != text + "\n":
            write_text(packages / name, text + "\n")


def kernel_jar() -> Path:
    return VENV / "share" / "jupyter" / "kernels" / "java" / "jjava.jar"


def compile_kernel(java: Java):
    """Compiles the kit's kernel, which is JJava and ends the queue of cells after an error, beside JJava's jar."""
    stamp = content_hash(KERNEL, REQUIREMENTS, str(VENV))
    if up_to_date("kernel", stamp) and kernel_jar().with_name(KERNEL.stem + ".class").exists():
        return
    outdate("kernel")
    compiled = capture([java.program, "-m", "jdk.compiler/com.sun.tools.javac.Main", "-nowarn", "--release", required_java(),
                        "-cp", kernel_jar(), "-d", kernel_jar().parent, KERNEL])
    if compiled.code != 0:
        raise Stop(f"The kernel {KERNEL} does not compile with {java.program}: {last_line(compiled.text)}")
    write_text(STATE / "kernel", stamp)


def write_kernelspec(folder: Path, java: Java, variables: dict = {}):
    """Writes a kernel.json that starts exactly the JDK that was checked, without a second JVM in between, with these environment
    variables beside those of every JVM of the kit."""
    jar = folder / kernel_jar().name
    if jar != kernel_jar():
        folder.mkdir(parents=True, exist_ok=True)
        for file in [kernel_jar(), *kernel_jar().parent.glob(f"{KERNEL.stem}*.class")]:
            shutil.copyfile(file, folder / file.name)
    spec = {
        "argv": [str(java.program), *java_options(), "--add-opens", "jdk.jshell/jdk.jshell=ALL-UNNAMED",
                 "-cp", f"{jar}{os.pathsep}{folder}", KERNEL.stem, "{connection_file}"],
        "display_name": "Java",
        "language": "java",
        "interrupt_mode": "message",
        "metadata": {"ferkit": True, "java": java.build},  # tells the kit's own from another of the same name, and lab.py the JDK
        "env": java_variables() | variables,
    }
    text = json.dumps(spec, indent=1, ensure_ascii=False)
    file = folder / "kernel.json"
    if not file.exists() or file.read_bytes() != text.encode("utf-8"):
        write_text(file, text)


def library_stamp() -> str:
    return content_hash(ROOT / "pom.xml", ROOT / "lib" / "src" / "main")


def library_built() -> bool:
    return up_to_date("library", library_stamp()) and any(JARS.glob("ferkit-*.jar"))


def build_library(java: Java):
    if library_built():
        return
    pom, stamp = ROOT / "pom.xml", library_stamp()
    if not up_to_date("pom", content_hash(pom)) or not (STATE / "library").exists():
        # else jars of other versions would stay beside the new ones, and of a build that was broken off files that Maven takes for whole
        remove(JARS.parent)
    outdate("library")
    # One test of a few milliseconds, rather than -DskipTests, so that Maven also fetches what runs tests: afterwards `test` works
    # with the network off. -U: what could not be fetched before is asked for again.
    result = follow([*maven_command(), "-U", "package", "-Dtest=ScheduleTest"],
                    "Building the library (lib/) with Maven", r"\[INFO\] Downloaded|Downloaded from",
                    STATE / "maven.log", env=maven_environment(java), cwd=ROOT)
    if result.code != 0:
        raise Stop(f"{maven_problem(result.text)} All that Maven printed is in {STATE / 'maven.log'}.")
    tried = capture(java_command(java, "models"), env={**os.environ, **java_variables()}, cwd=ROOT)
    if tried.code != 0:
        raise Stop(f"The library is built, and does not start: {last_line(tried.text)}")
    write_text(STATE / "pom", content_hash(pom))
    write_text(STATE / "library", stamp)


def maven_command() -> list:
    """Maven on the kit's pom.xml. Who names no proxy in Maven's own settings gets some with the one that the environment names: in the
    place of the user's, or of the installation's where the user has some. Its credentials stay in the environment."""
    settings, own = [], Path.home() / ".m2" / "settings.xml"
    named = own.exists() and "<proxy>" in re.sub("(?s)<!--.*?-->", "", own.read_text("utf-8", "replace"))
    if proxies() and not named and not re.search(r"(?<!\S)--?[gs]", os.environ.get("MAVEN_ARGS", "")):
        entries = "".join(f"<proxy><id>{scheme}</id><protocol>{scheme}</protocol><host>{html.escape(proxy.hostname)}</host>"
                          f"<port>{proxy_port(proxy)}</port>" + "".join(
                              f"<{name}>${{env.{variable}}}</{name}>" for name in ("username", "password")
                              if (variable := f"{scheme}_proxy_{name}".upper()) in os.environ)
                          + f"<nonProxyHosts>{html.escape(proxy_exceptions())}</nonProxyHosts></proxy>" for scheme, proxy in proxies().items())
        write_text(STATE / "maven-settings.xml", f"<settings><proxies>{entries}</proxies></settings>\n")
        settings = ["-gs" if own.exists() else "-s", STATE / "maven-settings.xml"]
        if proxy_credentials():
            settings.append("-Dmaven.artifact.threads=1")  # Maven 3.9 gives a proxy its password on the first of several connections only
    return [find_maven(), "-B", *settings, "-f", ROOT / "pom.xml", "-Dmaven.test.skip=false", "-DskipTests=false"]


def maven_environment(java: Java) -> dict:
    limited = {"MAVEN_OPTS": " ".join(java_options())} if address_space() else {}  # else it asks for more than there is to address
    return {**os.environ, **java_variables(), **limited, "JAVA_HOME": str(java.home)}


def maven_problem(text: str) -> str:
    """What Maven failed of, in a sentence: its compiler's words or the network's only where they are in what it printed."""
    errors = [re.sub(r"^\[ERROR\] *| -> \[Help \d+\]$", "", line) for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() if line.startswith("[ERROR]")]
    errors = [error for error in errors if error.strip()]
    if not re.search(r"^\[(INFO|ERROR|WARNING)\]", text, re.M):
        return (f"Maven does not start ({last_line(text)}): look at its options, in .mvn/jvm.config and .mvn/maven.config of the kit, "
                "and at its installation.")
    source = next((error for error in errors if re.search(r"\.java:\[", error)), None)  # the compiler's place before its heading
    if source:
        return f"The library does not compile ({source})."
    fetching = re.findall(r"Could not (?:transfer|find|resolve) (?:artifact|metadata).*|Could not resolve dependencies.*|UnknownHost.*", "\n".join(errors))
    if fetching:
        proxy = "" if proxies() else " Behind a proxy, set HTTPS_PROXY to http://host:port, the only form that Maven takes, or name it in Maven's settings."
        return f"Maven could not fetch what the library needs ({fetching[0]}): is the network reachable?{proxy}"
    return f"Maven could not build the library ({(errors or [last_line(text)])[0]})."


def remove(path: Path):
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as problem:
        cause = problem
        while isinstance(cause, Exception):
            cause = cause.__context__
        if cause:  # Ctrl-C or a signal in the middle of rmtree, which then fails to close its folders
            raise cause from None
        raise Stop(f"Cannot remove {problem.filename} ({problem.strerror}): close what uses it and try again.") from None


# ---------------------------------------------------------------- commands

def settings_variables(options) -> dict:
    """The environment variables for the settings given on the command line, and for a path that the environment gives."""
    variables = {}
    for flag, variable, kind, _ in SETTINGS:
        value = getattr(options, flag[2:], None)
        if value is None and kind is data_path and os.environ.get(variable):
            value = data_path(os.environ[variable])
        if value is not None:
            variables[variable] = str(value)
    if getattr(options, "full", False):
        variables["FERKIT_FULL"] = "true"
    return variables


def jupyter_variables() -> dict:
    """Makes Jupyter find the kit's own kernel before any other of the same name, on JUPYTER_PATH or in the user's folders."""
    paths = [str(VENV / "share" / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {"JUPYTER_PATH": os.pathsep.join(paths), "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1"}


def find_notebooks(numbers) -> list:
    """The notebooks with these numbers (3 and 03 are the same), all of them if none is given, in order."""
    everything = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not everything:
        raise Stop(f"There is no notebook in {NOTEBOOKS}.")
    if not numbers:
        return everything
    chosen = []
    for number in numbers:
        found = [file for file in everything if number.isdigit() and int(file.name.split("_")[0]) == int(number)]
        if not found:
            raise Stop(f"There is no notebook {number}: there are {', '.join(file.name.split('_')[0] for file in everything)}.")
        chosen += found
    return sorted(set(chosen))


def study_facts(java: Java, environment: dict) -> list:
    """What the notebooks will open, as the library sees it: a first line `sample` or `fer2013`, then lines about it."""
    answer = subprocess.run(java_command(java, "data"), env={**environment, **java_variables()}, cwd=ROOT,
                            capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    lines = answer.stdout.splitlines()
    if answer.returncode != 0 or not lines or lines[0] not in ("sample", "fer2013", "other"):
        thrown = re.findall(r"^(?:Exception in thread .*?|Caused by): (.*)", answer.stderr, re.M)
        raise Stop(f"The study cannot be opened: {thrown[-1] if thrown else last_line(answer.stdout + answer.stderr)}")
    return lines


def report_folder(kind: str, environment: dict) -> Path:
    """Where pages go: reports/ for the study's own configuration, reports/trials/ for shorter runs and other data, reports/sample/."""
    def chosen(name: str, usual: str) -> str:  # as the library reads them: a variable that is empty says nothing
        return environment.get(name, "").strip() or usual

    if kind == "sample":
        return REPORTS / "sample"
    if kind == "other" or chosen("FERKIT_EPOCHS", "50") != "50" or chosen("FERKIT_LIMIT", "0") != "0" \
            or chosen("FERKIT_BATCH", "128") != "128":
        return REPORTS / "trials"
    seed = chosen("FERKIT_SEED", "1")
    return REPORTS if seed == "1" else REPORTS / f"seed-{seed}"


def report(options) -> int:
    began = time.monotonic()
    notebooks = find_notebooks(options.notebooks)
    java = set_up()
    environment = {**os.environ, **jupyter_variables(), **settings_variables(options)}
    code = run_report(java, notebooks, environment, options.save)
    say(f"Total time: {seconds(began)}")
    return code


def run_report(java: Java, notebooks: list, environment: dict, save: bool = False, output: Path = None) -> int:
    """Runs notebooks and exports their pages; returns the exit code."""
    facts = study_facts(java, environment)
    output = output or report_folder(facts[0], environment)
    check_writable(output)
    return run_runner("report", "--output", output, "--facts", json.dumps(facts), *(["--save"] if save else []),
                      *notebooks, environment=environment)


def run_runner(*arguments, environment: dict) -> int:
    process = subprocess.Popen([str(venv_python()), str(ENVIRONMENT / "runner.py"), *map(str, arguments)],
                               env=environment, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # it has had the same Ctrl-C and is shutting its kernels down
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def lab(options) -> int:
    set_up()
    # in a file, so that the command line can say otherwise; whoever is root, as in a container, wants to be
    folder = STATE / "jupyter"
    write_text(folder / "jupyter_server_config.json", json.dumps({
        "ServerApp": {"root_dir": str(ROOT), "allow_root": True, "contents_manager_class": "lab.Notebooks"},
        "HTMLExporter": {"filters": {"clean_html": "lab.clean_html"}}}))
    # Jupyter's question about news covers the notebook, and the versions to use are the kit's
    write_text(folder / "labconfig" / "page_config.json",
               json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    paths = [str(folder), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    command = [str(venv_python()), "-m", "jupyterlab", "--LabApp.default_url=/lab/tree/notebooks", *options.others]
    return run_through(command, {**os.environ, **jupyter_variables(), **settings_variables(options),
                                 "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)})


def train(options) -> int:
    jobs = ["--jobs", str(options.jobs)] if options.jobs is not None else []
    words = [sys.orig_argv[0], *sys.argv]
    line = subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)
    return library("train", [*options.models, *jobs], {**settings_variables(options), "FERKIT_COMMAND": line})


def bench(options) -> int:
    import bench as measurements  # environment/bench.py
    os.environ.update(settings_variables(options))
    return measurements.run()


def library(command: str, arguments: list, variables: dict) -> int:
    """The library's command line, in a JVM with the kernel's settings."""
    java = set_up()
    os.chdir(ROOT)
    return run_through(java_command(java, command, *arguments), {**os.environ, **java_variables(), **variables})


def run_through(command: list, environment: dict) -> int:
    """Becomes the command, so that signals and exit code are its own (Windows has no such thing: waits for it)."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(command[0], command, environment)
    return subprocess.run(command, env=environment).returncode


def kernel(options) -> int:
    java = set_up()
    home = Path.home()
    data = {"Darwin": home / "Library" / "Jupyter",
            "Windows": Path(os.environ.get("APPDATA", home)) / "jupyter"}.get(
        platform.system(), Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter")
    folder = Path(os.environ.get("JUPYTER_DATA_DIR") or data) / "kernels" / "java"
    there = folder / "kernel.json"
    if there.exists() and "ferkit" not in read_json(there).get("metadata", {}) and \
            not confirm(f"{folder} holds another Java kernel. Replace it?"):
        return 1
    try:
        # in a JupyterLab of one's own the user's variables are there
        write_kernelspec(folder, java, dict.fromkeys([*JVM_VARIABLES, *ENGINE_VARIABLES], ""))
    except OSError as problem:
        raise Stop(f"Cannot write to {folder} ({problem.strerror}).") from None
    say(f"The kernel 'Java' is installed in {folder}: open {NOTEBOOKS} in your JupyterLab and choose it.")
    return 0


def runs(folder: Path) -> int:
    """Folders of runs, finished or with a checkpoint to continue from."""
    return len({file.parent for name in ("config.json", "checkpoint-*.zip") for file in folder.rglob(name)}) if folder.exists() else 0


def clean(options) -> int:
    cache = DATA / ".cache"
    for path in [STATE, *ENVIRONMENT.glob(".venv*"), ROOT / "lib" / "target", NOTEBOOKS / ".ipynb_checkpoints", cache,
                 *ENVIRONMENT.rglob("__pycache__")]:
        if path == cache and (cache / "features").exists() and \
                not confirm(f"Remove {cache}, which holds EfficientNet's features of the images, long to compute?"):
            continue
        if path.exists():
            remove(path)
            say(f"removed {path}")
    for folder, what, word in [(REPORTS / "sample", "the drawn sample's pages and runs", "y"),
                               (REPORTS / "trials", "the trials' pages and runs", "y"),
                               (REPORTS / "runs", "THE STUDY'S OWN RUNS, hours of training each", "delete")]:
        found = runs(folder)
        if folder.exists() and (not found or confirm(f"Remove {folder}, {what} ({found})?", word)):
            remove(folder)
            say(f"removed {folder}")
    return 0


def doctor(options) -> int:
    """Prints what was found and what to do about each thing missing; exit code 1 if a needed thing is."""
    missing = 0

    def line(name: str, good, found: str, remedy: str = ""):
        nonlocal missing
        missing += good is False
        mark = {True: "ok", False: "MISSING", None: "note"}[good]
        say(f"{mark:8}{name:16}{found}" + (f"\n{'':24}→ {remedy}" if remedy and good is not True else ""))

    line("Python", True, f"{platform.python_version()} ({sys.executable})")
    java = None
    try:
        java = find_java()
        line("JDK", True, f"{java.version} ({java.home}), with jdk.jshell")
    except Stop as problem:
        line("JDK", False, *str(problem).rsplit(": ", 1))
    try:
        maven = find_maven()
        answer = capture([maven, "-v"], env=maven_environment(java) if java else None, cwd=ROOT)
        version = re.search(r"Apache Maven (\d\S*)", re.sub(r"\x1b\[[\d;]*m", "", answer.text))
        good = answer.code == 0 and version is not None
        line("Maven", good, f"{version[1]} ({maven})" if good else f"{maven} does not start: {last_line(answer.text)}",
             "look at its options, in .mvn/jvm.config of the kit, and at its installation")
    except Stop as problem:
        line("Maven", False, *str(problem).split(": ", 1))
    built, ready = library_built(), venv_ready() and kernel_jar().exists()
    set_up_hint = "`report`, `lab` and `test` set it up by themselves"
    anew = "run `clean`, then `report`"

    def tried(name: str, command: list, where: Path):
        answer = capture(command, env={**os.environ, **jupyter_variables()})
        line(name, answer.code == 0, str(where) if answer.code == 0 else last_line(answer.text), anew)

    if ready:
        tried("JupyterLab", [venv_python(), "-m", "jupyterlab", "--version"], VENV)
        if java:
            with contextlib.suppress(OSError):  # as report and lab would start it
                write_kernelspec(kernel_jar().parent, java)
        tried("Java kernel", [venv_python(), ENVIRONMENT / "runner.py", "kernel"], kernel_jar().parent)
    else:
        line("JupyterLab", None, "not installed yet", set_up_hint)
        line("Java kernel", None, "not installed yet", set_up_hint)
    line("Library", built or None, str(JARS) if built else "not built yet", set_up_hint)
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        line("Native engine", False, "none exists for Intel Macs", "use another machine or a Linux container")
    elif built and java:
        probe = capture([java.program, *java_options(), "-cp", JARS / "*", ENVIRONMENT / "Probe.java"],
                        env={**os.environ, **java_variables()})
        answers = [text.split("\t") for text in probe.text.splitlines() if text.count("\t") >= 2]  # others are the JVM's own
        for name, state, found, *remedy in answers:
            line(name, state == "ok", found, *remedy)
        if probe.code != 0 or not answers:
            line("Native engine", False, last_line(probe.text))
    else:
        line("Native engine", None, "not looked at", "needs the library built and a JDK")
    files = sorted(file.name for file in DATA.iterdir() if file.name != "README.md" and not file.name.startswith(".")) \
        if DATA.is_dir() else []
    named = os.environ.get("FERKIT_DATA")
    found = f"{named} (FERKIT_DATA)" if named else ", ".join(files)
    if named and named != SAMPLE and not Path(named).exists():
        line("Data set", False, f"{found}: nothing is there", "name another path, or unset FERKIT_DATA")
    else:
        line("Data set", bool(found) or None, found or "no FER2013 in data/: the drawn sample is used",
             f"to use FER2013, see {DATA / 'README.md'}")
    line("Cores", True, str(cores()))
    size = memory() / 2 ** 30
    line("Memory", True if size >= 6 else None, f"{size:.1f} GB" if size else "unknown", "training Model 3 takes about 3 GB")
    if "MALLOC_ARENA_MAX" in java_variables():
        line("Allocator", True, "glibc, told to keep its memory (kernel and train)")
    else:
        line("Allocator", None, "the system's own", "the tuned settings are glibc's: a training step may take longer here")
    return 1 if missing else 0


def test(options) -> int:
    import suite
    return suite.run(options.long)


def add_settings(command):
    for flag, _, kind, text in SETTINGS:
        command.add_argument(flag, type=kind, help=text)


def parse(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kit.py", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, action, text: str):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(action=action)
        return command

    command = add("report", report, "run the notebooks and export them as HTML")
    command.add_argument("notebooks", nargs="*", metavar="NN", help="numbers of the notebooks to run (default: all)")
    command.add_argument("--save", action="store_true", help="write the outputs back into notebooks/, for committing")
    command.add_argument("--full", action="store_true", help="train what is not finished in the study's configuration (hours)")
    add_settings(command)
    command = add("train", train, "train models without a notebook, in the study's configuration unless told otherwise; the same "
                                  "line continues a run that was stopped")
    command.add_argument("models", nargs="+", metavar="MODEL", help="a model's number or name, or all")
    command.add_argument("--jobs", type=int, help="how many models to train side by side")
    add_settings(command)
    command = add("bench", bench, "measure training steps and reading against Keras, PyTorch and pandas; writes reports/benchmark.md")
    command.add_argument(*SETTINGS[0][:1], type=SETTINGS[0][2], help=SETTINGS[0][3])
    command = add("test", test, "run everything CI runs")
    command.add_argument("--long", action="store_true", help="and every notebook twice and out of order, on other JDKs too")
    add("lab", lab, "open JupyterLab on the notebooks; whatever follows is passed on to it, for example --no-browser --port 8890")
    add("doctor", doctor, "say what this machine has and what to do about the rest")
    add("kernel", kernel, "install the Java kernel for a JupyterLab you already have")
    add("clean", clean, "remove what set-up made; asks before removing finished runs")
    options, others = parser.parse_known_args(arguments)
    if others and options.command != "lab":
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    options.others = others
    return options


def main(arguments) -> int:
    if sys.version_info < (3, 10):
        raise Stop(f"This is Python {platform.python_version()}: the kit needs 3.10 or newer.")
    options = parse(arguments)
    return options.action(options)


if __name__ == "__main__":
    sys.modules["kit"] = sys.modules["__main__"]  # for suite and bench, which import it: one kit, with one Stop
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not WINDOWS and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # a closed terminal; nohup ignores it
        signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        own_environment()
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(f"kit.py: {stop}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"kit.py: {problem.strerror}: {problem.filename or problem}")
