#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Submits the jobs of a strong and a weak scaling study.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'TEXT'
usage: perf/scaling/submit.sh [OPTION]... STUDY [-- SBATCH OPTION...]

Submits one job (perf/slurm/ailoop.sbatch) for each point of a study into the folder STUDY. Points that are finished or
in the queue are left alone, so the same command again resumes a study; perf/scaling/collect.py STUDY shows it.

  --size original|large  original: config/hotlum.yaml, 256 samples a node (default)
                         large: perf/scaling/large.yaml, 65,536 samples a node
  --samples-per-node N   another number of samples; strong scaling draws 16 times as many on any number of nodes
  --nodes LIST           numbers of nodes (1,2,4,8,16)
  --scaling LIST         strong, weak or both (strong,weak)
  --layouts LIST         how many ranks a node gets: a number, or numa for one each NUMA domain (8,numa). The cores of a
                         node are divided among its ranks, a thread a core.
  --partition NAME       the partition (Slurm's default)
  --minutes N            time limit of a job (30)
  --dry-run              list the points, submit nothing

NUMA domains are what Slurm calls sockets. Nodes are taken as a whole. The program is AILOOP_PROGRAM (ailoop), its
launcher AILOOP_LAUNCHER (srun --cpu-bind=cores --distribution=block:block). Exit codes: 0 all points are finished or
in the queue, 1 Slurm failed, 2 nonsense was asked for and nothing was submitted.
TEXT
}

refuse() {
  echo "submit.sh: $*" >&2
  exit 2
}

fail() {
  echo "submit.sh: $*" >&2
  exit 1
}

size=original
samples_per_node=
nodes_list=1,2,4,8,16
scalings=strong,weak
layouts=8,numa
partition=
minutes=30
dry_run=no
study=
sbatch_options=()
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --dry-run) dry_run=yes ;;
    --)
      sbatch_options=("${@:2}")
      break
      ;;
    --size | --samples-per-node | --nodes | --scaling | --layouts | --partition | --minutes)
      if (($# < 2)) || [[ -z $2 ]]; then refuse "$1 needs a value"; fi
      case $1 in
        --size) size=$2 ;;
        --samples-per-node) samples_per_node=$2 ;;
        --nodes) nodes_list=$2 ;;
        --scaling) scalings=$2 ;;
        --layouts) layouts=$2 ;;
        --partition) partition=$2 ;;
        --minutes) minutes=$2 ;;
      esac
      shift
      ;;
    -*) refuse "unknown option $1; --help lists all" ;;
    *)
      if [[ -n $study ]]; then refuse "one STUDY, not '$study' and '$1'"; fi
      study=$1
      ;;
  esac
  shift
done

# What was asked for, as far as it can be judged without Slurm.
case $size in
  original) config=$root/config/hotlum.yaml default_samples=256 ;;
  large) config=$root/perf/scaling/large.yaml default_samples=65536 ;;
  *) refuse "--size: '$size' is not one of original, large" ;;
esac
samples_per_node=${samples_per_node:-$default_samples}
whole='[1-9][0-9]{0,8}'
if [[ ! $samples_per_node =~ ^$whole$ ]]; then refuse "--samples-per-node: '$samples_per_node' is not a positive number"; fi
if [[ ! $minutes =~ ^$whole$ ]]; then refuse "--minutes: '$minutes' is not a positive number"; fi
if [[ ! $nodes_list =~ ^$whole(,$whole)*$ ]]; then refuse "--nodes: '$nodes_list' is not a list of positive numbers"; fi
if [[ ! $scalings =~ ^(strong|weak)(,(strong|weak))*$ ]]; then refuse "--scaling: '$scalings' is not a list of strong, weak"; fi
if [[ ! $layouts =~ ^($whole|numa)(,($whole|numa))*$ ]]; then
  refuse "--layouts: '$layouts' is not a list of positive numbers and numa"
fi
if [[ -z $study ]]; then refuse "which STUDY folder? --help shows the usage"; fi
program=${AILOOP_PROGRAM:-ailoop}
if ! program=$(command -v "$program"); then refuse "${AILOOP_PROGRAM:-ailoop}: not found; AILOOP_PROGRAM names the program"; fi
version=$("$program" --version | head -n 1) || fail "$program --version failed"
for command in sinfo squeue sbatch; do
  if ! command -v "$command" >/dev/null; then fail "$command: not found; this needs Slurm"; fi
done

# What Slurm says of the nodes, a line each: name, state, sockets, cores of a socket, generic resources.
partitions=$(sinfo --noheader --format=%P) || fail "sinfo failed"
if [[ -z $partition ]]; then
  partition=$(sed -n 's/\*$//p' <<<"$partitions" | head -n 1)
  if [[ -z $partition ]]; then refuse "this Slurm has no default partition: choose one of ${partitions//$'\n'/, } with --partition"; fi
