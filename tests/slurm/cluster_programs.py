"""How the tests start the program in a virtual cluster."""

import subprocess

from program import EXECUTABLE, LAUNCHER


def launcher():
    """What starts the program inside a job. MPICH's is Slurm's own; Open MPI's mpirun asks Slurm for the nodes."""
    version = subprocess.run([EXECUTABLE, "--version"], capture_output=True, text=True, check=True).stdout
    return "srun --mpi=pmi2" if "MPICH" in version else LAUNCHER[0]


def job_environment():
    """For jobs: which program, how to start it; nothing is bound, because all nodes share this machine's cores."""
    return {
        "AILOOP_PROGRAM": EXECUTABLE,
        "AILOOP_LAUNCHER": launcher(),
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMP_PROC_BIND": "false",
    }
