"""Trials of training on a cluster, on the sample: its runs are those of one machine, whatever is killed meanwhile. `kit.py test` runs the
first, `test --long` all; `python -m ferkit.cluster_trials NAME …` some. What they train has seeds of its own and is deleted afterwards."""
import contextlib
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ferkit import cluster, jdk, places, tools
from ferkit.attempts import NotRun, attempt, demand, forget, history, runs

SEEDS = ("986", "987")
TWO_WORKERS = "local-cluster[2,1,1024]"
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
SECONDS = 300
OWN_JARS = "ferkit|pytorch|api|tribuo|olcut|tablesaw|xchart|jhdf|fastutil|icu4j|univocity|opencsv|classgraph|jline|protobuf"  # no Spark has them
SECRET = "spark.authenticate true\nspark.authenticate.secret of the trials alone\nspark.network.crypto.enabled true\n"


def command(*options) -> list:
    return [sys.executable, str(places.ENVIRONMENT / "kit.py"), "train", "6", "--data", "sample", "--epochs", "5", "--limit", "128",
            "--seeds", ",".join(SEEDS), *options]


class Driver:
    """`train` as a process, and what it has printed."""

    def __init__(self, *options, **variables):
        self.process = subprocess.Popen(command(*options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", cwd=places.ROOT,
                                        env={**os.environ, **variables})
        self.lines, self.news = [], threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()

    def text(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str):
        with self.news:
            heard = self.news.wait_for(lambda: re.search(pattern, self.text(), re.M) or self.process.poll() is not None, SECONDS)
        demand(heard and re.search(pattern, self.text(), re.M), f"it does not print \"{pattern}\": {self.text()[-1500:]}")

    def end(self) -> int:
        try:
            code = self.process.wait(SECONDS)
        finally:
            self.process.kill()
        self.reader.join()
        return code

    def finish(self) -> str:
        """Waits for the end, which must be a good one."""
        code = self.end()
        demand(code == 0, f"training ended with {code}: {self.text()[-1500:]}")
        return self.text()


def train(*options, **variables) -> str:
    return Driver(*options, **variables).finish()


def children(parent: int, word: str) -> list:
    """Processes that another has started, by a word of their command lines."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent and word in (folder / "cmdline").read_text():
                found.append(int(folder.name))
    return found


def results() -> dict:
    """Of each finished run its history without the seconds, and its other files but that of its configuration."""
    found = {}
    for folder in runs(*SEEDS):
        demand((folder / "config.json").exists(), f"{folder.name} is not finished")
        demand(not list(folder.glob("checkpoint*")), f"{folder.name} still has {[file.name for file in folder.glob('checkpoint*')]}")
        found[folder.name] = history(folder), {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".safetensors", ".csv")
                                       and file.name != "history.csv"}
    return found


@functools.cache
def expected() -> dict:
    """What training without Spark makes, on as many threads."""
    train("--threads", "2", "--jobs", "2")
    alone = results()
    demand(len(alone) == len(SEEDS), f"{list(alone)} instead of a run of each seed")
    forget(*SEEDS)
    return alone


def demand_equal(text: str):
    """The runs are those of one machine."""
    demand(results() == expected(), f"the runs differ from those without Spark: {text[-1500:]}")


def demand_same(text: str):
    """The same, and each epoch was told once, and each run came once."""
    demand_equal(text)
    for seed in SEEDS:
        epochs = re.findall(rf"^model-6, seed {seed}: epoch (\d) of 5: ", text, re.M)
        demand(sorted(set(epochs)) == epochs, f"epochs of seed {seed} as they were told: {epochs}")
        demand(len(re.findall(rf"^model-6, seed {seed}: finished in ", text, re.M)) == 1, f"seed {seed} is not said to be finished once: {text[-1500:]}")


def same() -> str:
    """Two workers on this machine make the runs of one machine, and a second call makes none."""
    expected()
    text = train("--on", TWO_WORKERS)
    demand_same(text)
    again = train("--on", TWO_WORKERS)
    demand("Spark" not in again and again.count(": finished in ") == len(SEEDS), f"a second call does not leave the runs alone: {again[-800:]}")
    return f"{len(SEEDS)} runs equal to those without Spark, {re.search(r'ready after [0-9.]+ s', text)[0]}"


def executors_killed() -> str:
    """Executors killed in the middle of their runs: others go on from the last checkpoints, which the driver has kept."""
    expected()
    driver = Driver("--on", TWO_WORKERS)
    driver.wait_for(r": epoch 2 of 5")
    killed = children(driver.process.pid, EXECUTOR)
    for executor in killed:
        os.kill(executor, signal.SIGKILL)
    text = driver.finish()
    demand(len(killed) == 2, f"{len(killed)} executors were there to be killed")
    demand("Continuing after epoch" in text, f"no run went on from a checkpoint: {text[-1500:]}")
    demand_same(text)
    return "two executors killed, runs went on after epoch " + " and ".join(re.findall(r"Continuing after epoch (\d)", text))


def driver_killed() -> str:
    """The driver killed, with checkpoints in a folder that all machines reach; the same line goes on from them."""
    expected()
    with tempfile.TemporaryDirectory() as shared:
        driver = Driver("--on", TWO_WORKERS, "--checkpoints", shared)
        driver.wait_for(r": epoch 2 of 5")
        orphans = children(driver.process.pid, EXECUTOR)
        driver.process.kill()
        driver.end()
        demand(not any((folder / "config.json").exists() for folder in runs(*SEEDS)), "a run was finished before the driver was killed")
        text = train("--on", TWO_WORKERS, "--checkpoints", shared)
        demand("Continuing after epoch" in text, f"no run went on from a checkpoint: {text[-1500:]}")
        demand_equal(text)
        demand(not list(Path(shared).rglob("checkpoint-*.zip")), "checkpoints of finished runs were kept")
        wait_until(lambda: not any(Path(f"/proc/{orphan}").exists() for orphan in orphans), "the killed driver's executors still run")
    return "went on after epoch " + " and ".join(re.findall(r"Continuing after epoch (\d)", text))


def wait_until(holds, otherwise: str):
    deadline = time.monotonic() + 60
    while not holds():
        demand(time.monotonic() < deadline, otherwise)
        time.sleep(0.2)


def stopped() -> str:
    """Told to stop, it says what is kept and how to go on, leaves no process, and training without Spark goes on."""
    expected()
    driver = Driver("--on", TWO_WORKERS)
    driver.wait_for(r": epoch 2 of 5")
    executors = children(driver.process.pid, EXECUTOR)
    driver.process.terminate()
    code = driver.end()
    demand(code == 128 + signal.SIGTERM, f"told to stop it ended with {code}: {driver.text()[-800:]}")
    demand(re.search(r"stopped; epoch [2-5] of 5 is kept", driver.text()) and "To go on: " in driver.lines[-1],
           f"it does not say what is kept: {driver.text()[-800:]}")
    wait_until(lambda: not any(Path(f"/proc/{executor}").exists() for executor in executors), "its executors still run")
    text = train("--threads", "2", "--jobs", "2")
    demand("Continuing after epoch" in text, f"training without Spark did not go on: {text[-800:]}")
    demand_equal(text)
    return "said what is kept, no process left, training without Spark went on from it"


def speculation() -> str:
    """Copies of the same run side by side: it is written once, and its checkpoints are no obstacle."""
    expected()
    with conf_dir("spark.speculation true\nspark.speculation.interval 200ms\nspark.speculation.task.duration.threshold 1s\n") as folder, \
            copied() as home, Standalone(home, {}, hosts=("127.0.0.1", "127.0.0.2") * 2) as standalone:  # a copy goes to another host
        text = train("--on", standalone.master, SPARK_CONF_DIR=folder)
    demand(", try 2" in text, f"there was no copy of a run: {text[-1500:]}")
    demand_same(text)
    return f"{text.count(', try 2')} copies, each run written once"


@contextlib.contextmanager
def conf_dir(settings: str):
    with tempfile.TemporaryDirectory() as folder:
        tools.write(Path(folder) / "spark-defaults.conf", settings)
        yield folder


class Standalone:
    """A master and workers of a core each on the loopback interface: processes that have a JDK and a copy of lib/target/spark."""

    def __init__(self, home: Path, variables: dict, hosts=("127.0.0.1", "127.0.0.1")):
        self.home, self.hosts, self.processes = home, hosts, []
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("FERKIT_", "SPARK_", "MALLOC_", "GLIBC_", "GOMP_"))}
        self.environment.update(variables, SPARK_HOME=str(home), SPARK_SCALA_VERSION="2.13")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.master = f"spark://127.0.0.1:{self.port}"

    def start(self, name: str, host: str, *arguments) -> subprocess.Popen:
        with open(self.home / f"{len(self.processes)}.log", "wb") as log:
            process = subprocess.Popen([str(jdk.find().program), "-cp", "jars/*", name, "--host", host, "--webui-port", "0", *arguments],
                                       cwd=self.home, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def __enter__(self):
        self.start("org.apache.spark.deploy.master.Master", "127.0.0.1", "--port", str(self.port))
        self.workers = [self.start("org.apache.spark.deploy.worker.Worker", host, "--cores", "1", "--memory", "3g", self.master) for host in self.hosts]
        wait_until(self.answers, "the master does not start")
        return self

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def __exit__(self, *unused):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def copied(jars=lambda name: True):
    """A copy of lib/target/spark, as on another machine, with some of its jars."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "jars").mkdir()
        for jar in (places.SPARK / "jars").glob("*.jar"):
            if jars(jar.name):
                (Path(folder) / "jars" / jar.name).symlink_to(jar)
        yield Path(folder)


def worker_killed() -> str:
    """A standalone cluster with authentication and encryption, one worker killed with its executor in the middle of a run."""
    expected()
    with conf_dir(SECRET) as folder, copied() as home, Standalone(home, {"SPARK_CONF_DIR": folder}) as standalone:
        refused = Driver("--on", standalone.master, SPARK_CONF_DIR="")
        code = refused.end()
        demand(code == 1 and "has ended, or does not let this driver in" in refused.text() and "\tat " not in refused.text(), f"without the secret it ended with {code}: {refused.text()[-800:]}")
        driver = Driver("--on", standalone.master, SPARK_CONF_DIR=folder)
        driver.wait_for(r": epoch 2 of 5")
        worker = next(worker for worker in standalone.workers if children(worker.pid, EXECUTOR))
        lost = children(worker.pid, EXECUTOR)
        for process in (worker.pid, *lost):
            os.kill(process, signal.SIGKILL)
        text = driver.finish()
        demand("Continuing after epoch" in text, f"no run went on from a checkpoint: {text[-1500:]}")
        demand_same(text)
    return "a worker killed, its run went on after epoch " + " and ".join(re.findall(r"Continuing after epoch (\d)", text))


def submitted() -> str:
    """`spark-submit` to a cluster that has a Spark and nothing of the kit."""
    expected()
    with copied(lambda name: not re.match(OWN_JARS, name)) as home, Standalone(home, {}) as standalone:
        submit = [str(jdk.find().program), "-cp", str(home / "jars" / "*"), "org.apache.spark.deploy.SparkSubmit", "--master", standalone.master,
                  "--properties-file", str(places.SPARK / "spark.conf"), "--class", "ferkit.spark.Driver", next(map(str, (places.SPARK / "jars").glob("ferkit-*.jar"))),
                  "6", "--seeds", ",".join(SEEDS)]
        answer = tools.capture(submit, cwd=places.ROOT, timeout=SECONDS, env={
            **os.environ, "SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13", "FERKIT_DATA": "sample", "FERKIT_EPOCHS": "5", "FERKIT_LIMIT": "128"})
        demand(answer.code == 0, f"spark-submit ended with {answer.code}: {answer.text[-1500:]}")
        demand_same(answer.text)
    return "runs equal to those without Spark"


TRIALS = {"same": same, "executors-killed": executors_killed, "driver-killed": driver_killed, "stopped": stopped, "speculation": speculation,
          "worker-killed": worker_killed, "submitted": submitted}


def leaving_nothing(trial) -> str:
    if sys.platform != "linux":
        raise NotRun("what is killed is looked for in /proc")
    if jdk.find().version > cluster.NEWEST_JAVA:
        raise NotRun(f"Spark runs on a JDK 17 to {cluster.NEWEST_JAVA}")
    cluster.set_up()  # what was changed since would be built in the middle of a trial
    forget(*SEEDS)
    try:
        return trial()
    finally:
        forget(*SEEDS)


def main(names: list) -> int:
    tried = [attempt("trial", name, functools.partial(leaving_nothing, TRIALS[name])) for name in names or TRIALS]
    return 0 if all(tried) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
