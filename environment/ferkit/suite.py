"""What `kit.py test` runs. A check is a function that takes the Bench and returns nothing; it calls bench.record() for what it
found. To add one, write it and put it into CHECKS (run every time, in this order) or LONG (run by `test --long`)."""
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from ferkit import checks, cluster, exports, install, jdk, kernel, maven, places, reporting, settings, tools, venv

PAGES = places.REPORTS / "sample"  # where report puts what it makes on the sample
# Other digits, decimal and grouping signs, another date order and another time zone: nothing may show in a file or a page.
EGYPTIAN = "-Duser.language=ar -Duser.country=EG -Duser.timezone=Pacific/Auckland"


@dataclass
class Bench:
    """What the checks share: the JDK, the environment of the kit's processes, and the tally."""
    java: jdk.Java
    environment: dict
    passed: int = 0
    failures: list = field(default_factory=list)
    not_run: list = field(default_factory=list)

    def record(self, name: str, problems, count: int = 1):
        """Notes one thing checked (or `count` of them): passed if there are no problems, else one failure for each problem."""
        problems = list(problems)
        for problem in problems:
            tools.say(f"FAILED {name}: {problem}")
            self.failures.append(f"{name}: {problem}")
        if not problems:
            self.passed += count

    def in_another_locale(self) -> dict:
        return {**self.environment, "JDK_JAVA_OPTIONS": f"{self.environment.get('JDK_JAVA_OPTIONS', '')} {EGYPTIAN}".strip()}


# ---------------------------------------------------------------- checks

def kit_tests(bench: Bench, **variables):
    """The Python tests in environment/tests."""
    answer = tools.capture([venv.python(), "-m", "unittest", "discover", "-s", places.ENVIRONMENT / "tests", "-t", places.ENVIRONMENT],
                           env={**bench.environment, **variables}, cwd=places.ENVIRONMENT)
    ran = re.search(r"^Ran (\d+) tests?", answer.text, re.M)
    skipped = re.search(r"skipped=(\d+)", answer.text)
    count = (int(ran[1]) if ran else 0) - (int(skipped[1]) if skipped else 0)
    if answer.code != 0 or count == 0:
        tools.say(answer.text)
    bench.record("tests of the kit's Python", re.findall(r"^(?:FAIL|ERROR): .*", answer.text, re.M)
                 or ([tools.last_line(answer.text)] if answer.code != 0 or count == 0 else []), count)


def code_is_in_order(bench: Bench):
    """What the compiler and Error Prone find in the library's code, with what trains on other machines: profile checks in pom.xml."""
    answer = tools.capture([*maven.command(), "-Pchecks,spark", "test-compile"], env={**maven.environment(bench.java), **bench.environment}, cwd=places.ROOT)
    if answer.code != 0:
        tools.say(answer.text)
    bench.record("code of the library", [maven.problem(answer.text)] if answer.code != 0 else [])


def java_tests(bench: Bench, name: str = "tests of the library", environment: dict = {}, target: Path = places.JARS.parent, options=()):
    """mvn test: Surefire's lines are shown as they come, and its reports are read."""
    reports, problems, good = target / "surefire-reports", [], 0
    tools.remove(reports)
    process = subprocess.Popen([*map(str, maven.command()), *options, "test"], cwd=places.ROOT, env={**maven.environment(bench.java), **bench.environment, **environment},
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               encoding="utf-8", errors="replace")
    try:
        for line in process.stdout:
            if re.search(r"Tests run:|Running |ERROR|FAIL|BUILD", line):
                tools.say(line.rstrip())
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    for report in sorted(reports.glob("TEST-*.xml")):
        for case in ElementTree.parse(report).iter("testcase"):
            found = {part.tag: part.get("message") or part.get("type") for part in case}
            problems += [f"{case.get('classname')}.{case.get('name')}: {found[tag]}" for tag in ("failure", "error") if tag in found]
            good += not {"failure", "error", "skipped"} & set(found)
    if code != 0 and not problems:
        problems.append("mvn test failed, see above")
    if code == 0 and not good:
        problems.append("no test was run")
    bench.passed += good
    bench.record(name, problems, 0)


def java_tests_in_another_locale(bench: Bench):
    java_tests(bench, "tests of the library under an Egyptian locale", bench.in_another_locale())


