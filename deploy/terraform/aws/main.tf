# Tally's cache at AWS: ElastiCache with a replica in another zone, failover, TLS and a password.
# Cluster mode is disabled: one shard holds far more jobs than one service has.

# Letters and digits alone: ElastiCache refuses some characters, and URLs need others encoded. It is
# in the state, like every secret that Terraform makes: keep the state encrypted and to few.
resource "random_password" "auth_token" {
  length  = 64
  special = false
}

resource "aws_elasticache_subnet_group" "cache" {
  name        = var.name
  description = "Where the cache may be: private subnets."
  subnet_ids  = var.private_subnet_ids
  tags        = var.tags
}

# No rule but the one below: nothing else gets in, and Redis calls nobody.
resource "aws_security_group" "cache" {
  name        = "${var.name}-cache"
  description = "Redis of Tally: its API and workers only."
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.cache.id
  referenced_security_group_id = each.value
  description                  = "Redis, from Tally."
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  tags                         = var.tags
}

resource "aws_elasticache_parameter_group" "cache" {
  name        = var.name
  family      = "valkey8"
  description = "As deploy/redis.conf, where ElastiCache lets one choose."
  tags        = var.tags

  # When full, what was not used for longest goes. The default spares keys without a lifetime, and
  # Tally has none.
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}

resource "aws_elasticache_replication_group" "cache" {
  replication_group_id = var.name
  description          = "Redis of Tally"

  # Valkey costs less than Redis here, and Tally is tested with both.
  engine               = "valkey"
  engine_version       = "8.0"
  node_type            = var.node_type
  port                 = 6379
  parameter_group_name = aws_elasticache_parameter_group.cache.name

  # A primary and a replica, never in one zone; the replica takes over by itself.
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true

  subnet_group_name  = aws_elasticache_subnet_group.cache.name
  security_group_ids = [aws_security_group.cache.id]

  # Job documents carry owners' names: encrypted on disk and on the way, and nobody without the
  # password reads them.
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  auth_token                 = random_password.auth_token.result
  # A new password works beside the old one, until Tally has it, too. SET then ends the old one.
  auth_token_update_strategy = "ROTATE"

  # No backups: what a cache has lost, Tally puts there again.
  snapshot_retention_limit = 0

  # Minor versions come in this window, by a failover.
  auto_minor_version_upgrade = true
  maintenance_window         = "sun:03:00-sun:04:00"
  # Changes made here do not wait for it: polls go on without Redis meanwhile.
  apply_immediately = true

  tags = var.tags
}
