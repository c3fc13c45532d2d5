# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Feeds check_layers.py trees that break one rule each, and trees that break none."""

import itertools
import tempfile
import unittest
from pathlib import Path

import check_layers

CORE = {"src/ailoop/core/error.hpp": "#pragma once\n#include <string>\n"}


def violations(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in {**CORE, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check_layers.check_tree(root)


def source_in(folder):
    return "kernels/ailoop/kernels/a.hpp" if folder == "kernels" else f"src/ailoop/{folder}/a.cpp"


class CheckLayersTest(unittest.TestCase):
    def assert_only(self, files, name, line, words):
        found = violations(files)
        self.assertEqual([(name, line)], [(file, number) for file, number, _ in found], found)
        self.assertIn(words, found[0][2])

    def assert_none(self, files):
        self.assertEqual([], violations(files))

    def test_a_tree_that_keeps_the_rules_passes(self):
        self.assert_none(
            {
                "src/ailoop/config/node.hpp": "#pragma once\n#include <ailoop/core/error.hpp>\n",
                "src/ailoop/config/node.cpp": "#include <yaml-cpp/yaml.h>\n#include <ailoop/config/node.hpp>\n",
                "src/ailoop/command/main.cpp": "#include <CLI/CLI.hpp>\n// MPI\nauto w = MPI_COMM_WORLD; std::cout << 1;\n",
                "kernels/ailoop/kernels/kokkos_compat.hpp": "#pragma once\n#if KOKKOS_VERSION >= 40000\n#endif\n",
                "src/ailoop/training/torch_trainer.cpp": "#include <torch/torch.h>\n",
            }
        )

    def test_every_include_upwards_is_refused_and_every_one_downwards_allowed(self):
        order = list(check_layers.LEVEL)
        for including, included in itertools.product(order, order):
            text = ("#pragma once\n" if including == "kernels" else "\n") + f"#include <ailoop/{included}/b.hpp>\n"
            found = violations({source_in(including): text})
            same = including == included
            down = check_layers.LEVEL[included] < check_layers.LEVEL[including]
            with self.subTest(including=including, included=included):
                self.assertEqual([] if same or down else [2], [line for _, line, _ in found])

    def test_the_four_folders_above_core_do_not_include_each_other(self):
        for including, included in itertools.permutations(["storage", "config", "parallel"], 2):
            with self.subTest(including=including, included=included):
                self.assert_only(
                    {f"src/ailoop/{including}/a.cpp": f"#include <ailoop/{included}/b.hpp>\n"},
                    f"src/ailoop/{including}/a.cpp",
                    1,
                    f"{including} may not include {included}",
                )

    def test_the_order_is_the_one_of_the_design(self):
        self.assertEqual(
            "core storage config kernels parallel execution problem sampling surrogate training emulator loop output app "
            "command",
            " ".join(check_layers.LEVEL),
        )

    def test_an_unknown_folder_is_refused(self):
        self.assert_only({"src/ailoop/utils/a.cpp": "\n"}, "src/ailoop/utils/a.cpp", 1, "utils is no layer")
        self.assert_only(
            {"src/ailoop/loop/a.cpp": "#include <ailoop/utils/b.hpp>\n"}, "src/ailoop/loop/a.cpp", 1, "no known folder"
        )

    def test_yaml_outside_the_sources_of_config_is_refused(self):
        for name in ("src/ailoop/config/node.hpp", "src/ailoop/loop/a.cpp"):
            self.assert_only({name: "#pragma once\n#include <yaml-cpp/yaml.h>\n"}, name, 2, "yaml-cpp")

    def test_torch_outside_its_sources_is_refused(self):
        for header in ("torch/torch.h", "ATen/ATen.h", "c10/core/Device.h"):
            name = "src/ailoop/training/adam.cpp"
            self.assert_only({name: f"#include <{header}>\n"}, name, 1, "LibTorch")
        name = "src/ailoop/training/torch_adam.hpp"
        self.assert_only({name: "#pragma once\n#include <torch/torch.h>\n"}, name, 2, "LibTorch")
        name = "src/ailoop/loop/torch_loop.cpp"
        self.assert_only({name: "#include <torch/torch.h>\n"}, name, 1, "LibTorch")

    def test_cli_outside_app_is_refused(self):
        name = "src/ailoop/config/a.cpp"
        self.assert_only({name: "#include <CLI/CLI.hpp>\n"}, name, 1, "CLI11")

    def test_kokkos_version_outside_the_compatibility_header_is_refused(self):
        for name in ("kernels/ailoop/kernels/a.hpp", "src/ailoop/loop/a.cpp", "tests/support/b.cpp", "perf/c.cpp"):
            text = "#pragma once\n#if KOKKOS_VERSION >= 40000\n#endif\n"
            self.assert_only({name: text}, name, 2, "KOKKOS_VERSION")

    def test_kokkos_and_torch_in_one_file_are_refused(self):
        name = "src/ailoop/training/torch_trainer.cpp"
        self.assert_only({name: "#include <torch/torch.h>\n#include <Kokkos_Core.hpp>\n"}, name, 1, "both")

    def test_kokkos_and_torch_through_a_header_are_refused(self):
        name = "src/ailoop/training/torch_trainer.cpp"
        files = {
            name: "#include <torch/torch.h>\n#include <ailoop/kernels/a.hpp>\n",
            "kernels/ailoop/kernels/a.hpp": "#pragma once\n#include <ailoop/kernels/b.hpp>\n",
            "kernels/ailoop/kernels/b.hpp": "#pragma once\n#include <Kokkos_Core.hpp>\n",
        }
        self.assert_only(files, name, 1, "both")

    def test_a_source_that_sees_kokkos_is_listed(self):
        name = "src/ailoop/loop/a.cpp"
        listed = {"src/ailoop/kernel_sources.cmake": "set(\n  AILOOP_KERNEL_SOURCES\n  loop/a.cpp\n)\n"}
        kokkos = "#include <Kokkos_Core.hpp>\n"
        self.assert_only({name: kokkos}, name, 1, "sees Kokkos")
        self.assert_only({name: "\n"} | listed, name, 1, "sees no Kokkos")
        self.assert_none({name: kokkos} | listed)

    def test_few_sources_see_kokkos(self):
        names = [f"loop/a{i}.cpp" for i in range(13)]
        text = "set(\n  AILOOP_KERNEL_SOURCES\n" + "".join(f"  {name}\n" for name in names) + ")\n"
        files = {f"src/ailoop/{name}": "#include <Kokkos_Core.hpp>\n" for name in names}
        cmake = "src/ailoop/kernel_sources.cmake"
        self.assert_only(files | {cmake: text}, cmake, 1, "13 files")

    def test_the_bridge_may_have_both(self):
        text = "#pragma once\n#include <torch/torch.h>\n#include <Kokkos_Core.hpp>\n"
        self.assert_none({"src/ailoop/training/torch_bridge.hpp": text})

    def test_printing_outside_output_and_app_is_refused(self):
        for call in ("std::cout << 1;", "std::cerr << 1;", 'printf("%d", 1);', 'std::printf("");', 'puts("");'):
            for name in ("src/ailoop/loop/a.cpp", "kernels/ailoop/kernels/a.hpp"):
                with self.subTest(call=call, name=name):
                    self.assert_only({name: f"#pragma once\n{call}\n"}, name, 2, "print")
        self.assert_none({"src/ailoop/loop/a.cpp": 'std::snprintf(b, 3, "");\nfmt::format("");\nx.puts();\n'})

    def test_the_world_communicator_in_the_library_is_refused(self):
        name = "src/ailoop/parallel/a.cpp"
        self.assert_only({name: "auto c = MPI_COMM_WORLD;\n"}, name, 1, "MPI_COMM_WORLD")
        self.assert_none({"tests/support/a.cpp": "auto c = MPI_COMM_WORLD;\n"})

    def test_a_global_fence_is_refused(self):
        name = "src/ailoop/sampling/a.cpp"
        self.assert_only({name: "\nKokkos::fence();\n"}, name, 2, "fence")
        self.assert_none({name: "space.fence();\n"})

    def test_a_kernel_without_its_qualified_name_is_refused(self):
        name = "kernels/ailoop/kernels/a.hpp"
        for call in (
            "Kokkos::parallel_for(range, f);",
            'Kokkos::parallel_reduce(\n  "sum", range, f);',
            'for_each_point("sum", space, n, cost, f);',
            "kernels::for_each_stretch(label, space, n, f, g);",
        ):
            self.assert_only({name: f"#pragma once\n{call}\n"}, name, 2, "label")
        labelled = 'Kokkos::parallel_for(\n  "ailoop::kernels::a", policy, f);\n'
        nested = "Kokkos::parallel_reduce(Kokkos::TeamThreadRange(member, n), f, sum);\n"
        self.assert_none({name: "#pragma once\n" + labelled + nested})
        handed_on = "#pragma once\nKokkos::parallel_for(label, policy, f);\n"
        self.assert_none({"kernels/ailoop/kernels/launch.hpp": handed_on})

    def test_a_kernel_that_no_compiler_of_devices_sees_is_refused(self):
        kernel = "#pragma once\nnamespace detail {\nvoid part(const Space& space) {\n}\n}  // namespace detail\n"
        kernel += "void all(const Space& space,\n         int n) {\n  detail::part(space);\n}\n"
        files = {"kernels/ailoop/kernels/a.hpp": kernel}
        self.assert_only(files, "tests/device/every_kernel.cpp", 1, "does not call kernels::all of")
        self.assert_none({**files, "tests/device/every_kernel.cpp": "void f() { kernels::all(s, 1); }\n"})
        on_host = kernel.replace("detail::part", "static_assert(is_host_space_v<Space>);\n  detail::part")
        self.assert_none({"kernels/ailoop/kernels/a.hpp": on_host})

    def test_skipping_tests_are_refused(self):
        name = "tests/unit/core/a.cpp"
        self.assert_only({name: "TEST(A, B) {\n  GTEST_SKIP();\n}\n"}, name, 2, "skips")

    def test_words_in_comments_and_text_are_allowed(self):
        text = '// std::cout\n/* MPI_COMM_WORLD\nKokkos::fence() */\nauto s = "KOKKOS_VERSION \\" printf(";\n'
        self.assert_none({"src/ailoop/loop/a.cpp": text + 'auto r = R"(std::cout\n)";\n'})

    def test_code_after_text_and_comments_is_still_seen(self):
        name = "src/ailoop/loop/a.cpp"
        self.assert_only({name: "f(1'000, 2); std::cout << '1';\n"}, name, 1, "print")
        text = "/* a\n b */ auto s = \"//\"; auto c = '\"';\nstd::cout << s; // \"\n"
        self.assert_only({name: text}, name, 3, "print")

    def test_an_include_in_quotes_is_refused_in_the_library(self):
        name = "src/ailoop/loop/a.cpp"
        self.assert_only({name: '#include "ailoop/loop/b.hpp"\n'}, name, 1, "write <ailoop/loop/b.hpp>")
        self.assert_only({name: '#include "b.hpp"\n'}, name, 1, "write <ailoop/loop/b.hpp>")

    def test_a_header_without_guard_is_refused(self):
        self.assert_only({"src/ailoop/loop/a.hpp": "int a;\n"}, "src/ailoop/loop/a.hpp", 1, "#pragma once")

    def test_a_long_file_is_refused(self):
        limit = check_layers.LONGEST_FILE
        name = "tests/unit/core/a.cpp"
        self.assert_none({name: "\n" * limit})
        self.assert_only({name: "\n" * (limit + 1)}, name, limit + 1, "cut the file")

    def test_an_empty_tree_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(1, len(check_layers.check_tree(Path(folder))))


if __name__ == "__main__":
    unittest.main()