def a_cluster_trains_the_same(bench: Bench):
    """Tests of what trains on other machines, and two workers of this one beside training without them: see cluster_trials.py."""
    if bench.java.version > cluster.NEWEST_JAVA:
        bench.not_run.append(f"training on a cluster: Spark runs on a JDK 17 to {cluster.NEWEST_JAVA}")
        return
    cluster.set_up()
    java_tests(bench, "tests of training on a cluster", target=places.SPARK, options=["-Pspark", "-Dtest=ferkit/spark/*Test"])
    each(bench, "on a cluster: {}", "trial", "cluster_trials", "same")


def notebooks_are_clean(bench: Bench):
    """What stands in notebooks/: source, and outputs where there are any."""
    for path in reporting.find_notebooks([]):
        notebook = checks.read(path)
        bench.record(f"source of {path.name}", checks.source_problems(notebook))
        if checks.is_executed(notebook):
            bench.record(f"committed outputs of {path.name}", checks.output_problems(notebook))


def notebooks_run(bench: Bench):
    """Every notebook on the sample, its outputs and its page."""
    began = time.time()
    reporting.run(bench.java, reporting.find_notebooks([]), bench.environment)
    for path in reporting.find_notebooks([]):
        executed = PAGES / "notebooks" / path.name
        if not executed.exists() or executed.stat().st_mtime < began:
            bench.record(f"{path.name} on the sample", ["did not run through"])
            continue
        bench.record(f"outputs of {path.name}", checks.output_problems(checks.read(executed)))
        page = PAGES / f"{path.stem}.html"
        bench.record(f"page of {path.name}", page_problems(page, began))
    bench.record("index.html", page_problems(PAGES / "index.html", began))


def page_problems(page: Path, since: float) -> list:
    if not page.exists() or page.stat().st_mtime < since:
        return ["was not written"]
    return checks.page_problems(page.read_text("utf-8"))


def committed_pages_are_clean(bench: Bench):
    for page in sorted(places.REPORTS.glob("*.html")):
        bench.record(f"committed page {page.name}", checks.page_problems(page.read_text("utf-8")))


def notebooks_in_another_locale(bench: Bench):
    """Notebooks that train nothing, so that they say the same every time, again under an Egyptian locale: the same words and digits."""
    notebooks = reporting.find_notebooks(["01", "08", "09"])
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "sample"
        code = reporting.run(bench.java, notebooks, bench.in_another_locale(), output=output)
        bench.record("notebooks under an Egyptian locale", ["did not run through"] if code else [])
        for executed in sorted((output / "notebooks").glob("*.ipynb")):
            here, usual = (checks.masked(checks.read(file)) for file in (executed, PAGES / "notebooks" / executed.name))
            differing = [f"'{a[:200]}' instead of '{b[:200]}'" for a, b in zip(here, usual) if a != b]
            if len(here) != len(usual):
                differing.append(f"{len(here)} outputs instead of {len(usual)}")
            bench.record(f"words of {executed.name} under an Egyptian locale", differing[:3])


def each(bench: Bench, title: str, word: str, program: str, *arguments, environment: dict = None):
    """Runs a program that tries some things and prints for each `WORD NAME: ok …` or `WORD NAME: FAILED …` or `WORD NAME: NOT RUN: …`; the last
    without a name if it tries none. The title has {} where the name stands."""
    answer = tools.capture([*venv.module(program), *arguments], env=environment or bench.environment, cwd=places.ENVIRONMENT)
    results = re.findall(rf"^{word} (\S+): (ok|FAILED) (.*)$", answer.text, re.M)
    for name, result, text in results:
        tools.say(f"{name}: {text}")
        bench.record(title.format(name), [] if result == "ok" else [text])
    not_run = [f"{word}{name}: {reason}" for name, reason in re.findall(rf"^{word}( \S+)?: NOT RUN: (.*)$", answer.text, re.M)]
    bench.not_run += not_run
    if not results and not not_run or answer.code != 0 and all(result == "ok" for _, result, _ in results):
        bench.record(title.format(program), [tools.last_line(answer.text)])


def nothing_old_is_shown(bench: Bench):
    """A notebook after settings that fail and a model's after an interrupted training, on few images."""
    each(bench, "{} shows nothing that belongs to other settings", "notebook", "runner", "refusals", *reporting.find_notebooks(["01", "02"]),
         environment={**bench.environment, "FERKIT_SEED": "991", "FERKIT_EPOCHS": "1", "FERKIT_LIMIT": "64"})


def twice_in_one_kernel(bench: Bench):
    each(bench, "{} run twice in one kernel and after a restart", "notebook", "runner", "twice", *reporting.find_notebooks([]))


