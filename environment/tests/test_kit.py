"""kit.py on odd machines: each test runs it as a user would, in a copy of the kit in a folder with a space and an accent."""
import contextlib
import graphlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zlib
from pathlib import Path
from unittest import mock

import ferkit
import kit
from ferkit import bench, cluster, environ, exports, install, jdk, kernel, machine, maven, places, proxies, settings, steps, tools, venv

NEEDED = jdk.required()
LONG = os.environ.get("KIT_LONG_TESTS") == "1"


def script(path: Path, text: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text, "utf-8")
    path.chmod(0o755)


def java_script(version: str, modules: bool = True) -> str:
    """A stand-in for `java` that answers the kit's two questions."""
    return (f'case "$*" in\n*--describe-module*) exit {0 if modules else 1};;\n*showSettings*)\necho "    java.home = /opt/java"\n'
            f'echo "    java.specification.version = {version}";;\nesac\n')


@unittest.skipIf(os.name == "nt", "the stand-ins are shell scripts")
class OddMachineTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        self.root = self.folder / "a kit é"
        shutil.copytree(places.ENVIRONMENT, self.root / "environment",
                        ignore=shutil.ignore_patterns(".venv*", ".state", "__pycache__", "tests"))
        shutil.copyfile(places.ROOT / "pom.xml", self.root / "pom.xml")
        (self.root / "lib" / "src" / "main").mkdir(parents=True)
        (self.root / "notebooks").mkdir()
        (self.root / "notebooks" / "01_a.ipynb").write_text("{}", "utf-8")
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        own = {name: value for name, value in os.environ.items() if not name.startswith("FERKIT_")}
        self.environment = {**own, "PATH": f"{self.bin}:/nowhere"}
        self.environment.pop("JAVA_HOME", None)

    def command(self, *arguments):
        return [sys.executable, str(self.root / "environment" / "kit.py"), *arguments]

    def run_kit(self, *arguments, before=()):
        done = subprocess.run([*before, *self.command(*arguments)], env=self.environment, stdin=subprocess.DEVNULL, cwd=self.folder,
                              capture_output=True, encoding="utf-8", timeout=300)
        self.assertNotIn("Traceback", done.stdout + done.stderr)
        return done

    def assert_stops(self, done, *words):
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertEqual(1, len(done.stderr.strip().splitlines()), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_no_java(self):
        self.assert_stops(self.run_kit("report"), "No Java was found", f"install a JDK {NEEDED}")

    def test_no_java_for_the_tests_and_measurements(self):
        for command in ("test", "bench", "train 6", "lab", "kernel"):
            with self.subTest(command=command):
                self.assert_stops(self.run_kit(*command.split()), "No Java was found", f"install a JDK {NEEDED}")

    def test_modules_on_the_users_path_are_not_loaded(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        (self.folder / "theirs").mkdir()
        for module in ("argparse", "json", "nbformat", "typing"):
            (self.folder / "theirs" / f"{module}.py").write_text("raise ImportError('a broken module')\n", "utf-8")
        self.environment.update(PYTHONPATH=str(self.folder / "theirs"), PYTHONWARNINGS="error", PYTHONSAFEPATH="1")
        self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")

    def test_what_would_lower_the_number_of_threads_does_not_reach_what_the_kit_starts(self):
        script(self.bin / "java", f'/usr/bin/env > "{self.folder}/variables"\n' + java_script(f"{NEEDED}"))
        self.environment.update(OMP_THREAD_LIMIT="1", OMP_DYNAMIC="true", GOMP_CPU_AFFINITY="0", KMP_ALL_THREADS="1", MKL_NUM_THREADS="1")
        self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")
        self.assertNotRegex((self.folder / "variables").read_text("utf-8"), "(?m)^(OMP|GOMP|KMP|MKL)_")

    def test_what_is_meant_for_other_programs_does_not_reach_what_the_kit_starts(self):
        script(self.bin / "java", f'/usr/bin/env > "{self.folder}/variables"\n' + java_script(f"{NEEDED}"))
        self.environment.update(PYTORCH_VERSION="1.13", PYTORCH_LIBRARY_PATH="/none", DJL_DEFAULT_ENGINE="TensorFlow", JUPYTERLAB_DIR="/none",
                                MAVEN_OPTS="-XX:+Nonsense -Djavax.net.ssl.trustStore=/certificates", MAVEN_DEBUG_OPTS="-Xdebug",
                                MAVEN_ARGS="-DskipTests -s /settings.xml --offline -Dmaven.repo.local=/repository")
        self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")
        variables = (self.folder / "variables").read_text("utf-8")
        self.assertNotRegex(variables, "(?m)^(PYTORCH_|DJL_DEFAULT|JUPYTERLAB_DIR|MAVEN_OPTS|MAVEN_DEBUG)")
        self.assertRegex(variables, "(?m)^MAVEN_ARGS=-s /settings.xml -Dmaven.repo.local=/repository$")
        self.assertRegex(variables, "(?m)^JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=/certificates$")

    def test_a_proxy_of_the_environment_is_given_to_every_jvm_without_its_password(self):
        script(self.bin / "java", f'/usr/bin/env > "{self.folder}/variables"\n' + java_script(f"{NEEDED}"))
        for name in [name for name in self.environment if name.lower().endswith("_proxy")]:
            del self.environment[name]
        for name in ("https_proxy", "HTTPS_PROXY"):
            with self.subTest(name=name):
                variables = {name: "http://me:p%40ss@proxy.example:3128", "NO_PROXY": ".inside.example, 10.0.0.1:80,[::1],::1,10.0.0.0/8"}
                with mock.patch.dict(self.environment, variables):
                    self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")
                seen = (self.folder / "variables").read_text("utf-8")
                options = re.search("(?m)^JDK_JAVA_OPTIONS=(.*)$", seen)[1]
                for option in ("-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128",
                               "-Dhttp.nonProxyHosts=localhost|127.*|inside.example|*.inside.example|10.0.0.1|*.10.0.0.1\""):
                    self.assertIn(option, options)
                self.assertNotIn("p@ss", options)
                self.assertIn("HTTPS_PROXY_PASSWORD=p@ss\n", seen)
                (self.folder / "variables").unlink()
        with mock.patch.dict(self.environment, {"HTTPS_PROXY": "socks5://proxy.example:1080"}):
            self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")
            self.assertNotIn("proxyHost", (self.folder / "variables").read_text("utf-8"))

    def test_a_home_that_cannot_be_written_is_replaced_by_one_in_the_kit(self):
        script(self.bin / "java", f'/usr/bin/env > "{self.folder}/variables"\n' + java_script(f"{NEEDED}"))
        python, setpriv = Path("/usr/bin/python3"), shutil.which("setpriv")
        if os.geteuid() != 0 or not setpriv or not python.exists() or subprocess.run(
                [python, "-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).returncode:
            self.skipTest("needs root, setpriv and a system Python")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, 12345, 12345)
        self.command = lambda *arguments: [str(self.root / "environment" / "kit.py"), *arguments]
        self.environment["XDG_CACHE_HOME"] = "/root/.cache"
        for home in ("", "/", "/nonexistent/folder"):
            with self.subTest(home=home), mock.patch.dict(self.environment, {"HOME": home} if home else {}):
                if not home:
                    self.environment.pop("HOME", None)
                self.assert_stops(self.run_kit("report", before=(setpriv, "--reuid=12345", "--regid=12345", "--clear-groups", str(python))),
                                  "Maven (mvn) is not on PATH")
                seen, own = (self.folder / "variables").read_text("utf-8"), self.root / "environment" / ".state" / "home"
                self.assertIn(f"\nHOME={own}\n", f"\n{seen}")
                self.assertIn(f'JDK_JAVA_OPTIONS="-Duser.home={own}"', seen)
                self.assertNotIn("XDG_CACHE_HOME", seen)
                (self.folder / "variables").unlink()
        self.assertEqual([], list(self.folder.rglob("?")))

    def test_a_folder_whose_name_java_takes_for_an_end_is_refused(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        for name in ("a kit!", "a:kit"):
            self.root = self.root.rename(self.folder / name)
            self.assert_stops(self.run_kit("report"), str(self.root), "rename the folder")

    def test_a_python_that_sets_a_variable_of_its_own_at_each_start(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.folder / "own"], check=True)
        (next((self.folder / "own").glob("lib/*/site-packages")) / "sitecustomize.py").write_text(
            "import os\nos.environ['PYTHONNOUSERSITE'] = '1'\n", "utf-8")
        with mock.patch.object(sys, "executable", str(self.folder / "own" / "bin" / "python")):
            self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH")

    @unittest.skipUnless(LONG, "sets up many times")
    def test_set_up_that_is_stopped_at_any_moment_just_goes_on(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        script(self.bin / "mvn", "mkdir -p lib/target/jars && sleep 1 && touch lib/target/jars/ferkit-1.0.jar")
        (self.root / "environment" / "requirements.txt").write_text("six==1.17.0\n", "utf-8")
        self.environment["PATH"] += ":/usr/bin:/bin"
        moments = [0.15 * step for step in range(80)]
        for number, moment in enumerate(moments):
            process = subprocess.Popen(self.command("report"), env=self.environment, stdin=subprocess.DEVNULL, cwd=self.folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            time.sleep(moment)
            process.send_signal([signal.SIGTERM, signal.SIGINT, signal.SIGKILL][number % 3])
            said = process.communicate(timeout=300)[0]
            for word in ("Cannot remove", "could not", "Bad file descriptor"):
                self.assertNotIn(word, said)
            if number % 3 < 2 and process.returncode == 1:  # it was done before
                self.assertIn("The study cannot be opened", said)
                (self.folder / "variables").unlink()
        self.assert_stops(self.run_kit("report"), "The study cannot be opened")

    def test_old_java(self):
        script(self.bin / "java", java_script(f"{NEEDED - 1}"))
        self.assert_stops(self.run_kit("report"), f"is Java {NEEDED - 1}, older than {NEEDED}", f"install a JDK {NEEDED}")

    def test_java_8_by_its_old_name(self):
        script(self.bin / "java", java_script("1.8"))
        self.assert_stops(self.run_kit("report"), f"is Java 8, older than {NEEDED}")

    def test_runtime_without_jshell(self):
        script(self.bin / "java", java_script(f"{NEEDED}", modules=False))
        self.assert_stops(self.run_kit("report"), "without jdk.compiler and jdk.jshell")

    def test_java_that_does_not_run(self):
        script(self.bin / "java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")
        self.assert_stops(self.run_kit("report"), "does not run: Unable to locate a Java Runtime.")

    def test_java_home_without_java_falls_back_to_path(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        self.environment["JAVA_HOME"] = "/none"
        done = self.run_kit("report")
        self.assert_stops(done, "Maven (mvn) is not on PATH")
        self.assertIn(f"JAVA_HOME is /none, which has no bin/java: {self.bin}/java is used in its place.", done.stdout)

    def test_java_home_is_asked_before_path(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        script(self.folder / "my jdk" / "bin" / "java", java_script(f"{NEEDED + 1}"))
        self.environment["JAVA_HOME"] = str(self.folder / "my jdk")
        done = self.run_kit("doctor")
        self.assertIn(f"JDK             {NEEDED + 1} ", done.stdout)

    def test_no_maven(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        self.assert_stops(self.run_kit("report"), "Maven (mvn) is not on PATH", "install")
        self.assertFalse((self.root / "environment" / ".venv").exists(), "it looks for Maven before it spends time on pip")

    def test_read_only_folder(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        script(self.bin / "mvn", "exit 0")
        before = ()
        if os.geteuid() == 0:  # root may write anywhere, so become nobody, with a Python that nobody may read
            python, setpriv = Path("/usr/bin/python3"), shutil.which("setpriv")
            if not setpriv or not python.exists() or subprocess.run(
                    [python, "-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).returncode:
                self.skipTest("needs setpriv and a system Python")
            before = (setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", str(python))
            self.command = lambda *arguments: [str(self.root / "environment" / "kit.py"), *arguments]
        else:
            (self.root / "environment").chmod(0o555)
            self.addCleanup((self.root / "environment").chmod, 0o755)
        self.assert_stops(self.run_kit("report", before=before), "Cannot write to", "copy the kit into a folder of your own")

    def test_unknown_notebook(self):
        self.assert_stops(self.run_kit("report", "99"), "There is no notebook 99: there are 01.")

    def test_doctor_names_each_missing_thing(self):
        done = self.run_kit("doctor")
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stdout, rf"MISSING +JDK +No Java was found\n +→ install a JDK {NEEDED}")
        self.assertRegex(done.stdout, r"MISSING +Maven +.*not on PATH\n +→ install it")
        self.assertRegex(done.stdout, r"note +Data set +no FER2013 in data/: the drawn sample is used")
        self.environment["FERKIT_DATA"] = str(self.folder / "none.csv")
        self.assertRegex(self.run_kit("doctor").stdout, r"MISSING +Data set +\S+none\.csv \(FERKIT_DATA\): nothing is there\n +→ name another path")

    def test_clean_keeps_what_took_long_when_nobody_answers(self):
        kept = [self.root / "reports" / file for file in ("sample/runs/model-1/config.json", "trials/x/config.json",
                                                          "runs/model-6/checkpoint-0012.zip")]
        for file in kept:
            file.parent.mkdir(parents=True)
            file.write_text("{}\n")
        made = [self.root / path for path in ("environment/.venv", "environment/.venv-peers", "environment/.state", "lib/target")]
        features = self.root / "data" / ".cache" / "features"
        for folder in [*made, features]:
            folder.mkdir(parents=True)
        self.assertEqual(0, self.run_kit("clean").returncode)
        self.assertEqual([], [folder for folder in made if folder.exists()])
        self.assertEqual(kept, [file for file in kept if file.exists()])
        self.assertTrue(features.exists())
        shutil.rmtree(features)
        self.assertEqual(0, self.run_kit("clean").returncode)
        self.assertFalse(features.parent.exists())

    @unittest.skipUnless(LONG, "makes a virtual environment")
    def test_no_network_for_pip(self):
        script(self.bin / "java", java_script(f"{NEEDED}"))
        script(self.bin / "mvn", "exit 0")
        self.environment.update(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull,
                                PIP_NO_CACHE_DIR="1")
        self.assert_stops(self.run_kit("report"), "pip could not install the packages", "is the network reachable?")
        self.assertFalse((self.root / "environment" / ".state" / "venv").exists())


class ModulesTest(unittest.TestCase):
    def test_each_is_listed_and_none_imports_in_a_circle(self):
        imports = {file.stem: re.findall(r"\w+", " ".join(re.findall(r"(?m)^ *from ferkit(?:\.(?=\w+ import)| import )(.*)", file.read_text("utf-8"))))
                   for file in (places.ENVIRONMENT / "ferkit").glob("[a-z]*.py")}
        self.assertEqual([], [name for name in imports if not re.search(rf"(?m)(^| ){name} {{2,}}", ferkit.__doc__)])
        graphlib.TopologicalSorter({name: set(found) & set(imports) for name, found in imports.items()}).prepare()


class SettingsTest(unittest.TestCase):
    def setUp(self):
        environment = mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("FERKIT_DATA", None)

    def variables(self, *arguments):
        return settings.variables(kit.parse(["report", *arguments]))

    def test_flags_become_variables(self):
        self.assertEqual({}, self.variables("03"))
        self.assertEqual({"FERKIT_EPOCHS": "1", "FERKIT_LIMIT": "5000", "FERKIT_BATCH": "64", "FERKIT_SEED": "2", "FERKIT_THREADS": "1",
                          "FERKIT_DEVICE": "cpu", "FERKIT_FULL": "true", "FERKIT_DATA": str(Path("x.csv").resolve())},
                         self.variables("--epochs", "1", "--limit", "5000", "--batch", "64", "--seed", "2", "--threads", "1",
                                        "--device", "cpu", "--full", "--data", "x.csv"))

    def test_path_in_the_environment_is_the_users(self):
        os.environ["FERKIT_DATA"] = "x.csv"
        self.assertEqual({"FERKIT_DATA": str(Path("x.csv").resolve())}, self.variables("03"))
        self.assertEqual({"FERKIT_DATA": str(Path("y.csv").resolve())}, self.variables("03", "--data", "y.csv"))

    def test_the_sample_is_asked_for_by_its_name(self):
        self.assertEqual({"FERKIT_DATA": "sample"}, self.variables("--data", "sample"))
        self.assertEqual({"FERKIT_DATA": str(Path("sample").resolve())}, self.variables("--data", "./sample"))
        os.environ["FERKIT_DATA"] = "sample"
        self.assertEqual({"FERKIT_DATA": "sample"}, self.variables())

    def test_no_jobs_is_not_taken_for_the_default(self):
        with mock.patch.object(kit, "become") as become, mock.patch.object(install, "set_up"), mock.patch("os.chdir"):
            kit.train(kit.parse(["train", "all", "--jobs", "0"]))
            kit.train(kit.parse(["train", "all"]))
            kit.train(kit.parse(["train", "all", "--seeds", "1-5"]))
        self.assertEqual(["train all --jobs 0", "train all", "train all --seeds 1-5"], [" ".join(call.args[0]).split("ferkit.Main ")[1] for call in become.call_args_list])

    def test_a_cluster_is_asked_by_its_driver(self):
        with mock.patch.object(kit, "become") as become, mock.patch.object(cluster, "set_up", return_value=jdk.Java(Path("java"), Path("home"), 17, [])), \
                mock.patch("os.chdir"):
            kit.train(kit.parse(["train", "all", "--seeds", "1-5", "--on", "spark://h:7077", "--checkpoints", "hdfs://h/x", "--threads", "2"]))
            kit.train(kit.parse(["train", "6", "--on", "local[2]", "--checkpoints", "a folder"]))
        (far, environment), (near, alone) = (call.args for call in become.call_args_list)
        self.assertEqual("all --seeds 1-5 --on spark://h:7077 --checkpoints hdfs://h/x", " ".join(far).split("ferkit.spark.Driver ")[1])
        self.assertEqual([Path("a folder").resolve().as_uri()], near[-1:])
        self.assertEqual(("2", str(places.SPARK)), (environment["FERKIT_THREADS"], environment["SPARK_HOME"]))
        self.assertEqual((None, "127.0.0.1"), (environment.get("SPARK_LOCAL_IP"), alone["SPARK_LOCAL_IP"]))
        for name, value in jdk.variables().items():
            self.assertIn(f"-Dspark.executorEnv.{name}={value}", far)
        self.assertNotIn("-Xmx", next(option for option in far if option.startswith("-Dspark.executor.extraJavaOptions=")))

    def test_what_a_cluster_does_not_take_is_refused(self):
        with mock.patch.object(cluster, "set_up") as set_up:
            for arguments, why in [(["--on", "local[2]", "--jobs", "2"], "--jobs and --on"), (["--checkpoints", "x"], "--checkpoints says where")]:
                with self.subTest(arguments), self.assertRaisesRegex(tools.Stop, why):
                    kit.train(kit.parse(["train", "6", *arguments]))
        set_up.assert_not_called()

    def test_spark_is_not_tried_on_a_jdk_that_it_does_not_run_on(self):
        with mock.patch.object(jdk, "find", return_value=jdk.Java(Path("java"), Path("home"), 25, [])), mock.patch.object(install, "set_up") as set_up, \
                self.assertRaisesRegex(tools.Stop, "java is Java 25, and Spark runs on 17 to 21: set JAVA_HOME"):
            cluster.set_up()
        set_up.assert_not_called()

    def test_one_seed_and_several_are_not_taken_together(self):
        with mock.patch.object(install, "set_up") as set_up, self.assertRaisesRegex(tools.Stop, "--seed and --seeds: expected one of the two"):
            kit.train(kit.parse(["train", "all", "--seed", "1", "--seeds", "2,3"]))
        set_up.assert_not_called()

    def test_bench_takes_the_path_alone(self):
        self.assertEqual({"FERKIT_DATA": str(Path("x.csv").resolve())}, settings.variables(kit.parse(["bench", "--data", "x.csv"])))

    def test_train_takes_the_same_flags(self):
        options = kit.parse(["train", "1", "6", "--jobs", "2", "--epochs", "50", "--seed", "3"])
        self.assertEqual((["1", "6"], 2), (options.models, options.jobs))
        self.assertEqual({"FERKIT_EPOCHS": "50", "FERKIT_SEED": "3"}, settings.variables(options))

    def test_export_and_predict_take_paths_as_the_users_folder_sees_them(self):
        with mock.patch.object(kit, "become") as become, mock.patch.object(install, "set_up"), mock.patch("os.chdir"), \
                tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            tools.write(run / "config.json", "{}")
            kit.export(kit.parse(["export", "6=2", f"{run}=3", str(run)]))
            kit.predict(kit.parse(["predict", "pictures", "--model", "1", "6", "--out", "faces.csv", "--threads", "2"]))
        here = Path.cwd()
        self.assertEqual([["export", "", "6=2", f"{run.resolve()}=3", str(run.resolve())], ["predict", str(here / "pictures"), str(here / "faces.csv"), "1", "6"]],
                         [call.args[0][call.args[0].index("ferkit.Main") + 1:] for call in become.call_args_list])
        self.assertEqual("2", become.call_args.args[1]["FERKIT_THREADS"])

    def test_drawn_pictures_are_png_files(self):
        pixels = bytes(range(48)) * 48
        rows = zlib.decompress(re.search(rb"IDAT(.*)....\0\0\0\0IEND", exports.png(pixels), re.S)[1])
        self.assertEqual(pixels, b"".join(rows[y * 49 + 1:(y + 1) * 49] for y in range(48)))

    def test_lab_passes_on_what_follows_and_no_other_command_does(self):
        self.assertEqual(["--no-browser", "--port", "8890"], kit.parse(["lab", "--no-browser", "--port", "8890"]).others)
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()) as said:
            kit.parse(["doctor", "--no-browser"])
        self.assertIn("unrecognized arguments: --no-browser", said.getvalue())


@unittest.skipIf(places.WINDOWS, "Windows has no control groups")
class ContainerTest(unittest.TestCase):
    """A container's share of the machine is what counts; the files are those of Linux's control groups."""

    def limits(self, files: dict):
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name, text in files.items():
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text(text, "utf-8")
            stack.enter_context(mock.patch.object(machine, "CONTROL_GROUP", folder))
            stack.enter_context(mock.patch.object(os, "sched_getaffinity", lambda process: set(range(8)), create=True))
            return machine.cores(), machine.memory(), jdk.options()[0]

    def setUp(self):
        self.installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        self.heap = f"-Xmx{min(3072, (self.installed >> 20) // 2)}m"

    @staticmethod
    def under(limit: int) -> list:
        code = (f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit})); from ferkit import jdk, machine; "
                "print(machine.memory(), *jdk.options())")
        return subprocess.run([sys.executable, "-c", code], cwd=places.ENVIRONMENT, capture_output=True, encoding="utf-8", check=True).stdout.split()

    def test_a_limit_on_address_space(self):
        memory, heap, *others = self.under(1 << 30)
        self.assertEqual((str(1 << 30), "-Xmx512m"), (memory, heap))
        self.assertIn("-XX:CompressedClassSpaceSize=128m", others)

    def test_no_container(self):
        self.assertEqual((8, self.installed, self.heap), self.limits({}))

    def test_version_2(self):
        self.assertEqual((3, 1 << 30, "-Xmx512m"), self.limits({"cpu.max": "250000 100000\n", "memory.max": f"{1 << 30}\n"}))

    def test_version_2_without_limits(self):
        self.assertEqual((8, self.installed, self.heap), self.limits({"cpu.max": "max 100000\n", "memory.max": "max\n"}))

    def test_version_1(self):
        self.assertEqual((1, 1 << 30, "-Xmx512m"), self.limits({
            "cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n", "memory/memory.limit_in_bytes": f"{1 << 30}\n"}))

    def test_version_1_without_limits(self):
        self.assertEqual((8, self.installed, self.heap), self.limits({
            "cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n", "memory/memory.limit_in_bytes": "9223372036854771712\n"}))


class KernelspecTest(unittest.TestCase):
    def test_spec_starts_the_jdk_that_was_checked(self):
        java = jdk.Java(Path("/a jdk/bin/java"), Path("/a jdk"), NEEDED, [])
        with tempfile.TemporaryDirectory() as folder:
            if not kernel.jar().exists():
                self.skipTest("the kernel is not installed")
            kernel.write_spec(Path(folder) / "java", java)
            spec = json.loads((Path(folder) / "java" / "kernel.json").read_text("utf-8"))
            argv = spec["argv"]
            self.assertEqual("/a jdk/bin/java", argv[0])
            self.assertEqual("{connection_file}", argv[-1])
            self.assertFalse([part for part in argv[:-1] if re.search(r"[{}@]", part)])
            jar, classes = argv[argv.index("-cp") + 1].split(os.pathsep)
            self.assertTrue(Path(jar).is_file() and Path(classes, argv[-2] + ".class").is_file())
            self.assertIn("-Djava.awt.headless=true", argv)
            self.assertEqual("message", spec["interrupt_mode"])

    def test_kernel_for_a_jupyterlab_of_ones_own_does_not_see_the_options_meant_for_every_jvm(self):
        if not kernel.jar().exists():
            self.skipTest("the kernel is not installed")
        java = jdk.Java(Path("/a jdk/bin/java"), Path("/a jdk"), NEEDED, [])
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(install, "set_up", lambda: java), \
                mock.patch.dict(os.environ, {"JUPYTER_DATA_DIR": folder, "JAVA_TOOL_OPTIONS": "-XX:+UseG1GC -Dproxy.password=secret"}), \
                contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(0, install.install_kernel(kit.parse(["kernel"])))
            variables = json.loads((Path(folder) / "kernels" / "java" / "kernel.json").read_text("utf-8"))["env"]
        self.assertEqual({"JAVA_TOOL_OPTIONS": "", "_JAVA_OPTIONS": "", "JDK_JAVA_OPTIONS": "", "PYTORCH_VERSION": ""},
                         {name: variables[name] for name in (*environ.JVM_VARIABLES, "PYTORCH_VERSION")})


class SetUpTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state, self.venv = Path(folder.name, "state"), Path(folder.name, "venv")
        self.state.mkdir()
        for name, value in [("STATE", self.state), ("VENV", self.venv)]:
            patch = mock.patch.object(places, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_a_virtual_environment_that_was_not_finished_is_not_taken_for_ready(self):
        venv.python().parent.mkdir(parents=True)
        venv.python().touch()
        tools.write(self.state / "venv", venv.stamp(self.venv, places.REQUIREMENTS))
        self.assertTrue(venv.ready())
        tools.write(self.state / "venv", "of other requirements")

        def half(*_):
            venv.python().parent.mkdir(parents=True)
            venv.python().touch()
            raise KeyboardInterrupt
        with mock.patch.object(steps, "follow", half), self.assertRaises(KeyboardInterrupt):
            venv.make(self.venv, places.REQUIREMENTS, "venv", "packages", "import six")
        self.assertTrue(venv.python().exists())
        self.assertFalse((self.state / "venv").exists())

    def test_a_step_is_done_when_what_it_made_was_tried(self):
        def make(command, *_, **__):
            venv.python().parent.mkdir(parents=True, exist_ok=True)
            venv.python().touch()
            return tools.Answer(0, "")
        for trial, code in [("ModuleNotFoundError: No module named 'six'", 1), ("", 0)]:
            with mock.patch.object(steps, "follow", make), mock.patch.object(venv, "pip_environment", lambda python: {}), \
                    mock.patch.object(tools, "capture", lambda *_, **__: tools.Answer(code, trial)), \
                    self.assertRaisesRegex(tools.Stop, trial) if code else contextlib.nullcontext():
                venv.make(self.venv, places.REQUIREMENTS, "venv", "packages", "import six")
            self.assertEqual(code == 0, (self.state / "venv").exists())

    def test_a_stop_in_the_middle_of_removing_is_a_stop(self):
        (self.venv / "lib").mkdir(parents=True)

        def stopped(path):  # as rmtree does where the signal comes between closing a folder and noting it
            try:
                raise SystemExit(143)
            finally:
                os.close(99999)
        with mock.patch.object(shutil, "rmtree", stopped), self.assertRaises(SystemExit):
            tools.remove(self.venv)

    def test_a_build_that_was_broken_off_begins_from_nothing(self):
        target = self.state / "target"
        half = target / "classes" / "Half.class"
        with mock.patch.object(places, "JARS", target / "jars"), mock.patch.object(maven, "find", lambda: "mvn"):
            for stamps, kept in [([], False), (["library"], False), (["library", "pom"], True)]:
                for stamp in stamps:
                    tools.write(self.state / stamp, steps.content_hash(places.ROOT / "pom.xml") if stamp == "pom" else "of other sources")
                half.parent.mkdir(parents=True, exist_ok=True)
                half.touch()
                with self.subTest(stamps=stamps), mock.patch.object(steps, "follow", side_effect=KeyboardInterrupt), \
                        self.assertRaises(KeyboardInterrupt):
                    maven.build_library(jdk.Java(Path("java"), Path("jdk"), NEEDED, []))
                self.assertEqual(kept, half.exists())
                self.assertFalse((self.state / "library").exists())

    @unittest.skipIf(places.WINDOWS, "Windows has other locks")
    def test_set_up_waits_for_what_a_killed_one_has_left_running(self):
        code = ("import pathlib, sys\nfrom ferkit import places, steps\nplaces.STATE = pathlib.Path(sys.argv[1])\nwith steps.alone():\n"
                " steps.follow(['sh', '-c', 'touch begun; sleep 2; touch ended'], 'Step', '', places.STATE / 'log', cwd=places.STATE)")
        first = subprocess.Popen([sys.executable, "-c", code, str(self.state)], cwd=places.ENVIRONMENT, stdout=subprocess.PIPE, encoding="utf-8")
        while not (self.state / "begun").exists():
            self.assertIsNone(first.poll())
            time.sleep(0.01)
        first.kill()
        first.communicate()
        with steps.alone():
            self.assertTrue((self.state / "ended").exists())

    def test_set_up_waits_for_another_one(self):
        code = ("import pathlib, sys\nfrom ferkit import places, steps\nplaces.STATE = pathlib.Path(sys.argv[1])\nwith steps.alone():\n print('alone', flush=True)")
        with steps.alone():
            other = subprocess.Popen([sys.executable, "-c", code, str(self.state)], cwd=places.ENVIRONMENT, stdout=subprocess.PIPE,
                                     encoding="utf-8")
            self.assertIn("waiting for it", other.stdout.readline())
            self.assertIsNone(other.poll())
        self.assertEqual("alone\n", other.communicate(timeout=60)[0])
        self.assertEqual(0, other.returncode)


class JvmVariablesTest(unittest.TestCase):
    def test_system_properties_are_kept_and_nothing_else(self):
        variables = {"JAVA_TOOL_OPTIONS": "-XX:+UseG1GC -Dhttps.proxyHost=proxy  -Xms9g", "_JAVA_OPTIONS": "-Xlog:gc",
                     "JDK_JAVA_OPTIONS": """'-Da=b c' -Dd="e f" @file -agentlib:jdwp=transport=dt_socket,address=5005"""}
        with mock.patch.dict(os.environ, variables):
            self.assertEqual("""-Dhttps.proxyHost=proxy '-Da=b c' -Dd="e f\"""", environ.system_properties())
        with mock.patch.dict(os.environ):
            for name in environ.JVM_VARIABLES:
                os.environ.pop(name, None)
            self.assertEqual("", environ.system_properties())

    def test_what_a_jvm_says_of_its_variables_is_no_error(self):
        self.assertEqual("Multiple garbage collectors selected", tools.last_line(
            "Error occurred during initialization of VM\nMultiple garbage collectors selected\nPicked up JAVA_TOOL_OPTIONS: -XX:+UseG1GC\n"))
        self.assertEqual("it printed nothing", tools.last_line("NOTE: Picked up JDK_JAVA_OPTIONS: -Dx=y\n"))

    def test_a_jvm_of_the_kit_starts(self):
        if not maven.library_built():
            self.skipTest("the library is not built")
        done = subprocess.run([sys.executable, str(places.ENVIRONMENT / "kit.py"), "doctor"], capture_output=True, encoding="utf-8",
                              env={**os.environ, "JAVA_TOOL_OPTIONS": "-XX:+UseG1GC", "_JAVA_OPTIONS": "-Xms900g", "JDK_JAVA_OPTIONS": "-Xlog:gc"})
        self.assertRegex(done.stdout, r"(?m)^ok +Native engine")
        self.assertEqual("", done.stderr)

    def test_models_are_read_behind_what_a_jvm_says_of_its_variables(self):
        if not maven.library_built():
            self.skipTest("the library is not built")
        with mock.patch.dict(os.environ, {"JDK_JAVA_OPTIONS": "-Dproxy=here"}):
            self.assertEqual("model-1", bench.study_models(jdk.find())[0]["name"])
        with mock.patch.object(jdk, "command", lambda *_: ["false"]), self.assertRaisesRegex(tools.Stop, "does not list its models"):
            bench.study_models(None)


class CauseTest(unittest.TestCase):
    """A sentence about a tool that failed names what the tool gave as its reason, and no other."""

    def test_maven(self):
        log = "[INFO] Scanning for projects...\n"
        far = "a" * 400
        for printed, *words in [
            (log + f"[ERROR] Failed to execute goal on project ferkit: Could not resolve dependencies for project {far}: Failed to collect: "
             "Could not transfer artifact a:b:jar:1 from/to mirror (https://mirror.example): status code: 407, reason phrase: "
             "Proxy Authentication Required -> [Help 1]", "Could not transfer artifact a:b:jar:1",
             "Proxy Authentication Required): is the network reachable?"),
            (log + "[ERROR] COMPILATION ERROR :\n[ERROR] Main.java:[3,1] class expected\n", "The library does not compile (Main.java:[3,1] class expected)"),
            ("Unrecognized VM option 'Nonsense'\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.\n",
             "Maven does not start (Unrecognized VM option 'Nonsense')", ".mvn/jvm.config"),
            (log + "[ERROR] Failed to execute goal surefire: There are test failures. -> [Help 1]\n[ERROR] \n",
             "Maven could not build the library (Failed to execute goal surefire: There are test failures.)"),
        ]:
            for word in words:
                with self.subTest(word=word):
                    self.assertIn(word, maven.problem(printed))

    def test_pip(self):
        said = venv.pip_problem("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<c>: Failed to establish a new "
                                "connection: [Errno 111] Connection refused')': /simple/six/\nERROR: No matching distribution found for six==1\n")
        self.assertIn("ERROR: No matching distribution found for six==1; NewConnectionError(", said)
        self.assertIn("Connection refused", said)
        self.assertIn("is the network reachable?", said)
        self.assertEqual("pip could not install the packages (ERROR: six: no such option).", venv.pip_problem("ERROR: six: no such option\n"))

    def test_a_disk_without_locks(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(places, "STATE", Path(folder)), \
                mock.patch("fcntl.flock", side_effect=OSError(37, "No locks available")), \
                self.assertRaisesRegex(tools.Stop, rf"{re.escape(folder)}\S+lock cannot be locked \(No locks available\)"), steps.alone():
            pass


class PipTest(unittest.TestCase):
    def test_pip_is_told_the_way_to_the_packages_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "pip.conf")
            file.write_text("[global]\nindex-url = https://mirror.example/simple\ntarget = /elsewhere\nquiet = 3\n"
                            "[install]\nuser = true\ntrusted-host =\n    one.example\n    two.example\n", "utf-8")
            own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
            given = {"PIP_CONFIG_FILE": str(file), "PIP_TARGET": "/elsewhere", "PIP_PREFIX": "/elsewhere", "PIP_USER": "1", "PIP_TIMEOUT": "7"}
            with mock.patch.dict(os.environ, {**own, **given}, clear=True):
                told = {name: value for name, value in venv.pip_environment(sys.executable).items() if name.startswith("PIP_")}
        self.assertEqual(("https://mirror.example/simple", "7", ["one.example", "two.example"], os.devnull),
                         (told["PIP_INDEX_URL"], told["PIP_TIMEOUT"], told["PIP_TRUSTED_HOST"].split(), told["PIP_CONFIG_FILE"]))
        self.assertEqual(set(), {"PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_QUIET"} & set(told))


class SettingsOfMavenTest(unittest.TestCase):
    def test_who_has_none_gets_some_with_the_proxy_and_not_its_password(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(places, "STATE", Path(folder, "state")), \
                mock.patch.object(maven, "find", lambda: "mvn"), mock.patch.dict(os.environ, {
                    "HOME": folder, "USERPROFILE": folder, "https_proxy": "http://me:secret@proxy.example:3128", "no_proxy": "inside.example"}):
            os.environ.update(proxies.credentials())
            self.assertIn("-s", maven.command())
            text = (places.STATE / "maven-settings.xml").read_text("utf-8")
            self.assertIn("<protocol>https</protocol><host>proxy.example</host><port>3128</port><username>${env.HTTPS_PROXY_USERNAME}</username>", text)
            self.assertNotIn("secret", text)
            tools.write(Path(folder, ".m2", "settings.xml"), "<settings><!-- <proxy> --><mirrors/></settings>")
            self.assertLess({"-gs", "-Dmaven.artifact.threads=1"}, set(maven.command()))
            tools.write(Path(folder, ".m2", "settings.xml"), "<settings><proxies><proxy></proxy></proxies></settings>")
            self.assertFalse({"-s", "-gs"} & set(maven.command()))


@unittest.skipUnless(LONG and os.name != "nt", "runs a notebook")
class InterruptTest(unittest.TestCase):
    def test_ctrl_c_ends_quietly_and_leaves_no_kernel(self):
        process = subprocess.Popen([sys.executable, str(places.ENVIRONMENT / "kit.py"), "report"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)
        for line in process.stdout:
            if line.startswith("Running"):
                break
        time.sleep(4)
        before = self.kernels()
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(130, process.returncode)
        self.assertEqual("", errors)
        self.assertTrue(before)
        self.assertEqual([], self.kernels())

    @staticmethod
    def kernels():
        listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, encoding="utf-8").stdout
        return [line for line in listing.splitlines() if str(kernel.jar()) in line]

