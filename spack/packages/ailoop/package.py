# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds ailoop with Spack: the package of 0.2x and of 1.x, which differ in where the build systems are."""

import os
from pathlib import Path

from spack.package import *

try:
    from spack_repo.builtin.build_systems import cmake

    COMPILERS_ARE_PACKAGES = True
except ImportError:
    from spack.build_systems import cmake

    COMPILERS_ARE_PACKAGES = False


class Ailoop(cmake.CMakePackage):
    """AI in the loop: a small trained surrogate answers, a cheap approximation checks it, and fresh samples of the
    expensive simulation retrain it, all in one MPI program."""

    # The repository that this file is part of: what is committed there on main is built. `spack develop` builds a
    # working tree instead.
    git = Path(__file__).resolve().parents[3].as_uri()

    license("Apache-2.0 WITH LLVM-exception")

    version("main", branch="main")

    variant("openmp", default=True, description="Kernels run on OpenMP threads of Kokkos")
    variant("report", default=True, description="ailoop-report has the Python packages that it needs")
    variant("torch", default=True, description="training.engine: libtorch, besides fused")
    variant("tests", default=False, description="Build the tests, also when they are not run")

    cmake.generator("ninja")

    if COMPILERS_ARE_PACKAGES:
        depends_on("c", type="build")
        depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")

    depends_on("mpi@3:")
    depends_on("kokkos@3.4:5")
    depends_on("kokkos+openmp", when="+openmp")
    depends_on("kokkos~openmp", when="~openmp")
    depends_on("kokkos-kernels@3.4:5")
    depends_on("py-torch@1.13:", when="+torch")
    depends_on("yaml-cpp@0.7:")
    depends_on("cli11@2.1:")
    depends_on("fmt@9:")
    depends_on("spdlog@1.10:")
    depends_on("nlohmann-json@3.11:")

    with when("+report"), default_args(type="run"):
        depends_on("python@3.9:")
        depends_on("py-matplotlib@3.6:")
        depends_on("py-numpy")

    depends_on("googletest@1.12:+gmock", type="build", when="+tests")
    with default_args(type="test"):
        depends_on("googletest@1.12:+gmock")
        depends_on("python@3.9:")
        depends_on("py-jsonschema@4:")
        depends_on("py-matplotlib@3.6:")
        depends_on("py-numpy")
        depends_on("py-pyyaml")
        depends_on("py-safetensors")

    conflicts("%gcc@:10", msg="ailoop is C++20: GCC 11 or newer")
    conflicts("%clang@:14", msg="ailoop is C++20: Clang 15 or newer")
    conflicts(
        "^kokkos cxxstd=14",
        msg="ailoop and the headers of LibTorch are newer than C++14: take a Kokkos with cxxstd=17 or cxxstd=20",
    )
    conflicts(
        "^cuda@:11",
        when="^kokkos+cuda",
        msg="ailoop's kernels are C++20, which nvcc compiles from CUDA 12 on: constrain ^cuda@12:, for py-torch, too",
    )
    conflicts(
        "^kokkos~pic",
        when="^kokkos~shared",
        msg="a static Kokkos is linked into ailoop as position-independent code: take kokkos+pic or kokkos+shared",
    )
    conflicts(
        "^py-torch+rocm",
        when="^kokkos+cuda",
        msg="Kokkos and LibTorch must not have GPU back ends of two vendors: take py-torch~rocm",
    )
    conflicts(
        "^py-torch+cuda",
        when="^kokkos+rocm",
        msg="Kokkos and LibTorch must not have GPU back ends of two vendors: take py-torch~cuda",
    )

    if COMPILERS_ARE_PACKAGES:
        # The Spack of 0.2x knows no such Kokkos.
        conflicts(
            "^kokkos+cmake_lang",
            msg="ailoop's kernels are C++ files: for CUDA take kokkos+wrapper, which compiles them with nvcc_wrapper",
        )
    depends_on("kokkos-nvcc-wrapper", when="^kokkos+wrapper")

    def cmake_args(self):
        spec = self.spec
        arguments = [
            self.define("AILOOP_BUILD_TESTS", self.run_tests or spec.satisfies("+tests")),
            self.define_from_variant("AILOOP_TORCH", "torch"),
            self.define("MPI_CXX_COMPILER", spec["mpi"].mpicxx),
            # Whether ccache is used, Spack's compiler decides (config:ccache).
            self.define("CMAKE_CXX_COMPILER_LAUNCHER", ""),
        ]
        if self.run_tests:
            arguments.append(self.define("AILOOP_TEST_PYTHON", spec["python"].command.path))
        if spec.satisfies("^kokkos+wrapper"):
            wrapper = join_path(spec["kokkos-nvcc-wrapper"].prefix.bin, "nvcc_wrapper")
            arguments.append(self.define("CMAKE_CXX_COMPILER", wrapper))
        elif spec.satisfies("^kokkos+rocm"):
            arguments.append(self.define("CMAKE_CXX_COMPILER", join_path(spec["hip"].prefix.bin, "hipcc")))
        # A py-torch holds LibTorch in its Python package; one that is external may be LibTorch alone.
        if spec.satisfies("+torch"):
            torch = spec["py-torch"]
            for folder in [*torch.package.cmake_prefix_paths, torch.prefix.share.cmake]:
                if os.path.isfile(join_path(folder, "Torch", "TorchConfig.cmake")):
                    arguments.append(self.define("Torch_DIR", join_path(folder, "Torch")))
                    break
        return arguments

    def check(self):
        """Runs ctest, with the Python packages of the tests."""
        ctest = Executable(join_path(self.spec["cmake"].prefix.bin, "ctest"))
        with working_dir(self.builder.build_directory):
            ctest(
                "--output-on-failure",
                "--no-tests=error",
                "--label-exclude",
                "^slurm_smoke$",  # they start a Slurm, which is none of Spack's packages here
                "--timeout",
                "600",
                "--parallel",
                str(make_jobs),
                extra_env={"PYTHONPATH": os.pathsep.join(self._python_folders())},
            )

    def _python_folders(self):
        """Where the Python packages are that the tests import."""
        python = self.spec["python"]
        # An external package may be in a virtual environment, whose layout is the usual one, whatever Debian's is.
        layouts = [
            python.package.purelib,
            python.package.platlib,
            join_path("lib", f"python{python.version.up_to(2)}", "site-packages"),
        ]
        packages = [dep for dep in self.spec.traverse(root=False) if dep.name.startswith("py-")]
        folders = [join_path(package.prefix, layout) for package in packages for layout in layouts]
        return list(dict.fromkeys(folder for folder in folders if os.path.isdir(folder)))

    def _ailoop(self, *arguments):
        """What the installed program prints; one that fails, fails the test."""
        ailoop = Executable(self.prefix.bin.ailoop)
        return ailoop(*arguments, output=str.split, error=str.split)

    def test_version(self):
        """The installed program says what it was built with"""
        output = self._ailoop("--version")
        for word in ["ailoop", "Kokkos"]:
            assert word in output, f"'{word}' is not in the output of ailoop --version"

    def test_validate(self):
        """The installed configurations are valid"""
        engine = [] if self.spec.satisfies("+torch") else ["--set", "training.engine=fused"]
        for name in sorted(os.listdir(self.prefix.share.ailoop.config)):
            if name.endswith(".yaml"):
                with test_part(self, f"test_validate_{name}", purpose=f"{name} is valid"):
                    self._ailoop(join_path("config", name), "--validate", *engine)

    def test_run(self):
        """The original workflow converges on two ranks"""
        engine = "libtorch" if self.spec.satisfies("+torch") else "fused"
        launchers = [self.spec["mpi"].prefix.bin.mpiexec, "srun"]
        launcher = next((found for found in map(which, launchers) if found), None)
        if launcher is None:
            raise SkipTest("neither mpiexec of the MPI library nor srun is here")
        # Two ranks wherever the test runs: in a container as root, on a machine of one core.
        environment = {
            "OMP_NUM_THREADS": "1",
            "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
        }
        if os.geteuid() == 0:
            environment |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        output = launcher(
            "-n",
            "2",
            self.prefix.bin.ailoop,
            "config/hotlum.yaml",
            "--set",
            f"training.engine={engine}",
            "--output",
            "hotlum",
            output=str.split,
            error=str.split,
            extra_env=environment,
        )
        assert "converged: 5 answers" in output, output
        assert os.path.isfile(join_path("hotlum", "answers.csv")), "the run left no answers.csv"
