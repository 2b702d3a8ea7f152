# Tally's image: one for API and worker, which differ in their command only.
# Build: docker build -t tally .    With IAM at AWS or Entra ID at Azure: --build-arg EXTRA=aws

# A stage of its own: uv, its downloads and the source's history stay out of the image that runs.
# Slim: glibc, for which the wheels of PyAV, asyncpg and hiredis are made; Alpine would compile them.
FROM python:3.13-slim-trixie AS build
# The version that `make setup` uses, so that uv.lock is read by what has written it.
RUN pip install --no-cache-dir uv==0.13.9
# Python is the image's own; bytecode is made now, for the root is read-only when it runs.
ENV UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1
WORKDIR /app
# Before the source: a change of the source alone does not install anything again.
COPY pyproject.toml uv.lock ./
ARG EXTRA=""
# --frozen: exactly what uv.lock names, by its hashes; or the build ends.
RUN uv sync --frozen --no-dev --no-cache ${EXTRA:+--extra "$EXTRA"}
COPY backend backend
RUN python -m compileall -q backend

FROM python:3.13-slim-trixie
# The one folder it writes. A new volume mounted there takes this owner over.
RUN install -d -o 10001 -g 10001 /data
COPY --from=build /app /app
# /app/backend is the root of imports: `uvicorn main:app` and `python -m worker` are found there.
WORKDIR /app/backend
# Unbuffered: a line of the log is out before a crash. No LOG_FILE: the console is the log here.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    LOG_FILE=
# By number, as Kubernetes' runAsNonRoot wants to see it. It owns nothing but /data.
USER 10001:10001
EXPOSE 8000
# /livez asks nobody: a database or Redis that is away must not get the process restarted.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
# Exec form: uvicorn is process 1 and gets the SIGTERM of a stop. Workers: `python -m worker`.
# --http: the fast lane. No access log: a line per poll costs more than the poll (docs/operations.md).
CMD ["python", "-m", "uvicorn", "main:app", "--host", "0.0.0.0", \
    "--http", "api.lane_protocol:Protocol", "--no-access-log"]
