# terraform output -raw redis_url
output "redis_url" {
  description = "REDIS_URL with an access key in it; a / in the key is written %2F."
  value       = "rediss://:${urlencode(azurerm_managed_redis.cache.default_database[0].primary_access_key)}@${azurerm_managed_redis.cache.hostname}:${azurerm_managed_redis.cache.default_database[0].port}/0"
  sensitive   = true
}

output "redis_url_without_password" {
  description = "REDIS_URL for use with REDIS_PASSWORD_FILE, or with REDIS_AUTH=entra."
  value       = "rediss://${azurerm_managed_redis.cache.hostname}:${azurerm_managed_redis.cache.default_database[0].port}/0"
}

output "redis_password" {
  description = "What belongs in REDIS_PASSWORD_FILE."
  value       = azurerm_managed_redis.cache.default_database[0].primary_access_key
  sensitive   = true
}
