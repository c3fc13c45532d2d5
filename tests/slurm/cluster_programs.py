# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How the tests start the program in a virtual cluster."""

import re
import subprocess

from program import EXECUTABLE, LAUNCHER


def launcher():
    """What starts the program inside a job: Slurm's own for MPICH, otherwise the MPI library's, which asks Slurm for the
    nodes. MPICH 5.0 fails in MPI_Init every other time when Slurm's pmi2 starts two of its ranks on a node."""
    version = subprocess.run([EXECUTABLE, "--version"], capture_output=True, text=True, check=True).stdout
    return "srun --mpi=pmi2" if re.search(r"MPICH Version:\s*[1-4]\.", version) else LAUNCHER[0]


def job_environment():
    """For jobs: which program, how to start it; nothing is bound, because all nodes share this machine's cores."""
    return {
        "AILOOP_PROGRAM": EXECUTABLE,
        "AILOOP_LAUNCHER": launcher(),
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMP_PROC_BIND": "false",
    }
