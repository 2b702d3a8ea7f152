# terraform output -raw redis_url
output "redis_url" {
  description = "REDIS_URL with the password in it. Put redis_ca where ssl_ca_certs says."
  value       = "rediss://:${google_redis_instance.cache.auth_string}@${google_redis_instance.cache.host}:${google_redis_instance.cache.port}/0?ssl_ca_certs=/etc/tally/memorystore-ca.pem"
  sensitive   = true
}

output "redis_url_without_password" {
  description = "REDIS_URL for use with REDIS_PASSWORD_FILE."
  value       = "rediss://${google_redis_instance.cache.host}:${google_redis_instance.cache.port}/0?ssl_ca_certs=/etc/tally/memorystore-ca.pem"
}

output "redis_password" {
  description = "What belongs in REDIS_PASSWORD_FILE."
  value       = google_redis_instance.cache.auth_string
  sensitive   = true
}

output "redis_ca" {
  description = "The instance's own CAs, the old and the new one while they change: /etc/tally/memorystore-ca.pem."
  value       = join("\n", google_redis_instance.cache.server_ca_certs[*].cert)
}
