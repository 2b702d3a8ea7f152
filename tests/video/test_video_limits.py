"""Limits fit each other."""

from video import Limits


def test_the_cpu_limit_only_bites_when_the_wall_clock_failed() -> None:
    limits = Limits(wall_seconds=10, threads=3)
    threads_at_work = 2 * limits.threads

    assert limits.cpu_seconds > limits.wall_seconds * threads_at_work


def test_an_8k_picture_is_accepted_and_fits_into_memory() -> None:
    limits, pixels = Limits(), 7680 * 4320
    frames_a_decoder_keeps, bytes_a_pixel = 17, 3

    assert pixels <= limits.max_pixels
    assert pixels * bytes_a_pixel * frames_a_decoder_keeps < limits.memory_bytes
