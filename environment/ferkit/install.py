"""Set-up: all that the notebooks need, and the Java kernel for a JupyterLab of one's own."""
import os
import platform
from pathlib import Path

from ferkit import environ, jdk, kernel, maven, places, steps, tools, venv


def check_place():
    """A class path cannot hold every folder's name, whatever the library does."""
    for part in ("!/", os.pathsep):
        if part in f"{places.ROOT.as_posix()}/" and not (places.WINDOWS and part == ":"):
            raise tools.Stop(f"The kit lies in {places.ROOT}, and Java takes {'a name that ends in !' if part == '!/' else part} for the end of "
                             "a path: rename the folder, or move the kit.")


def set_up() -> jdk.Java:
    """Makes everything the notebooks need, skipping what is up to date, and returns the JDK they run on."""
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        raise tools.Stop("This is an Intel Mac, for which PyTorch's native library is no longer made: use another machine or a "
                         "Linux container.")
    check_place()
    java = jdk.find()
    if not maven.library_built():
        maven.find()
    tools.check_writable(places.STATE)
    with steps.alone():
        venv.make(places.VENV, places.REQUIREMENTS, "venv", "JupyterLab and the Java kernel",
                  "import jupyterlab, nbconvert, nbclient, jupyter_client")
        venv.install_exporter()
        kernel.build(java)
        kernel.write_spec(kernel.jar().parent, java)
        maven.build_library(java)
    return java


def install_kernel(options) -> int:
    """The kernel for a JupyterLab of one's own, in the folder that Jupyter names as the user's."""
    java = set_up()
    said = tools.capture([venv.python(), "-m", "jupyter_core", "--data-dir"])
    if said.code != 0:
        raise tools.Stop(f"Jupyter does not name its folder: {tools.last_line(said.text)}")
    folder = Path(said.text.strip()) / "kernels" / "java"
    there = folder / "kernel.json"
    if there.exists() and "ferkit" not in tools.read_json(there).get("metadata", {}) and \
            not tools.confirm(f"{folder} holds another Java kernel. Replace it?"):
        return 1
    try:
        # in a JupyterLab of one's own the user's variables are there
        kernel.write_spec(folder, java, dict.fromkeys([*environ.JVM_VARIABLES, *environ.ENGINE_VARIABLES], ""))
    except OSError as problem:
        raise tools.Stop(f"Cannot write to {folder} ({problem.strerror}).") from None
    tools.say(f"The kernel 'Java' is installed in {folder}: open {places.NOTEBOOKS} in your JupyterLab and choose it.")
    return 0
