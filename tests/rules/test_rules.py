#!/usr/bin/env python3
"""Runs the rules over this tree, and shows for each of them that it can fail: a rule that cannot is no rule."""

import tempfile
import unittest
from pathlib import Path

import rules

TREE = Path(__file__).resolve().parents[2]


class ThisTree(unittest.TestCase):
    def test_keepsTheRules(self):
        found = rules.violations(TREE)
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_isSeenAtAll(self):
        paths = {source.path for source in rules.source_files(TREE)}
        self.assertIn("core/base/Error.h", paths)
        self.assertGreater(len(paths), 100)


class PlantedLines(unittest.TestCase):
    """Small trees with one thing in them."""

    def violations_of(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                if name.startswith("core/") and not (path.parent / "README.md").exists():
                    (path.parent / "README.md").write_text("map\n", encoding="utf-8")
            return rules.violations(folder)

    def assertRefused(self, path, text, sentence, line=1):
        found = self.violations_of({path: text})
        self.assertEqual(len(found), 1, found)
        self.assertIn(f"{path}:{line}: ", found[0])
        self.assertIn(sentence, found[0])

    def assertAllowed(self, path, text):
        self.assertEqual(self.violations_of({path: text}), [])

    def test_namesAreDefinedOnce(self):
        twice = {"core/s3/A.cpp": "struct Refusal {\n};\n", "core/net/B.h": "class Refusal final\n{\n};\n"}
        found = self.violations_of(twice)
        self.assertEqual(len(found), 1, found)
        self.assertIn("Refusal is defined in core/net/B.h too", found[0])
        unnamed = "namespace {\nstruct Refusal {\n};\n}  // namespace\n"
        self.assertEqual(self.violations_of(dict(twice, **{"core/s3/A.cpp": unnamed})), [])
        self.assertEqual(self.violations_of(dict(twice, **{"core/s3/A.cpp": "struct Refusal;\n"})), [])

    def test_argumentsComeTogether(self):
        self.assertRefused("app/cli/A.cpp", "void f() { g(text.arg(name(1)).arg(size)); }\n", "one arg()")
        self.assertRefused("core/base/A.cpp", "\nauto a = text.arg(name)\n    .arg(size);\n", "one arg()", line=2)
        self.assertAllowed("core/base/A.cpp", "auto a = text.arg(name, size);\nauto b = other.arg(\")\").trimmed();\n")

    def test_unnamedNamesAreOnceInALibrary(self):
        def unnamed(line):
            return "namespace {\n" + line + "\n}  // namespace\n"
        for line in ("constexpr int kTries = 3;", "class Answer\n{\n};", "bool isOurs(int kind)\n{\n}", "const QString kName{QStringLiteral(\"a\")};"):
            with self.subTest(line=line):
                found = self.violations_of({"core/net/A.cpp": unnamed(line), "core/net/direct/B.cpp": unnamed(line)})
                self.assertEqual(len(found), 1, found)
                self.assertIn("stands in core/net/A.cpp too", found[0])
                self.assertEqual(self.violations_of({"core/net/A.cpp": unnamed(line), "core/s3/B.cpp": unnamed(line)}), [])
        self.assertEqual(self.violations_of({"core/net/A.cpp": unnamed("int f(int a)\n{\n}"),
                                             "core/net/B.cpp": unnamed("int f(bool a)\n{\n}")}), [])

    def test_layersAreKept(self):
        refused = [
            ("core/base/A.cpp", "core/integrity/Digest.h"),
            ("core/integrity/A.cpp", "core/s3/UriEncoding.h"),
            ("core/http/A.cpp", "core/net/HttpTransport.h"),
            ("core/files/A.h", "core/transfer/Uploader.h"),
            ("core/files/A.h", "core/journal/Records.h"),
            ("core/net/A.cpp", "core/s3/S3Xml.h"),
            ("core/s3/A.cpp", "core/files/SourceFile.h"),
            ("core/s3/A.cpp", "core/signing/LocalSigner.h"),
            ("core/s3/A.cpp", "core/http/HttpHead.h"),
            ("core/journal/A.cpp", "core/files/SourceFile.h"),
            ("core/journal/A.cpp", "core/s3/ObjectStore.h"),
            ("core/settings/A.cpp", "core/journal/Journal.h"),
            ("core/signing/A.cpp", "core/s3/ObjectStore.h"),
            ("core/transfer/A.cpp", "core/s3/S3Xml.h"),
            ("core/transfer/A.cpp", "core/net/HttpTransport.h"),
            ("core/transfer/A.cpp", "core/journal/SqliteDatabase.h"),
            ("core/transfer/A.cpp", "core/localstore/LocalStore.h"),
            ("core/stream/A.cpp", "core/transfer/Uploader.h"),
            ("core/localstore/A.cpp", "core/s3/S3Xml.h"),
            ("core/transfer/A.cpp", "app/Composition.h"),
            ("core/transfer/A.cpp", "ui/MainWindow.h"),
            ("core/transfer/A.cpp", "tests/support/fakes/FakeStore.h"),
            ("ui/A.cpp", "core/s3/ObjectStore.h"),
            ("ui/A.cpp", "core/journal/Journal.h"),
            ("ui/A.cpp", "app/GuiApp.h"),
            ("core/newfolder/A.cpp", "core/base/Error.h"),
        ]
        for path, included in refused:
            with self.subTest(path=path, included=included):
                found = self.violations_of({path: f'#include "{included}"\n'})
                self.assertEqual(len(found), 1, found)
        allowed = [
            ("core/base/A.cpp", "core/base/Error.h"),
            ("core/integrity/A.cpp", "core/s3/Types.h"),
            ("core/journal/A.cpp", "core/files/SourceIdentity.h"),
            ("core/s3/A.cpp", "core/signing/Signer.h"),
            ("core/transfer/A.cpp", "core/files/SourceFile.h"),
            ("ui/A.cpp", "core/transfer/EngineClient.h"),
            ("app/A.cpp", "core/s3/ObjectStore.h"),
            ("tests/unit/A.cpp", "core/journal/SqliteDatabase.h"),
        ]
        for path, included in allowed:
            with self.subTest(path=path, included=included):
                self.assertAllowed(path, f'#include "{included}"\n')

    def test_aHeaderThatOnlyBeginsAlikeIsAnother(self):
        self.assertRefused("core/files/A.h", '#include "core/s3/Types.hpp"\n', "may not include")
        self.assertRefused("core/net/A.h", '#include "core/https/Head.h"\n', "may not include")

    def test_includesStartAtTheRoot(self):
        self.assertRefused("core/base/A.cpp", '#include "Error.h"\n', "from the repository's root")
        self.assertRefused("core/base/A.cpp", '#include "../base/Error.h"\n', 'no ".."')
        self.assertAllowed("tests/unit/test_a.cpp", '#include "test_a.moc"\n')

    def test_ownHeaderComesFirst(self):
        files = {"core/base/A.h": "", "core/base/A.cpp": '\n#include <vector>\n#include "core/base/A.h"\n'}
        self.assertEqual(self.violations_of(files), ["core/base/A.cpp:2: own header first: core/base/A.h"])
        files["core/base/A.cpp"] = '#include "core/base/A.h"\n#include <vector>\n'
        self.assertEqual(self.violations_of(files), [])

    def test_namesStayAtHome(self):
        homes = [
            ("QNetworkAccessManager manager;", "core/s3/A.cpp", "core/net/A.cpp"),
            ("QSqlQuery query;", "core/transfer/A.cpp", "core/journal/A.cpp"),
            ("auto d = QSqlDatabase::database();", "app/A.cpp", "core/journal/A.cpp"),
            ("QCA::Hash hash;", "core/s3/A.cpp", "core/integrity/A.cpp"),
            ("#include <QtCrypto>", "core/s3/A.h", "core/integrity/A.h"),
            ("#include <isa-l/crc.h>", "core/files/A.cpp", "core/integrity/A.cpp"),
            ("#include <llhttp.h>", "core/net/A.cpp", "core/http/A.cpp"),
            ("QSettings settings;", "app/A.cpp", "core/settings/A.cpp"),
            ("S3ObjectStore store;", "core/transfer/A.cpp", "app/Composition.cpp"),
            ("SqliteJournal journal;", "core/transfer/A.cpp", "app/Composition.cpp"),
            ("QnamTransport transport;", "app/cli/A.cpp", "app/Composition.cpp"),
        ]
        for line, abroad, home in homes:
            with self.subTest(line=line):
                self.assertRefused(abroad, line + "\n", "only")
                self.assertAllowed(home, line + "\n")

    def test_tripwires(self):
        lines = ["auto *a = QCoreApplication::instance();", "auto *s = sender();", "QEventLoop loop;", "QCoreApplication::processEvents();",
                 "QThread::msleep(5);", "std::this_thread::sleep_for(1ms);", "usleep(1);"]
        for line in lines:
            for folder in ("core/s3", "app", "ui"):
                with self.subTest(line=line, folder=folder):
                    self.assertRefused(f"{folder}/A.cpp", "\n" + line + "\n", "no ", line=2)
            with self.subTest(line=line, folder="tests"):
                self.assertAllowed("tests/unit/A.cpp", line + "\n")

    def test_coreSpeaksNoHumanLanguageAndHasNoWindow(self):
        self.assertRefused("core/s3/A.cpp", "auto t = tr(x);\n", "no translation")
        self.assertRefused("core/s3/A.cpp", "auto t = QObject::tr (x);\n", "no translation")
        self.assertAllowed("core/s3/A.cpp", "std::unique_ptr(x); ptr(y); m_tr(z);\n")
        self.assertAllowed("ui/A.cpp", "auto t = tr(x);\n")
        self.assertRefused("core/s3/A.cpp", "#include <QWidget>\n", "neither Gui nor Widgets")
        self.assertRefused("core/s3/CMakeLists.txt", "target_link_libraries(a Qt6::Widgets)\n", "neither Gui nor Widgets")
        self.assertRefused("core/transfer/A.cpp", "QThread thread;\n", "thread-agnostic")

    def test_commentsAndStringsAreNoCode(self):
        text = ('// QEventLoop, sender()\n/* processEvents\n msleep( */\n'
                'auto a = "QSqlQuery // "; auto b = R"x(QCA:: ")x"; auto c = \'"\'; auto n = 1\'000\'000;\n')
        self.assertAllowed("core/s3/A.cpp", text)
        self.assertRefused("core/s3/A.cpp", text + "QEventLoop loop;\n", "no nested event loop", line=5)
        self.assertRefused("core/s3/A.cpp", 'auto url = "https://x"; QEventLoop loop;\n', "no nested event loop")

    def test_filesStayShort(self):
        self.assertAllowed("core/s3/A.cpp", "\n" * 500)
        self.assertRefused("core/s3/A.cpp", "\n" * 501, "501 lines", line=501)
        self.assertAllowed("tests/a.py", "\n" * 800)
        self.assertRefused("tests/a.py", "\n" * 801, "801 lines", line=801)
        self.assertRefused("ui/MainWindow.cpp", "\n" * 301, "301 lines", line=301)

    def test_mainsStayShort(self):
        self.assertAllowed("app/cli_main.cpp", "int main(int argc, char **argv)\n{\n" + "\n" * 37 + "}\n")
        self.assertRefused("app/cli_main.cpp", "\nint main(int argc, char **argv)\n{\n" + "\n" * 38 + "}\n", "41 lines", line=2)

    def test_everyFolderOfCoreHasAShortReadme(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "core/base/A.cpp"
            path.parent.mkdir(parents=True)
            path.write_text("\n", encoding="utf-8")
            self.assertEqual(rules.violations(folder), ["core/base/README.md:1: every folder of core has a README"])
            (path.parent / "README.md").write_text("\n" * 81, encoding="utf-8")
            self.assertEqual(len(rules.violations(folder)), 1)


if __name__ == "__main__":
    unittest.main()