fi
if ! grep -qxF -e "$partition" -e "$partition*" <<<"$partitions"; then
  partitions=${partitions//$'\n'/, }
  refuse "--partition: '$partition' is unknown; there are ${partitions//\*/}"
fi
n_nodes=0 cores=0 sockets=0 gpus=0
while read -r _ state node_sockets socket_cores resources; do
  if [[ ! $state =~ ^(idle|alloc|mix|comp|resv|plnd)[a-z]*~?$ ]]; then continue; fi
  node_cores=$((node_sockets * socket_cores))
  if ((n_nodes == 0 || node_cores < cores)); then cores=$node_cores; fi
  if ((n_nodes == 0 || node_sockets < sockets)); then sockets=$node_sockets; fi
  if [[ $resources =~ gpu:([^:,\(]*:)?([0-9]+) ]]; then gpus=${BASH_REMATCH[2]}; fi
  n_nodes=$((n_nodes + 1))
done < <(sinfo --noheader --Node --partition="$partition" --format='%N %t %X %Y %G')

IFS=, read -ra nodes_list <<<"$nodes_list"
IFS=, read -ra scalings <<<"$scalings"
IFS=, read -ra layouts <<<"$layouts"
for nodes in "${nodes_list[@]}"; do
  if ((nodes > n_nodes)); then refuse "--nodes: $nodes, but only $n_nodes nodes of partition $partition can be used"; fi
done
for layout in "${layouts[@]}"; do
  if [[ $layout != numa ]] && ((layout > cores)); then
    refuse "--layouts: $layout ranks a node, but nodes of partition $partition have $cores cores"
  fi
done

# One folder, one study: what all its points share.
about=$(
  cat <<TEXT
size: $size
configuration_sha256: $(sha256sum <"$config" | cut -d ' ' -f 1)
program: $version
samples_per_node: $samples_per_node
partition: $partition
cores_per_node: $cores
numa_domains_per_node: $sockets
gpus_per_node: $gpus
TEXT
)
if [[ -e $study && ! -d $study ]]; then refuse "$study is not a folder"; fi
if [[ -f $study/study ]]; then
  if [[ $(<"$study/study") != "$about" ]]; then
    it_has=$(comm -23 <(sort "$study/study") <(sort <<<"$about") | paste -s -d ';')
    asked_for=$(comm -13 <(sort "$study/study") <(sort <<<"$about") | paste -s -d ';')
    refuse "$study holds another study: it has ${it_has//;/; }, asked for is ${asked_for//;/; }"
  fi
elif [[ -d $study && -n $(ls -A "$study") ]]; then
  refuse "$study holds files, but no study"
fi
if [[ $dry_run == no ]]; then
  mkdir -p "$study/points"
  study=$(cd "$study" && pwd)
  echo "$about" >"$study/study"
fi

in_queue() { [[ -s $1/job && -n $(squeue --noheader --jobs="$(<"$1/job")" --format=%T 2>/dev/null) ]]; }
is_finished() { grep -qsE '"end": "(converged|gave_up)"' "$1/run/summary.json"; }

# submit SCALING LAYOUT NODES: unless there is nothing to do.
submit() {
  local scaling=$1 layout=$2 nodes=$3 ranks=$2 samples=$((16 * samples_per_node)) name folder threads job
  if [[ $layout == numa ]]; then ranks=$sockets; fi
  if [[ $scaling == weak ]]; then samples=$((nodes * samples_per_node)); fi
  threads=$((cores / ranks))
  name=$(printf '%s-%s-n%02d' "$scaling" "$layout" "$nodes")
  folder=$study/points/$name
  printf '%-18s %3d nodes %4d ranks %3d threads %9d samples  ' "$name" "$nodes" "$((nodes * ranks))" "$threads" "$samples"
  if [[ $dry_run == yes ]]; then
    echo "not submitted"
  elif is_finished "$folder"; then
    echo "finished"
  elif in_queue "$folder"; then
    echo "in the queue as job $(<"$folder/job")"
  else
    mkdir -p "$folder"
    printf '%s: %s\n' scaling "$scaling" layout "$layout" nodes "$nodes" ranks "$((nodes * ranks))" threads "$threads" \
      samples "$samples" >"$folder/point"
    job=$(
      unset OMP_NUM_THREADS
      export AILOOP_PROGRAM=$program OMP_PLACES=cores
      export AILOOP_LAUNCHER=${AILOOP_LAUNCHER:-srun --cpu-bind=cores --distribution=block:block}
      sbatch --parsable --job-name=ailoop-scaling --partition="$partition" --nodes="$nodes" --ntasks-per-node="$ranks" \
        --cpus-per-task="$threads" --exclusive --time="$minutes" --output="$folder/job.out" --chdir="$folder" \
        "${sbatch_options[@]}" "$root/perf/slurm/ailoop.sbatch" "$config" "$folder/run" -q \
        --set "sampling.total=$samples"
    ) || fail "sbatch took no job for $name"
    echo "${job%%;*}" >"$folder/job"
    echo "submitted as job ${job%%;*}"
  fi
}

for scaling in "${scalings[@]}"; do
  for layout in "${layouts[@]}"; do
    for nodes in "${nodes_list[@]}"; do submit "$scaling" "$layout" "$nodes"; done
  done
done
