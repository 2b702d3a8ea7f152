# Tally's cache at Google Cloud: Memorystore for Redis with a replica in another zone, TLS and AUTH.

resource "google_redis_instance" "cache" {
  name         = var.name
  display_name = "Redis of Tally"
  region       = var.region

  # With a replica that takes over by itself; BASIC has none and is empty after each maintenance.
  tier           = "STANDARD_HA"
  memory_size_gb = var.memory_size_gb
  redis_version  = "REDIS_7_2"

  # An address of the network's own: nothing here is on the internet.
  authorized_network = var.network
  connect_mode       = "PRIVATE_SERVICE_ACCESS"

  # Job documents carry owners' names: both are off unless asked for.
  auth_enabled            = true
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  # When full, what was not used for longest goes. The default spares keys without a lifetime, and
  # Tally has none.
  redis_configs = {
    maxmemory-policy = "allkeys-lru"
  }

  # Maintenance is a failover, of seconds; at an hour with few polls. Times are UTC.
  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"
      start_time {
        hours   = 3
        minutes = 0
        seconds = 0
        nanos   = 0
      }
    }
  }

  # What a cache has lost, Tally puts there again: it may be removed and made anew.
  deletion_protection = false

  labels = var.labels
}
