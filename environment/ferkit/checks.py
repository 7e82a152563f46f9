"""What a notebook and its page must look like. Each function returns a list of problems, empty if there is none; a notebook is
its JSON as a dictionary."""
import base64
import json
import re
from pathlib import Path
from typing import NamedTuple

PAGE_BYTES = 3_000_000
OUTPUT_BYTES = 1_000_000
MESSAGES_PER_CELL = 60
PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
CLASSPATH = "%classpath ../lib/target/jars/*.jar"


def read(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


def text_of(value) -> str:
    """Notebook files keep text as one string or as a list of lines."""
    return "".join(value) if isinstance(value, list) else value


def code_cells(notebook: dict) -> list:
    """(number from 1, cell, source) of every code cell that is not empty."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and text_of(cell["source"]).strip()]
    return [(number, cell, text_of(cell["source"])) for number, cell in enumerate(cells, 1)]


def without_comments_and_strings(source: str) -> str:
    """Java source with comments removed and every literal emptied, so that words inside them are not taken for code."""
    pattern = r'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda found: '""' if found[0][0] in "\"'" else " ", source, flags=re.S)


DECLARATIONS = [
    (r"\b(?:class|interface|enum|@interface)\s+\w+", "declares a type"),
    (r"\brecord\s+\w+\s*[(<]", "declares a type"),
    (r"(?m)^[ \t]*(?:(?:public|private|protected|static|final|synchronized)\s+)*(?!(?:new|return|else|throw)\b)"
     r"[A-Za-z_][\w.]*(?:<[^;{}()]*>)?(?:\[\])*\s+[a-z]\w*\s*\([^;{}()]*\)\s*(?:throws\s+[\w.,\s]+)?\{", "defines a method"),
]
ABSOLUTE_PATH = re.compile(r"""(?<![\w.~:/<])(?:/(?:home|Users|root|tmp|work|usr|opt|mnt|var|etc)/|[A-Za-z]:\\\\?\w)""")
VERSION = re.compile(r"(?<![\w.])\d+\.\d+\.\d+(?![\w.]*\()")
OBJECT = re.compile(r"@[0-9a-f]{5,8}\b|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
KERNELS = re.compile(r"jjava|ijava|getKernelInstance|(?<![.\w])kernel\s*\(", re.I)


def source_problems(notebook: dict) -> list:
    """Checks what a notebook's author wrote: metadata, no helper code, no versions, no kernel names, portable magics and paths."""
    problems = []
    metadata = notebook.get("metadata", {})
    if metadata.get("kernelspec", {}).get("name") != "java":
        problems.append("metadata: kernelspec.name is not java")
    language = metadata.get("language_info", {})
    if language.get("name", "").lower() != "java" or language.get("pygments_lexer") != "java":
        problems.append("metadata: language_info must name java and pygments_lexer java, or Java is coloured as Python")
    if not any(cell["cell_type"] == "markdown" and text_of(cell["source"]).startswith("# ") for cell in notebook["cells"][:1]):
        problems.append("the first cell is not a title")
    cells = code_cells(notebook)
    imports = [number for number, _, source in cells if re.search(r"(?m)^\s*import\s", without_comments_and_strings(source))]
    if len(imports) > 1:
        problems.append(f"code cells {', '.join(map(str, imports))} import: only the setup cell may")
    for number, cell, source in cells:
        where = f"code cell {number}"
        code = without_comments_and_strings(source)
        for line in source.splitlines():
            if re.match(r"\s*%", line) and line.strip() != CLASSPATH:
                problems.append(f"{where}: '{line.strip()}': a line may start with % only as '{CLASSPATH}'")
        for pattern, what in DECLARATIONS:
            found = re.search(pattern, code)
            if found:
                problems.append(f"{where}: {what} ('{found[0].strip()[:60]}'): helper code belongs into lib/")
        for pattern, what in [(VERSION, "a version number"), (KERNELS, "a kernel's own name"), (ABSOLUTE_PATH, "an absolute path")]:
            found = pattern.search(source)
            if found:
                problems.append(f"{where}: '{found[0]}' looks like {what}")
        if re.search(r"\bSystem\s*\.\s*exit|\bSwingWrapper\b", code):
            problems.append(f"{where}: ends the kernel or opens a window")
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "markdown" and re.search(r"\$\$|\\\(|\\begin\{|\$\\", text_of(cell["source"])):
            problems.append(f"cell {number}: has a LaTeX formula, which pages without MathJax do not show")
    return problems


PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]*)")


def pictures(output: dict) -> list:
    """The bytes of the pictures of an output: PNG files within its HTML, or alone."""
    data = output.get("data", {})
    return [base64.b64decode(picture) for picture in [*PICTURE.findall(text_of(data.get("text/html", ""))), text_of(data.get("image/png", ""))]
            if picture]


def without_pictures(text: str) -> str:
    return PICTURE.sub("", text)


