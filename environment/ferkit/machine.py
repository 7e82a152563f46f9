"""What this machine, or a container's share of it, has."""
import os
from pathlib import Path

from ferkit import places

CONTROL_GROUP = Path("/sys/fs/cgroup")


def memory() -> int:
    """Bytes of memory of this machine or, in a container, of what it may use; 0 if the system does not say."""
    if places.WINDOWS:
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
                (name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free", "virtual", "virtual_free", "more")]
        status = Status()
        status.length = ctypes.sizeof(status)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return status.total
    try:
        installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        limit = container_limit(name)
        if limit and limit[0].isdigit():
            return min(installed, int(limit[0]), address_space() or installed)
    return min(installed, address_space() or installed)


def address_space() -> int:
    """Bytes that `ulimit -v` leaves a process to address; 0 if it sets no limit."""
    if places.WINDOWS:
        return 0
    import resource
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit


def cores() -> int:
    """Processor cores this process may use: those of the machine, or fewer if an affinity or a container's quota says so."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = container_limit("cpu.max") or container_limit("cpu/cpu.cfs_quota_us") + container_limit("cpu/cpu.cfs_period_us")
    if len(quota) == 2 and quota[0].isdigit():
        available = min(available, max(1, -(-int(quota[0]) // int(quota[1]))))
    return available


def container_limit(name: str) -> list:
    """The words of a limit that Linux sets a container (control groups, version 2 or 1); empty where there is none."""
    try:
        return (CONTROL_GROUP / name).read_text().split()
    except OSError:
        return []
