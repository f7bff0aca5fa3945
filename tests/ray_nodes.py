"""A Ray cluster of two node processes on this machine, on its loopback address alone: prints the
address and the process of the second node as JSON, and ends with its standard input."""

import json
import os
import sys
import tempfile

# A short folder, since the paths of sockets in it must be.
folder = tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True)
os.environ |= {
    "RAY_AUTH_MODE": "disabled",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # keeps to the loopback address, on Linux too
    "RAY_TMPDIR": folder.name,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_failure_threshold": "2",
    "RAY_health_check_period_ms": "1000",
}

from ray.cluster_utils import Cluster  # noqa: E402

ONE = {"num_cpus": 1, "object_store_memory": 80_000_000, "node_ip_address": "127.0.0.1"}

cluster = Cluster(initialize_head=True, head_node_args={**ONE, "include_dashboard": False})
second = cluster.add_node(**ONE)
(raylet,) = second.all_processes["raylet"]
print(json.dumps({"address": cluster.address, "raylet": raylet.process.pid}), flush=True)
sys.stdin.read()
cluster.shutdown()
