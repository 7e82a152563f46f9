"""What of the user's environment reaches the processes that the kit starts."""
import os
import re

from ferkit import jdk, places, proxies

JVM_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
ENGINE_VARIABLES = ("PYTORCH_VERSION", "PYTORCH_FLAVOR", "DJL_DEFAULT_ENGINE")  # another engine than that of pom.xml
# What the names of other variables begin with that are meant for other programs and would reach the kit's: OpenMP's and MKL's, as the
# kit says itself how many threads there are; other native libraries; another folder of Maven's, or of JupyterLab's.
FOREIGN = ("OMP_", "GOMP_", "KMP_", "MKL_", "PYTORCH_", "DJL_DEFAULT_ENGINE", "LIBSTDCXX_LIBRARY_PATH",
           "MAVEN_ARGS", "MAVEN_OPTS", "MAVEN_DEBUG_OPTS", "MAVEN_PROJECTBASEDIR", "JUPYTERLAB_DIR")
# where the tools keep what they fetch and write, if not in the home
PLACES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR",
          "JUPYTER_RUNTIME_DIR", "PIP_CACHE_DIR", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR")


def own_environment():
    """Makes of the user's environment that of everything the kit starts: without what is meant for other programs, with a home that
    can be written, and with the proxy for the JVMs too."""
    properties = [system_properties(), home_property(), *proxies.properties()]
    arguments = re.findall(r"(?:^|\s)((?:-g?s|--(?:global-)?settings)[ =]\S+|-Dmaven\.repo\.\S+)", os.environ.get("MAVEN_ARGS", ""))
    for name in [name for name in os.environ if name in JVM_VARIABLES or name.startswith(FOREIGN)]:
        del os.environ[name]
    own = {"JDK_JAVA_OPTIONS": " ".join(filter(None, properties)), "MAVEN_ARGS": " ".join(arguments), "MAVEN_BASEDIR": str(places.ROOT),
           "MAVEN_SKIP_RC": "1", **proxies.credentials()}
    os.environ.update({name: value for name, value in own.items() if value})


def system_properties() -> str:
    """The system properties (a proxy, a locale) among the options that the user's variables give to every JVM, as JDK_JAVA_OPTIONS
    takes them. The other options would keep the kit's JVMs from starting (a second collector, a heap larger than its limit) or
    write between their lines."""
    options = " ".join(os.environ.get(name, "") for name in (*JVM_VARIABLES, "MAVEN_OPTS"))
    words = re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", options)
    return " ".join(word for word in words if word.lstrip("\"'").startswith("-D"))


def may_write(folder: str) -> bool:
    """Whether a folder can be written or, where there is none, made."""
    path = folder
    while path != os.path.dirname(path) and not os.path.exists(path):
        path = os.path.dirname(path)
    return os.path.isabs(folder) and os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)


def home_property() -> str:
    """Sets HOME to the user's folder, or to one of the kit's own where that is missing or cannot be written, as of a user in a container
    whom no password file names; returns the option that tells a JVM, if it would take another. Places that cannot be written are dropped."""
    if places.WINDOWS:
        return ""
    import pwd
    try:
        listed = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        listed = ""
    for name in PLACES:
        if os.environ.get(name) and not may_write(os.environ[name]):
            del os.environ[name]
    os.environ["HOME"] = next(filter(may_write, [os.environ.get("HOME", ""), listed]), str(places.STATE / "home"))
    return "" if may_write(listed) else jdk.quoted(f"-Duser.home={os.environ['HOME']}")
