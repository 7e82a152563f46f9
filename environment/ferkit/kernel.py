"""The Java kernel: its jar, its compiled addition and its kernel.json."""
import json
import os
import shutil
from pathlib import Path

from ferkit import jdk, places, steps, tools

SOURCE = places.ENVIRONMENT / "kernel" / "StudyKernel.java"


def jar() -> Path:
    return places.VENV / "share" / "jupyter" / "kernels" / "java" / "jjava.jar"


def build(java: jdk.Java):
    """Compiles the kit's kernel, which is JJava and ends the queue of cells after an error, beside JJava's jar."""
    stamp = steps.content_hash(SOURCE, places.REQUIREMENTS, str(places.VENV))
    if steps.up_to_date("kernel", stamp) and jar().with_name(SOURCE.stem + ".class").exists():
        return
    steps.outdate("kernel")
    compiled = tools.capture([java.program, "-m", "jdk.compiler/com.sun.tools.javac.Main", "-nowarn", "--release", jdk.required(),
                              "-cp", jar(), "-d", jar().parent, SOURCE])
    if compiled.code != 0:
        raise tools.Stop(f"The kernel {SOURCE} does not compile with {java.program}: {tools.last_line(compiled.text)}")
    tools.write(places.STATE / "kernel", stamp)


def write_spec(folder: Path, java: jdk.Java, variables: dict = {}):
    """Writes a kernel.json that starts exactly the JDK that was checked, without a second JVM in between, with these environment
    variables beside those of every JVM of the kit."""
    copy = folder / jar().name
    if copy != jar():
        folder.mkdir(parents=True, exist_ok=True)
        for file in [jar(), *jar().parent.glob(f"{SOURCE.stem}*.class")]:
            shutil.copyfile(file, folder / file.name)
    spec = {
        "argv": [str(java.program), *jdk.options(), "--add-opens", "jdk.jshell/jdk.jshell=ALL-UNNAMED",
                 "-cp", f"{copy}{os.pathsep}{folder}", SOURCE.stem, "{connection_file}"],
        "display_name": "Java",
        "language": "java",
        "interrupt_mode": "message",
        "metadata": {"ferkit": True, "java": java.build},  # tells the kit's own from another of the same name, and lab.py the JDK
        "env": jdk.variables() | variables,
    }
    text = json.dumps(spec, indent=1, ensure_ascii=False)
    file = folder / "kernel.json"
    if not file.exists() or file.read_bytes() != text.encode("utf-8"):
        tools.write(file, text)


def jupyter_variables() -> dict:
    """Makes Jupyter find the kit's own kernel before any other of the same name, on JUPYTER_PATH or in the user's folders."""
    paths = [str(places.VENV / "share" / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {"JUPYTER_PATH": os.pathsep.join(paths), "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1"}
