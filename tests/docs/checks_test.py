# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for: each is shown a small repository with the fault, and one without."""

import tempfile
import unittest
from pathlib import Path

import checks

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class Checks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("README.md", "# R\n")
        self.write("CONTRIBUTING.md", "# C\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_clean_file_has_no_findings(self):
        self.write("src/smote/smote.cpp", LICENCE + '#include "semblance/neighbours/nearest.hpp"\nint operand(int x);\n')
        self.assertEqual(checks.style(self.root) + checks.rooms(self.root), [])

    def test_style_finds_each_forbidden_thing(self):
        lines = (
            "torch::manual_seed(1);",
            "int i = rand();",
            "std::mt19937 g(1);",
            "std::random_device d;",
            "  #include <torch/csrc/autograd/autograd.h>",
            'open("/home/me/data.csv");',
            "using namespace std;",
            "#include <nlohmann/json.hpp>",
            '#include "detail/check.hpp"',
        )
        for line in lines:
            self.write("include/semblance/core/bad.hpp", f"{LICENCE}{line}\n")
            self.assertEqual(len(checks.style(self.root)), 1, line)

    def test_style_finds_a_missing_licence(self):
        self.write("src/core/bad.cpp", "int i;\n")
        self.assertEqual(checks.style(self.root), ["src/core/bad.cpp:1: the SPDX licence line is missing"])

    def test_rooms_finds_an_include_of_a_lower_room_and_of_a_sibling(self):
        self.write("src/core/bad.cpp", LICENCE + '#include "semblance/data/dataset.hpp"\n')
        self.write("src/vae/bad.cpp", LICENCE + '#include "semblance/smote/smote.hpp"\n')
        self.write("src/detail/helper.hpp", LICENCE + '#include "semblance/registry.hpp"\n')
        self.write("src/data/bad.cpp", LICENCE + '#include "detail/helper.hpp"\n')
        self.write("src/cellar/bad.cpp", LICENCE)
        found = checks.rooms(self.root)
        self.assertEqual(len(found), 4)
        self.assertIn("src/cellar/bad.cpp:1: is in no room", found[0])
        self.assertEqual(found[1], "src/core/bad.cpp:2: core may not include data (data/dataset.hpp)")
        self.assertEqual(found[2], "src/data/bad.cpp:2: data may not include interface (registry.hpp)")
        self.assertEqual(found[3], "src/vae/bad.cpp:2: vae may not include smote (smote/smote.hpp)")

    def test_snippets_are_byte_equal(self):
        self.write("examples/a.cpp", LICENCE + "int main() {}\n")
        good = "<!-- snippet: examples/a.cpp -->\n```cpp\nint main() {}\n```\n"
        self.write("README.md", good)
        self.assertEqual(checks.snippets(self.root), [])
        self.write("README.md", good.replace("{}", "{ }"))
        self.assertEqual(checks.snippets(self.root), ["README.md:1: the block differs from examples/a.cpp"])
        self.write("README.md", good.replace("a.cpp", "b.cpp"))
        self.assertEqual(checks.snippets(self.root), ["README.md:1: there is no file examples/b.cpp"])
        self.write("README.md", "<!-- snippet: examples/a.cpp -->\ntext\n")
        self.assertEqual(checks.snippets(self.root), ["README.md:1: a snippet or output mark has no code block after it"])

    def test_table_is_what_the_command_prints(self):
        command = self.root / "command"
        self.write("command", "#!/bin/sh\necho '| smote |'\n")
        command.chmod(0o755)
        self.write("README.md", "<!-- models -->\n| smote |\n<!-- /models -->\n")
        self.assertEqual(checks.table(self.root, command), [])
        self.write("README.md", "<!-- models -->\n| gan |\n<!-- /models -->\n")
        self.assertEqual(len(checks.table(self.root, command)), 1)

    def test_links_finds_files_and_headings_that_are_not_there(self):
        self.write("docs/a.md", "# A title, `here`\n[up](../README.md#r) [own](#a-title-here)\n```\n# no [heading](x.md)\n```\n")
        self.assertEqual(checks.links(self.root), [])
        self.write("docs/b.md", "# B\n\n[lost](c.md)\n[lost](a.md#no-heading) [web](https://x.org/#y)\n")
        self.assertEqual(checks.links(self.root), ["docs/b.md:3: there is no c.md", "docs/b.md:4: a.md has no heading #no-heading"])


if __name__ == "__main__":
    unittest.main()
