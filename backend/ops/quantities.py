"""Numbers as people read them: sizes, times, shares. Pure."""


def size(number: float) -> str:
    """Bytes, in the largest unit that leaves a whole one."""
    for unit in ("bytes", "KB", "MB"):
        if abs(number) < 1024:
            return f"{number:.{0 if unit == 'bytes' else 1}f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def duration(seconds: float) -> str:
    """Milliseconds below a second."""
    return f"{1000 * seconds:.3g} ms" if abs(seconds) < 1 else f"{seconds:.3g} s"


def percent(share: float) -> str:
    """Of a share from 0 to 1."""
    return f"{100 * share:.3g} %"
