# Tally's cache at Azure: Azure Managed Redis, for Azure Cache for Redis is being retired. Reached
# through a private endpoint only.

resource "azurerm_managed_redis" "cache" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  sku_name            = var.sku_name

  # Two nodes, and a failover by itself.
  high_availability_enabled = true
  # The private endpoint below is the only way in.
  public_network_access = "Disabled"

  default_database {
    # Job documents carry owners' names: TLS only.
    client_protocol = "Encrypted"
    # Looks like one server. OSSCluster would need ?cluster=true and more open ports.
    clustering_policy = "NoCluster"
    # When full, what was not used for longest goes. The default spares keys without a lifetime, and
    # Tally has none.
    eviction_policy = "AllKeysLRU"
    # Off unless asked for. With Entra ID instead (REDIS_AUTH=entra) leave it off.
    access_keys_authentication_enabled = true
  }

  tags = var.tags
}

# Managed Redis's names are answered with the private address inside of the network.
resource "azurerm_private_dns_zone" "cache" {
  name                = "privatelink.redis.azure.net"
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "cache" {
  name                = var.name
  private_dns_zone_id = azurerm_private_dns_zone.cache.id
  virtual_network_id  = var.virtual_network_id
  tags                = var.tags
}

resource "azurerm_private_endpoint" "cache" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = var.name
    private_connection_resource_id = azurerm_managed_redis.cache.id
    subresource_names              = ["redisEnterprise"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "redis"
    private_dns_zone_ids = [azurerm_private_dns_zone.cache.id]
  }
}