def out_of_order(bench: Bench):
    each(bench, "{} run out of order", "notebook", "runner", "out-of-order", *reporting.find_notebooks([]))


def on_other_jdks(bench: Bench):
    """Every notebook on each other suitable JDK that lies where JDKs are usually installed."""
    places = ["/usr/lib/jvm/*/bin/java", "/opt/java/*/bin/java", str(Path.home() / ".sdkman/candidates/java/*/bin/java"),
              "/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java", "C:/Program Files/*/jdk*/bin/java.exe"]
    tried = {bench.java.version}
    for place in places:
        root = Path(place).anchor
        for program in sorted(Path(root).glob(place[len(root):])):
            try:
                java = jdk.inspect(program)
            except tools.Stop:
                continue
            if java.version in tried or java.version < jdk.required() or java.lacks:
                continue
            tried.add(java.version)
            with tempfile.TemporaryDirectory() as folder:
                kernel.write_spec(Path(folder) / "kernels" / "java", java)
                environment = {**bench.environment, "JUPYTER_PATH": folder}
                output = Path(folder) / "sample"
                code = reporting.run(java, reporting.find_notebooks([]), environment, output=output)
                bench.record(f"notebooks on JDK {java.version}", ["not all ran through"] if code else [])
                for executed in sorted((output / "notebooks").glob("*.ipynb")):
                    bench.record(f"outputs of {executed.name} on JDK {java.version}", checks.output_problems(checks.read(executed)))


def training_survives(bench: Bench):
    """Training killed, stopped, interrupted, out of room, twice at once, and its memory: see trials.py."""
    each(bench, "training: {}", "trial", "trials")


def a_cluster_survives(bench: Bench):
    """Executors, workers and drivers that are killed or stopped, copies of runs, a standalone cluster, spark-submit: see cluster_trials.py."""
    each(bench, "on a cluster: {}", "trial", "cluster_trials")


def in_a_browser(bench: Bench):
    """JupyterLab in Chromium, and the pages on paper: see browser.py."""
    each(bench, "in a browser: {}", "browser", "browser")


def exported_files(bench: Bench):
    """Exported runs pass onnx's checker, and ONNX Runtime gives the kit's probabilities: one of the study's, a residual one, one on a frozen trunk, a weighted mean."""
    for runs in (["model-6"], ["sprint"], ["efficientnet-lite0-96-tuned"], ["model-1", "model-6=2", "sprint"]):
        with tempfile.TemporaryDirectory() as folder:
            far = exports.difference(bench.java, Path(folder), *runs)
        bench.record(f"exported file of {' and '.join(runs)}", [f"its probabilities are {far} from the kit's"] if far > exports.CLOSE else [])


def slow_kit_tests(bench: Bench):
    """The Python tests with those that set up anew, with no network, and interrupt a run."""
    kit_tests(bench, KIT_LONG_TESTS="1")


CHECKS = [kit_tests, notebooks_are_clean, committed_pages_are_clean, code_is_in_order, java_tests, a_cluster_trains_the_same, notebooks_run, nothing_old_is_shown,
          notebooks_in_another_locale, java_tests_in_another_locale]
LONG = [twice_in_one_kernel, out_of_order, on_other_jdks, training_survives, a_cluster_survives, in_a_browser, exported_files, slow_kit_tests]


def run(options) -> int:
    java = install.set_up()
    # whatever lies in data/: on FER2013 the notebooks take hours and would replace the pages in reports/
    shared = {variable for _, variable, _, _ in settings.SETTINGS}
    own = {name: value for name, value in os.environ.items() if name not in shared}
    bench = Bench(java, {**own, **kernel.jupyter_variables(), "FERKIT_DATA": settings.SAMPLE})
    for check in CHECKS + (LONG if options.long else []):
        began = time.monotonic()
        tools.say(f"== {check.__name__.replace('_', ' ')}")
        try:
            check(bench)
        except Exception as problem:  # one check that breaks does not end the others
            bench.record(check.__name__.replace("_", " "), [f"{type(problem).__name__}: {problem}"])
        tools.say(f"   {tools.seconds(began)}")
    for reason in bench.not_run:
        tools.say(f"NOT RUN {reason}")
    for failure in bench.failures:
        tools.say(f"FAILED {failure}")
    tools.say(f"{bench.passed} passed, {len(bench.failures)} failed")
    return 1 if bench.failures else 0
