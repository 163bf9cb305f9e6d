"""The rules of the architecture that can be read off the source text.

Each rule is a function from a SourceFile to (line, sentence) pairs; `violations` runs them all over a tree.
A rule that turns out wrong is changed here with its reason, never worked around in the code.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

# --- who may include whom (architecture.md, section 4) -------------------------------------------------------------
# A folder, or one header of it. A folder may always include itself and core/base, and everybody core/s3/Types.h.
MAY_INCLUDE = {
    "core/base": [],
    "core/integrity": [],
    "core/http": [],
    "core/files": ["core/integrity"],
    "core/net": ["core/http"],
    # Headers go through s3 to the transport, so it names their class too.
    "core/s3": ["core/integrity", "core/net", "core/http/HttpHeaders.h", "core/signing/Signer.h"],
    "core/signing": ["core/integrity", "core/http", "core/net", "core/s3/CanonicalRequest.h", "core/s3/SignatureV4.h",
                     "core/s3/SignatureV2.h"],
    # A value type: what the journal remembers of a source.
    "core/journal": ["core/files/SourceIdentity.h"],
    "core/settings": ["core/integrity"],
    "core/transfer": ["core/integrity", "core/files", "core/s3/ObjectStore.h", "core/journal/Journal.h", "core/journal/Records.h",
                      "core/journal/ListQuery.h", "core/journal/ListFold.h",
                      "core/journal/RecordListing.h", "core/journal/RecordCodes.h",  # the stable names of states, for events
                      "core/signing/Signer.h", "core/net/NetworkWatch.h"],
    "core/stream": ["core/integrity", "core/http"],
    "core/recording": ["core/stream", "core/transfer"],
    "core/localstore": ["core/http", "core/integrity", "core/s3/CanonicalRequest.h", "core/s3/SignatureV4.h"],
    # The window sees clients, snapshots, line data, settings and value types only.
    "ui": ["core/settings", "core/transfer", "core/stream", "core/journal/Records.h"],
    "app": ["core", "ui"],
}
FOR_EVERYBODY = ["core/base", "core/s3/Types.h"]

# --- names with one home: pattern, where it may stand, why ---------------------------------------------------------
HOMES = [
    (r"\bQNetworkAccessManager\b", ["core/net"], "QNetworkAccessManager is named in core/net only"),
    (r"\bQSql(Query|Database)\b", ["core/journal"], "SQL is spoken in core/journal only"),
    (r"\bQCA::|<QtCrypto>|<qca", ["core/integrity"], "QCA is named in core/integrity only"),
    (r"<isa-l", ["core/integrity"], "ISA-L is named in core/integrity only"),
    (r"<llhttp\.h>", ["core/http"], "llhttp is named in core/http only"),
    (r"\bQSettings\b", ["core/settings"], "QSettings is named in core/settings only"),
    (r"\bS3ObjectStore\b", ["core/s3", "app/Composition"], "only the composition names the concrete S3ObjectStore"),
    (r"\bSqliteJournal\b", ["core/journal", "app/Composition"], "only the composition names the concrete SqliteJournal"),
    (r"\b(Qnam|Direct)Transport\b", ["core/net", "app/Composition"], "only the composition names a concrete transport"),
]

# --- never: pattern, where it is forbidden, why --------------------------------------------------------------------
NEVER = [
    (r"\binstance\s*\(\s*\)", ["core", "app", "ui"], "no instance(): inject through the constructor"),
    (r"\bsender\s*\(\s*\)", ["core", "app", "ui"], "no sender(): one callback for each kind of request"),
    (r"\bQEventLoop\b", ["core", "app", "ui"], "no nested event loop"),
    (r"\bprocessEvents\b", ["core", "app", "ui"], "no processEvents"),
    (r"\b[mu]?sleep\s*\(|\bnanosleep\b|\bsleep_(for|until)\b", ["core", "app", "ui"], "no sleeping: use the Scheduler"),
    (r"\btr\s*\(|\bQT_TR_NOOP\b|\bQCoreApplication::translate\b", ["core"], "no translation in core: ui and app find the words"),
    (r"#\s*include\s*<(QtGui|QtWidgets|QWidget|QGui|QApplication)", ["core"], "core knows neither Gui nor Widgets"),
    (r"\bQThread\b", ["core/transfer"], "nothing in core/transfer names QThread: the engine is thread-agnostic"),
]

MAX_LINES = 500
MAX_LINES_OF_TEST = 800  # rows of data and scenes of one class; the product stays at 500
MAX_LINES_OF = {"ui/MainWindow.cpp": 300, "ui/MainWindow.h": 300}
MAX_LINES_OF_MAIN = 40
MAX_LINES_OF_README = 80
SOURCE_FOLDERS = ["core", "app", "ui", "tests"]
SOURCE_SUFFIXES = {".h", ".cpp", ".py"}


@dataclass
class SourceFile:
    path: str                               # relative to the tree, with '/'
    text: str
    siblings: frozenset = field(default_factory=frozenset)  # names in the same folder

    @property
    def is_cpp(self):
        return self.path.endswith((".h", ".cpp"))

    @property
    def lines(self):
        return self.text.splitlines()

    def code_lines(self):
        """The lines with comments and the insides of literals blanked, includes left whole."""
        return _without_comments(self.text).splitlines()

    def includes(self):
        """(line number, path) of every include in quotes."""
        for number, line in enumerate(self.code_lines(), 1):
            found = re.match(r'\s*#\s*include\s*"([^"]*)"', line)
            if found:
                yield number, found[1]


_TOKENS = re.compile(
    r'(?P<include>^[ \t]*#[ \t]*include[^\n]*)'
    r'|(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<character>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')",
    re.DOTALL | re.MULTILINE)


def _without_comments(text):
    def blank(found):
        if found["include"] is not None:
            return found[0]
        return re.sub(r"[^\n]", " ", found[0])
    return _TOKENS.sub(blank, text)


def _is_in(path, places):
    """`place` is a folder, a file, or the beginning of a file's name."""
    return any(path == place or path.startswith(place + "/") or path.startswith(place + ".") for place in places)


