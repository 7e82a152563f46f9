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
WINDOWS = os.name == "nt"
