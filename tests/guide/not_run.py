"""The blocks of the guide that no test here runs, each with the reason why not."""

from typing import Final

_ENGINE: Final = "needs a container engine; its configuration is checked by tests/deploy"
_AWS: Final = (
    "needs an account at the provider; its arguments are checked by tests/guide/test_guide_aws.py"
)
_PACKAGES: Final = "needs root or Homebrew, and changes the machine it runs on"
_ACCOUNT: Final = "needs an account at the provider, and costs money"
_FIREWALL: Final = "needs root, and changes the firewall of the machine it runs on"

NOT_RUN: Final[dict[tuple[str, str], str]] = {
    ("2. Start a Redis server", "docker run -d \\"): _ENGINE,
    ("2. Start a Redis server", "docker compose up -d redis"): _ENGINE,
    ("2. Start a Redis server", "brew install redis"): _PACKAGES,
    ("2. Start a Redis server", "sudo apt update"): _PACKAGES,
    ("AWS ElastiCache", "aws elasticache create-cache-cluster \\"): _AWS,
    ("AWS ElastiCache", "aws elasticache create-replication-group \\"): _AWS,
    ("AWS ElastiCache", "aws elasticache create-serverless-cache \\"): _AWS,
    ("AWS ElastiCache", "aws elasticache describe-cache-clusters \\"): _AWS,
    ("Google Cloud Memorystore", "gcloud redis instances create video-cache \\"): _ACCOUNT,
    ("Google Cloud Memorystore", "gcloud redis instances describe video-cache \\"): _ACCOUNT,
    ("Azure Managed Redis", "az redisenterprise create \\"): _ACCOUNT,
    ("Azure Managed Redis", "az redisenterprise show \\"): _ACCOUNT,
    ("Azure Cache for Redis, while it lasts", "az redis create \\"): _ACCOUNT,
    ("Azure Cache for Redis, while it lasts", "az redis list-keys \\"): _ACCOUNT,
    ("Performance tuning", "python -m ops baseline"): (
        "polls for a minute; a shorter one is run by tests/ops/test_baseline.py"
    ),
    (
        "Memory usage",
        "Single job entry ≈ 2.7 KB of Redis memory, one per job, however many poll it",
    ): "is a formula; tests/ops/test_tuning.py reckons with it",
    (
        "Network security",
        "iptables -A INPUT -p tcp --dport 6379 -s 10.0.1.0/24 -j ACCEPT",
    ): _FIREWALL,
    ("Option 1: stop Redis", "docker stop redis-cache"): (
        "needs a container engine or systemd; tests/guide/test_guide_service.py stops a Redis"
    ),
    ("Rollback plan", "python -m ops drill rollback"): (
        "is a long run of its own: tests/live/test_rollback_drill.py"
    ),
    ("Redis to Sentinel, to a cluster", "python -m ops drill failover --yes"): (
        "needs Sentinels or a cluster under a running service: tests/ops/test_drill.py"
    ),
}
