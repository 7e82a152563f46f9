"""Training on other machines by Apache Spark: what `train --on` builds, and how Spark's driver is started. A copy of the folder that is
built, and a JDK, are all that another machine needs."""
import os
import re
from pathlib import Path

from ferkit import install, jdk, maven, places, steps, tools

NEWEST_JAVA = 21  # that Spark runs on
LOOKED_INTO = ("java.lang", "java.lang.invoke", "java.net", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch")  # by Spark, of the JDK


def set_up() -> jdk.Java:
    """What the notebooks need, and Spark; returns the JDK that it runs on."""
    java = jdk.find()
    if java.version > NEWEST_JAVA:
        raise tools.Stop(f"{java.program} is Java {java.version}, and Spark runs on 17 to {NEWEST_JAVA}: set JAVA_HOME to such a JDK for --on.")
    java = install.set_up()
    with steps.alone():
        maven.build_spark(java, settings())
    return java


def settings() -> dict:
    """Spark's settings by which an executor's JVM is like every other of the kit; without them training is slower, and its last digits may differ."""
    options = [option for option in jdk.options() if not option.startswith("-Xmx")]  # spark.executor.memory says that
    return {"spark.executor.extraJavaOptions": " ".join(options), **{f"spark.executorEnv.{name}": value for name, value in jdk.variables().items()}}


def variables(java: jdk.Java, master: str) -> dict:
    """Environment variables of the driver. In its process are the workers of local-cluster[…] too; what is local cannot be reached from elsewhere."""
    alone = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"} if master.startswith("local") else {}
    return {**jdk.variables(), **alone, "SPARK_HOME": str(places.SPARK), "SPARK_SCALA_VERSION": "2.13", "JAVA_HOME": str(java.home)}


def command(java: jdk.Java, *arguments) -> list:
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in LOOKED_INTO]
    return [str(java.program), *jdk.options(), *opened, "-Dlog4j2.configurationFile=lib/src/spark/log.properties",
            *(f"-D{name}={value}" for name, value in settings().items()), "-cp", str(places.SPARK / "jars" / "*"), "ferkit.spark.Driver", *arguments]


def address(text: str) -> str:
    """A folder's address as Spark takes it: a URI, or a path as the user's own working folder sees it."""
    return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", text) else Path(text).resolve().as_uri()
