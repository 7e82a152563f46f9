"""What JupyterLab's server does in its own way when `kit.py lab` has started it: how it reads and saves the kit's notebooks, and what
it takes for harmless in "Save and Export Notebook As … HTML"."""
import html
import re
from pathlib import Path

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from ferkit import checks, kernel, tools

TAGS = {*bleach.ALLOWED_TAGS, "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "figcaption", "figure",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "ins", "kbd", "p", "pre", "s", "samp", "small", "span", "sub", "summary", "sup",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "var"}
ATTRIBUTES = {**bleach.ALLOWED_ATTRIBUTES, "img": ["alt", "height", "width"], "td": ["colspan", "rowspan"], "th": ["colspan", "rowspan", "scope"]}


def harmless(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: of data that are in the page, pictures only, and of pictures only those."""
    if (tag, name) == ("img", "src"):
        return value.startswith("data:image/")
    if name == "href" and re.sub("[^a-z:]", "", html.unescape(value).lower()).startswith("data:"):
        return False
    return name in ("class", "id", "style", "title") or name in ATTRIBUTES.get(tag, ())


def clean_html(element: str | bytes) -> str:
    """HTML without what could run: nbconvert's filter of this name with the headings, paragraphs, tables and pictures that it turns
    into text."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    return bleach.clean(text, TAGS, harmless, protocols={"http", "https", "mailto", "data"},
                        css_sanitizer=CSSSanitizer([*ALLOWED_CSS_PROPERTIES, "caption-side", "margin", "max-width", "padding"]))


def of_the_kit(notebook: dict) -> bool:
    return notebook.get("metadata", {}).get("kernelspec", {}).get("name") == "java"


class Notebooks(AsyncLargeFileManager):
    """Files as Jupyter keeps them, but for two things. JupyterLab takes a notebook for changed if its kernel's language is not to the
    letter the one in the file: so a notebook is given the version of the JDK as it is opened, and it is left out of the file. And
    results on FER2013 are kept in a copy before others are saved in their place."""

    async def get(self, path, content=True, *arguments, **options):
        model = await super().get(path, content, *arguments, **options)
        if content and model["type"] == "notebook" and of_the_kit(model["content"]):
            version = tools.read_json(kernel.jar().with_name("kernel.json")).get("metadata", {}).get("java")
            if version:
                model["content"]["metadata"].setdefault("language_info", {})["version"] = version
        return model

    async def save(self, model, path=""):
        if model.get("type") == "notebook" and of_the_kit(model.get("content") or {}):
            model["content"]["metadata"].get("language_info", {}).pop("version", None)
            copy = keep_fer2013(Path(self._get_os_path(path)), model["content"])
            if copy:
                self.log.warning("%s showed results on FER2013 and is saved with others: the earlier ones are kept in %s", path, copy.name)
        return await super().save(model, path)


def keep_fer2013(file: Path, notebook: dict) -> Path | None:
    """Copies a notebook's file to `fer2013_` and its name if it shows the study's results on FER2013 and `notebook`, which is to
    replace it, does not show such results; returns the copy if there is one. Another copy, which may have been worked in, stays."""
    try:
        before = checks.shown(checks.read(file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no file yet, or no notebook
        return None
    if before is None or before.kind != "study" or checks.shown(notebook) == before or file.name.startswith("fer2013_"):
        return None
    number, copy = 1, file.with_name(f"fer2013_{file.name}")
    while copy.exists() and copy.read_bytes() != file.read_bytes():
        number += 1
        copy = file.with_name(f"fer2013_{file.stem}_{number}.ipynb")
    tools.write(copy, file.read_bytes())
    return copy