def is_executed(notebook: dict) -> bool:
    return any(cell.get("outputs") or cell.get("execution_count") for _, cell, _ in code_cells(notebook))


def output_problems(notebook: dict) -> list:
    """Checks an executed notebook: every cell has run, no error, nothing on standard error, no output too large,
    no picture cut off."""
    problems = []
    for number, cell, _ in code_cells(notebook):
        where = f"code cell {number}"
        if cell.get("execution_count") is None:
            problems.append(f"{where}: was not run")
        outputs = cell.get("outputs", [])
        if len(outputs) > MESSAGES_PER_CELL:
            problems.append(f"{where}: has {len(outputs)} outputs, more than {MESSAGES_PER_CELL}")
        for output in outputs:
            if output["output_type"] == "error":
                problems.append(f"{where}: error {output.get('ename', '')}: {output.get('evalue', '')}")
            if output["output_type"] == "stream" and output.get("name") == "stderr":
                problems.append(f"{where}: wrote to standard error: {text_of(output['text']).strip()[:200]}")
            shown = text_of(output.get("data", {}).get("text/plain", "")) if output["output_type"] == "execute_result" else ""
            if OBJECT.search(shown):
                problems.append(f"{where}: its last line has a value of no use to a reader: {shown[:80]!r}; assign it or end in void")
            if not all(picture.endswith(PNG_END) for picture in pictures(output)):
                problems.append(f"{where}: a picture that is cut off")
            text = json.dumps(output)
            if len(text) > OUTPUT_BYTES:
                problems.append(f"{where}: an output of {len(text):,} bytes, more than {OUTPUT_BYTES:,}")
            shown = {kind: text_of(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")}
            shown["stream"] = text_of(output.get("text", ""))
            for words in map(without_pictures, shown.values()):
                found = ABSOLUTE_PATH.search(words)
                if found:
                    problems.append(f"{where}: shows an absolute path: {words[found.start():found.start() + 60]!r}")
    return problems


class Shown(NamedTuple):
    """What a notebook opened and showed: data are `sample`, `fer2013` or `other`, the kind is that of the library's runs."""
    data: str
    seed: int
    kind: str


def shown(notebook: dict) -> Shown | None:
    """What an executed notebook shows, as the library notes it behind the table of settings; None if it opened no study."""
    for _, cell, _ in code_cells(notebook):
        for output in cell.get("outputs", []):
            note = re.search(r"<!-- study of (\w+), seed (-?\d+)(?:, shows (\w+))? -->", text_of(output.get("data", {}).get("text/html", "")))
            if note:
                return Shown(note[1], int(note[2]), note[3] or {"fer2013": "study", "other": "own"}.get(note[1], note[1]))
    return None


def page_problems(page: str) -> list:
    """Checks an exported page: it loads nothing, from the network or beside it, runs no script, is small enough, and says in words what
    its pictures and tables are."""
    problems = []
    if len(page.encode("utf-8")) > PAGE_BYTES:
        problems.append(f"{len(page.encode('utf-8')):,} bytes, more than {PAGE_BYTES:,}")
    without_code = re.sub(r"<pre\b.*?</pre>", "", page, flags=re.S)
    for pattern, what in [
        (r"<script\b[^>]*>", "a script"),
        (r"<link\b[^>]*>", "a linked style sheet"),
        (r"<(?:iframe|object|embed|video|audio|source|base)\b[^>]*>", "an embedded document"),
        (r"<(?:img|image|use|input)\b[^>]*?\b(?:src|srcset|href)\s*=\s*[\"']?(?!data:|#|[\"'])[^\s>]+", "an image that is not in the page"),
        (r"url\(\s*[\"']?(?!data:|#)[^)]*\)", "a style that loads something"),
        (r"@import\b[^;]*;", "a style that loads something"),
    ]:
        for found in re.findall(pattern, without_code, re.I):
            problems.append(f"{what}: {found[:120]}")
    problems += [f"a picture without a description: {found[:120]}"
                 for found in re.findall(r"<img\b[^>]*>", without_code, re.I) if not re.search(r'\balt="[^"]+"', found)]
    problems += [f"a table or figure without a caption: {found[:120]}"
                 for found in re.findall(r'<(?:table|figure) class="ferkit"(?:(?!</(?:table|figure)>).)*', without_code, re.S)
                 if "caption" not in found]
    return problems


def masked(notebook: dict) -> list:
    """The text of all outputs but images, each number replaced by #: equal for two runs that differ in numbers only, unequal if
    one writes other digits or decimal commas."""
    texts = []
    for _, cell, _ in code_cells(notebook):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if not any(kind.startswith("image/") for kind in data):
                text = text_of(output.get("text", "")) + text_of(data.get("text/html", data.get("text/plain", "")))
                texts.append(re.sub("[0-9]+", "#", without_pictures(text)))
    return texts
