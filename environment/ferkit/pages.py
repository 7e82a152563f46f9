"""Pages made of notebooks that have been run, and their index."""
import datetime
import html
import re
from pathlib import Path

import jinja2
import nbformat
from nbconvert import HTMLExporter

from ferkit import checks, places, tools
from ferkit.attempts import Failed

TEMPLATES = places.ENVIRONMENT / "template"
# Anything of a page that the index shows as well stands between these two marks.
INDEX_BEGIN, INDEX_END = "<!-- index begin -->", "<!-- index end -->"

STUDY = {"title": "Deep Learning based on CNNs: Facial Emotion Recognition", "author": "F-Riv",
         "address": "https://github.com/F-Riv/Deep-Learning-based-on-CNNs-Facial-Emotion-Recognition"}

NOTICES = {
    "sample": "Made with the kit's drawn sample of faces, not with FER2013: the figures show that everything works and cannot "
              "be compared with the study's.",
    "trial": "A trial: training was shorter, or on fewer images, than in the study, so the figures cannot be compared with the "
             "study's.",
    "own": "Made by another recipe than the study's, or with other images or another split than FER2013's: the figures cannot be "
           "compared with the study's.",
    "study": "",
}

DATA = {"sample": "the drawn sample", "other": "other data than FER2013's", "fer2013": "FER2013"}


def read_notebook(path: Path):
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, AttributeError, nbformat.ValidationError) as problem:
        raise Failed(f"{path} is not a notebook ({str(problem).splitlines()[0][:100]}): restore it, for example with git checkout") from None


def title_and_summary(notebook) -> tuple:
    """The first heading of a notebook and the first paragraph below it, as plain text."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    title, paragraph = re.search(r"^#+(.*)", text, re.M), re.search(r"^(?:(?!#).*\S.*\n?)+", text, re.M)
    return title[1].strip() if title else "", " ".join(paragraph[0].split()) if paragraph else ""


def plain(markdown: str) -> str:
    """Markdown of a paragraph without its marks: links keep their text, emphasis and code their words."""
    text = re.sub(r"\[([^]]*)]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}", r"\1", text)


def contents() -> list:
    """Name, title and summary of every notebook of the kit, in order."""
    pages = []
    for path in sorted(places.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        title, summary = title_and_summary(read_notebook(path))
        pages.append({"name": path.stem, "title": plain(title) or path.stem, "summary": plain(summary)})
    return pages


def numbered(page: str, name: str) -> str:
    """A page with its tables and figures numbered in their captions, each kind by itself and behind the notebook's number: Table 8.1,
    Figure 8.1. So Table 1 and Figure 1 are always the study's."""
    chapter = re.match(r"0*([0-9]+)_", name)
    counts = {"Table": 0, "Figure": 0}

    def number(found):
        kind = "Table" if found[0].startswith("<caption") else "Figure"
        counts[kind] += 1
        return f"{found[0]}<b>{kind} {chapter[1] + '.' if chapter else ''}{counts[kind]}</b> "
    return re.sub(r"<(?:fig)?caption\b[^>]*>", number, page)


def navigation(name: str, pages: list) -> str:
    """Links to the contents and to the pages before and after this one."""
    place = next((place for place, page in enumerate(pages) if page["name"] == name), None)
    before = pages[place - 1] if place else None
    after = pages[place + 1] if place is not None and place + 1 < len(pages) else None
    links = [f'<a href="{before["name"]}.html" rel="prev">← {html.escape(before["title"])}</a>' if before else "",
             '<a href="index.html">Contents</a>',
             f'<a href="{after["name"]}.html" rel="next">{html.escape(after["title"])} →</a>' if after else ""]
    return "<nav>" + "".join(f"<span>{link}</span>" for link in links) + "</nav>"


class PageExporter(HTMLExporter):
    """Makes a notebook's page, for `report` and, as nbconvert's exporter `report`, for JupyterLab's menu. The page's notice is that of
    the resource `kind`; without one, of the results in the notebook."""
    export_from_notebook = "Report"

    def __init__(self, **options):
        super().__init__(template_name="study", extra_template_basedirs=[str(TEMPLATES)], **options)

    def from_notebook_node(self, nb, resources=None, **options):
        resources = dict(resources or {})
        name = resources["metadata"]["name"]
        title, _ = title_and_summary(nb)
        noted = checks.shown(nb)
        kind = resources.get("kind") or (noted.kind if noted else "")
        resources["study"] = {"title": plain(title) or name, "notice": NOTICES.get(kind, "")}
        text, resources = super().from_notebook_node(nb, resources, **options)
        # links between notebooks become links between pages
        text = re.sub(r'(href="(?:\./)?[0-9]{2}_[A-Za-z0-9_]+)\.ipynb([#"])', r"\1.html\2", numbered(text, name))
        return re.sub(r"<nav>.*?</nav>", lambda _: navigation(name, contents()), text, flags=re.S), resources


def export(path: Path, notebook, output: Path, kind: str):
    """Writes the page of an executed notebook into `output`."""
    text, _ = PageExporter().from_notebook_node(notebook, {"metadata": {"name": path.stem}, "kind": kind})
    problems = checks.page_problems(text)
    if problems:
        raise Failed(f"{path.name}: its page is not fit to be shown: {'; '.join(problems)}")
    tools.write(output / f"{path.stem}.html", text)


def write_figure(notebook, output: Path):
    """Writes the picture that the index shows of a notebook, if it has one, as figure-1.png too: a README can show no page."""
    for cell in notebook.cells:
        if "index" in cell.metadata.get("tags", []):
            for picture in (picture for out in cell.outputs for picture in checks.pictures(out)):
                tools.write(output / "figure-1.png", picture)


def link_pages(output: Path, pages: list):
    """Gives each page in `output` its links to the contents and to the pages before and after it, of those that are there."""
    there = [page for page in pages if (output / f"{page['name']}.html").exists()]
    for page in there:
        file = output / f"{page['name']}.html"
        text = file.read_text("utf-8")
        # a link to a page that is not there is no link until it is
        linked = re.sub(r'<a (?:href|data-page)="([0-9]{2}_\w+\.html)(?=[#"])',
                        lambda m: f'<a {"href" if (output / m[1]).exists() else "data-page"}="{m[1]}', text)
        linked = re.sub(r"<nav>.*?</nav>", lambda _: navigation(page["name"], there), linked, flags=re.S)
        if linked != text:
            tools.write(file, linked)


def write_index(output: Path, kind: str, facts: list, pages: list):
    """Writes index.html from the pages that lie in `output`: what they found, words and tables before pictures, and a link to each."""
    figures = []
    for page in pages:
        file = output / f"{page['name']}.html"
        page["made"] = file.exists()
        if page["made"]:
            found = re.findall(re.escape(INDEX_BEGIN) + "(.*?)" + re.escape(INDEX_END), file.read_text("utf-8"), re.S)
            figures += [(page, figure) for figure in found]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES / "study"), autoescape=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    text = environment.get_template("contents.html.j2").render(
        study=STUDY, notice=NOTICES[kind], kind=kind, facts=facts, pages=pages, date=f"{now:%Y-%m-%d %H:%M} UTC",
        figures=sorted(figures, key=lambda figure: "<img" in figure[1]))
    tools.write(output / "index.html", text)
