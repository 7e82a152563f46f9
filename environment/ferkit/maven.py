"""Maven, and the library that it builds."""
import html
import os
import re
import shutil
from pathlib import Path

from ferkit import jdk, machine, places, proxies, steps, tools


def find() -> str:
    maven = shutil.which("mvn")
    if not maven:
        raise tools.Stop("Maven (mvn) is not on PATH: install it (Debian: apt install maven, macOS: brew install maven, "
                         "Windows: winget install Apache.Maven) or see https://maven.apache.org/install.html.")
    return maven


def library_stamp() -> str:
    return steps.content_hash(places.ROOT / "pom.xml", places.ROOT / "lib" / "src" / "main")


def library_built() -> bool:
    return steps.up_to_date("library", library_stamp()) and any(places.JARS.glob("ferkit-*.jar"))


def build_library(java: jdk.Java):
    if library_built():
        return
    pom, stamp = places.ROOT / "pom.xml", library_stamp()
    if not steps.up_to_date("pom", steps.content_hash(pom)) or not (places.STATE / "library").exists():
        # else jars of other versions would stay beside the new ones, and of a build that was broken off files that Maven takes for whole
        tools.remove(places.JARS.parent)
    steps.outdate("library")
    # One test of a few milliseconds, rather than -DskipTests, so that Maven also fetches what runs tests: afterwards `test` works
    # with the network off. -U: what could not be fetched before is asked for again.
    result = steps.follow([*command(), "-U", "package", "-Dtest=ScheduleTest"], "Building the library (lib/) with Maven",
                          r"\[INFO\] Downloaded|Downloaded from", places.STATE / "maven.log", env=environment(java), cwd=places.ROOT)
    if result.code != 0:
        raise tools.Stop(f"{problem(result.text)} All that Maven printed is in {places.STATE / 'maven.log'}.")
    tried = tools.capture(jdk.command(java, "models"), env={**os.environ, **jdk.variables()}, cwd=places.ROOT)
    if tried.code != 0:
        raise tools.Stop(f"The library is built, and does not start: {tools.last_line(tried.text)}")
    tools.write(places.STATE / "pom", steps.content_hash(pom))
    tools.write(places.STATE / "library", stamp)


def build_spark(java: jdk.Java, settings: dict):
    """The library with what trains on other machines: profile spark in pom.xml, once somebody asks for it. Beside the jars lie the settings
    that `spark-submit` is to be given, the jars that another Spark lacks among them."""
    stamp = steps.content_hash(places.ROOT / "pom.xml", places.ROOT / "lib" / "src" / "main", places.ROOT / "lib" / "src" / "spark" / "java", str(settings))
    if steps.up_to_date("spark", stamp) and any((places.SPARK / "jars").glob("ferkit-*.jar")):
        return
    steps.outdate("spark")
    tools.remove(places.SPARK)
    result = steps.follow([*command(), "-Pspark", "-U", "package", "-Dmaven.test.skip=true"], "Building the library with Spark (lib/target/spark) with Maven",
                          r"\[INFO\] Downloaded|Downloaded from", places.STATE / "maven-spark.log", env=environment(java), cwd=places.ROOT)
    if result.code != 0:
        raise tools.Stop(f"{problem(result.text)} All that Maven printed is in {places.STATE / 'maven-spark.log'}.")
    for name in ("classes", "generated-sources", "maven-archiver", "maven-status"):
        tools.remove(places.SPARK / name)  # other machines get a copy of what is left
    own = {jar.name for jar in places.JARS.glob("*.jar")}
    jars = [jar for jar in sorted((places.SPARK / "jars").glob("*.jar")) if jar.name in own and not jar.name.startswith("ferkit-")]
    lines = {**settings, "spark.jars": ",".join(jar.as_uri() for jar in jars)}
    tools.write(places.SPARK / "spark.conf", "".join(f"{name} {value}\n" for name, value in lines.items()))
    tools.write(places.STATE / "spark", stamp)


def command() -> list:
    """Maven on the kit's pom.xml. Who names no proxy in Maven's own settings gets some with the one that the environment names: in the
    place of the user's, or of the installation's where the user has some. Its credentials stay in the environment."""
    settings, own = [], Path.home() / ".m2" / "settings.xml"
    named = own.exists() and "<proxy>" in re.sub("(?s)<!--.*?-->", "", own.read_text("utf-8", "replace"))
    if proxies.given() and not named and not re.search(r"(?<!\S)--?[gs]", os.environ.get("MAVEN_ARGS", "")):
        entries = "".join(f"<proxy><id>{scheme}</id><protocol>{scheme}</protocol><host>{html.escape(proxy.hostname)}</host>"
                          f"<port>{proxies.port(proxy)}</port>" + "".join(
                              f"<{name}>${{env.{variable}}}</{name}>" for name in ("username", "password")
                              if (variable := f"{scheme}_proxy_{name}".upper()) in os.environ)
                          + f"<nonProxyHosts>{html.escape(proxies.exceptions())}</nonProxyHosts></proxy>" for scheme, proxy in proxies.given().items())
        tools.write(places.STATE / "maven-settings.xml", f"<settings><proxies>{entries}</proxies></settings>\n")
        settings = ["-gs" if own.exists() else "-s", places.STATE / "maven-settings.xml"]
        if proxies.credentials():
            settings.append("-Dmaven.artifact.threads=1")  # Maven 3.9 gives a proxy its password on the first of several connections only
    return [find(), "-B", *settings, "-f", places.ROOT / "pom.xml", "-Dmaven.test.skip=false", "-DskipTests=false"]


def environment(java: jdk.Java) -> dict:
    limited = {"MAVEN_OPTS": " ".join(jdk.options())} if machine.address_space() else {}  # else it asks for more than there is to address
    return {**os.environ, **jdk.variables(), **limited, "JAVA_HOME": str(java.home)}


def problem(text: str) -> str:
    """What Maven failed of, in a sentence: its compiler's words or the network's only where they are in what it printed."""
    errors = [re.sub(r"^\[ERROR\] *| -> \[Help \d+\]$", "", line) for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() if line.startswith("[ERROR]")]
    errors = [error for error in errors if error.strip()]
    if not re.search(r"^\[(INFO|ERROR|WARNING)\]", text, re.M):
        return (f"Maven does not start ({tools.last_line(text)}): look at its options, in .mvn/jvm.config and .mvn/maven.config of the kit, "
                "and at its installation.")
    source = next((error for error in errors if re.search(r"\.java:\[", error)), None)  # the compiler's place before its heading
    if source:
        return f"The library does not compile ({source})."
    fetching = re.findall(r"Could not (?:transfer|find|resolve) (?:artifact|metadata).*|Could not resolve dependencies.*|UnknownHost.*", "\n".join(errors))
    if fetching:
        proxy = "" if proxies.given() else " Behind a proxy, set HTTPS_PROXY to http://host:port, the only form that Maven takes, or name it in Maven's settings."
        return f"Maven could not fetch what the library needs ({fetching[0]}): is the network reachable?{proxy}"
    return f"Maven could not build the library ({(errors or [tools.last_line(text)])[0]})."
