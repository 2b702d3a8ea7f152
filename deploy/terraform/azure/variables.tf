variable "name" {
  description = "Name of the cache; its host becomes <name>.<region>.redis.azure.net."
  type        = string
}

variable "resource_group_name" {
  description = "An existing resource group."
  type        = string
}

variable "location" {
  description = "The region in which Tally runs: a request waits 0.05 s for Redis at most."
  type        = string
}

variable "virtual_network_id" {
  description = "The virtual network in which Tally runs: the cache's name resolves to its private address there."
  type        = string
}

variable "subnet_id" {
  description = "A subnet of it, for the private endpoint."
  type        = string
}

variable "sku_name" {
  description = "Balanced_B0 has 0.5 GB: some 150,000 jobs."
  type        = string
  default     = "Balanced_B0"
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}