def _layer(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


def includes_keep_to_their_layer(source):
    layer = _layer(source.path)
    if not source.is_cpp or layer == "tests":
        return
    if layer not in MAY_INCLUDE:
        yield 1, f"{layer} is not in the table of who may include whom"
        return
    allowed = [layer] + FOR_EVERYBODY + MAY_INCLUDE[layer]
    for number, path in source.includes():
        if path.startswith(("core/", "app/", "ui/", "tests/")) and not _is_in(path, allowed):
            yield number, f"{layer} may not include {path}"


def includes_start_at_the_root(source):
    if not source.is_cpp:
        return
    for number, path in source.includes():
        if path.endswith(".moc"):
            continue
        if ".." in path.split("/"):
            yield number, f'no ".." in includes: {path}'
        elif not path.startswith(("core/", "app/", "ui/", "tests/", "ui_")):
            yield number, f"includes are written from the repository's root: {path}"


def own_header_comes_first(source):
    if not source.path.endswith(".cpp"):
        return
    own = source.path[:-4] + ".h"
    if own.rsplit("/", 1)[-1] not in source.siblings:
        return
    for number, line in enumerate(source.code_lines(), 1):
        if re.match(r"\s*#\s*include", line):
            if f'"{own}"' not in line:
                yield number, f"own header first: {own}"
            return


def names_stay_at_home(source):
    if not source.is_cpp or source.path.startswith("tests/"):
        return
    for number, line in enumerate(source.code_lines(), 1):
        for pattern, homes, sentence in HOMES:
            if re.search(pattern, line) and not _is_in(source.path, homes):
                yield number, sentence


def tripwires_stay_untouched(source):
    if not source.is_cpp:
        return
    for number, line in enumerate(source.code_lines(), 1):
        for pattern, places, sentence in NEVER:
            if _is_in(source.path, places) and re.search(pattern, line):
                yield number, sentence


def arguments_come_together(source):
    """The second arg() of a chain also replaces what looks like a place in the text that the first one put there."""
    if not source.is_cpp or not _is_in(source.path, ["core", "app", "ui"]):
        return
    text = "\n".join(source.code_lines())
    for found in re.finditer(r"\.arg\(", text):
        at, depth = found.end(), 1
        while depth and at < len(text):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        if re.match(r"\s*\.arg\(", text[at:]):
            yield text.count("\n", 0, found.start()) + 1, "no .arg(…).arg(…): give all arguments to one arg()"


def files_stay_short(source):
    usual = MAX_LINES_OF_TEST if source.path.startswith("tests/") else MAX_LINES
    limit = MAX_LINES_OF.get(source.path, usual)
    if len(source.lines) > limit:
        yield limit + 1, f"{len(source.lines)} lines, more than {limit}"


def mains_stay_short(source):
    if not source.path.startswith("app/") or not source.is_cpp:
        return
    begin = None
    for number, line in enumerate(source.code_lines(), 1):
        if re.match(r"int\s+main\s*\(", line):
            begin = number
        elif begin and line.startswith("}"):
            if number - begin + 1 > MAX_LINES_OF_MAIN:
                yield begin, f"main() has {number - begin + 1} lines, more than {MAX_LINES_OF_MAIN}"
            begin = None


RULES = [includes_keep_to_their_layer, includes_start_at_the_root, own_header_comes_first, names_stay_at_home,
         tripwires_stay_untouched, arguments_come_together, files_stay_short, mains_stay_short]


def source_files(tree):
    """Every source file of a tree, as SourceFile."""
    for folder in SOURCE_FOLDERS:
        for path in sorted((tree / folder).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                siblings = frozenset(sibling.name for sibling in path.parent.iterdir())
                yield SourceFile(path.relative_to(tree).as_posix(), path.read_text(encoding="utf-8"), siblings)


def _folder_violations(tree):
    """What concerns folders instead of files."""
    for folder in sorted((tree / "core").glob("*/")):
        if not any(folder.glob("*.cpp")):
            continue
        readme = folder / "README.md"
        name = readme.relative_to(tree).as_posix()
        if not readme.is_file():
            yield f"{name}:1: every folder of core has a README"
        elif len(readme.read_text(encoding="utf-8").splitlines()) > MAX_LINES_OF_README:
            yield f"{name}:1: longer than a page ({MAX_LINES_OF_README} lines)"
    for lists in sorted((tree / "core").rglob("CMakeLists.txt")):
        for number, line in enumerate(lists.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"Qt6::(Gui|Widgets)\b", line.split("#")[0]):
                yield f"{lists.relative_to(tree).as_posix()}:{number}: core links neither Gui nor Widgets"


def definitions(source):
    """(line number, name) of the types that a file defines for the whole program: at the margin, in no unnamed namespace."""
    unnamed = False
    lines = source.code_lines()
    for number, line in enumerate(lines, 1):
        if re.match(r"namespace\s*{", line):
            unnamed = True
        elif line.startswith("}"):
            unnamed = False
        found = re.match(r"(?:class|struct|enum class)\s+(?:\[\[\w+\]\]\s*)?(\w+)\b(?!::)[^;]*$", line)
        if found and not unnamed:
            yield number, found[1]


def _twice_defined(sources):
    """Two types of one name link without a word, and then one is run with the other's layout."""
    homes = {}
    for source in sources:
        if not source.is_cpp or not source.path.startswith(("core/", "app/", "ui/", "tests/support/")):
            continue
        for number, name in definitions(source):
            first = homes.setdefault(name, source.path)
            if first != source.path:
                yield f"{source.path}:{number}: {name} is defined in {first} too"


def unnamed_definitions(source):
    """(line number, what) of constants, types and functions (with their parameters) that stand in an unnamed namespace."""
    unnamed = False
    lines = source.code_lines()
    for number, line in enumerate(lines, 1):
        if re.match(r"namespace\s*{", line):
            unnamed = True
        elif unnamed and re.match(r"}\s*$", line) and source.lines[number - 1].startswith("}  // namespace"):
            unnamed = False
        if not unnamed:
            continue
        found = (re.match(r"(?:class|struct|enum class|enum)\s+(\w+)\b(?!::)[^;]*$", line)
                 or re.match(r"(?:inline |static )*(?:constexpr|const)\s[^(={]*?\b(\w+)(?:\[\w*\])?\s*(?:=|\{)", line)
                 or re.match(r"(?!using\b|return\b|namespace\b)[A-Za-z_][\w:<>,&* ]*[ &*](\w+\([^()]*\)?)", line))
        if found:
            yield number, found[1]


def _clashing_in_one_unit(sources):
    """The presets with sanitizers compile several files of a library as one (unity build), and so as one unnamed namespace."""
    homes = {}
    for source in sources:
        if not source.path.endswith(".cpp") or not source.path.startswith(("core/", "app/", "ui/", "tests/support/")):
            continue
        parts = source.path.split("/")[:-1]
        library = "ui" if parts[0] == "ui" else "/".join(parts[:2] if parts[0] == "core" else parts)
        for number, name in unnamed_definitions(source):
            first = homes.setdefault((library, name), source.path)
            if first != source.path:
                yield f"{source.path}:{number}: {name} stands in {first} too; both are one unit in a unity build (presets asan, tsan)"


def violations(tree):
    """All of them, as 'path:line: sentence'."""
    tree = Path(tree)
    found = []
    sources = list(source_files(tree))
    for source in sources:
        for rule in RULES:
            found += [f"{source.path}:{number}: {sentence}" for number, sentence in rule(source)]
    return found + list(_twice_defined(sources)) + list(_clashing_in_one_unit(sources)) + list(_folder_violations(tree))
