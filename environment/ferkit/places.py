"""Where everything lies."""
import os
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parents[1]
ROOT = ENVIRONMENT.parent
VENV = ENVIRONMENT / ".venv"
STATE = ENVIRONMENT / ".state"
REQUIREMENTS = ENVIRONMENT / "requirements.txt"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
DATA = ROOT / "data"
JARS = ROOT / "lib" / "target" / "jars"
SPARK = ROOT / "lib" / "target" / "spark"  # as SPARK_HOME is: jars in it, and what standalone workers write
WINDOWS = os.name == "nt"
