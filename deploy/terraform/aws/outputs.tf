# terraform output -raw redis_url
output "redis_url" {
  description = "REDIS_URL with the password in it. The primary endpoint: it follows a failover."
  value       = "rediss://:${random_password.auth_token.result}@${aws_elasticache_replication_group.cache.primary_endpoint_address}:6379/0"
  sensitive   = true
}

output "redis_url_without_password" {
  description = "REDIS_URL for use with REDIS_PASSWORD_FILE."
  value       = "rediss://${aws_elasticache_replication_group.cache.primary_endpoint_address}:6379/0"
}

output "redis_password" {
  description = "What belongs in REDIS_PASSWORD_FILE."
  value       = random_password.auth_token.result
  sensitive   = true
}

output "replication_group_id" {
  description = "For the alarms of deploy/cloudwatch: each node is this name with -001, -002."
  value       = aws_elasticache_replication_group.cache.id
}
